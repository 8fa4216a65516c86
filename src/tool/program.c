/* See program.h. Of several blocks the last of the highest rank is the program. */
#include "tool/program.h"

#include <string.h>

#include "base/str.h"
#include "tool/code_text.h"
#include "tool/fences.h"
#include "tool/py_scan.h"

enum rank {
    NO_PROGRAM,      /* empty, or JSON */
    OTHER_LANGUAGE,  /* in a fence of another label, and no Python */
    NO_PYTHON,       /* in a fence without label, and no Python */
    VALUES,          /* Python, but only values: the output of a program */
    PLAIN_BROKEN,    /* in a fence without label, no Python, but with calls or keywords of it */
    OTHER_LABEL,     /* Python in a fence of another label */
    NAMES_IT,        /* no Python, but a line that would define the entry point */
    BROKEN,          /* in a fence for Python, but none */
    PLAIN_PROGRAM,   /* Python in a fence without label */
    LABELLED,        /* Python in a fence for it */
    BROKEN_SOLUTION, /* in a fence for Python, defines the entry point, but no Python */
    SOLUTION,        /* Python that defines the entry point */
};

static enum rank rank_of(const struct fence_block *b, const char *entry_point)
{
    size_t n = strlen(b->text);
    bool python = b->label == FENCE_PYTHON, object = b->text[strspn(b->text, " \t\r\n")] == '{';
    if (str_is_blank(b->text) || (object && !python))
        return NO_PROGRAM;
    bool parses = py_parses(b->text, n) && !py_ends_open(b->text, n),
         acts = py_does_something(b->text, n);
    if (entry_point && py_defines(b->text, n, entry_point)) {
        if (parses)
            return SOLUTION;
        return python ? BROKEN_SOLUTION : NAMES_IT;
    }
    if (!parses)
        return python                    ? BROKEN
               : b->label != FENCE_PLAIN ? OTHER_LANGUAGE
               : acts                    ? PLAIN_BROKEN
                                         : NO_PYTHON;
    if (python)
        return LABELLED;
    if (!acts)
        return VALUES;
    return b->label == FENCE_PLAIN ? PLAIN_PROGRAM : OTHER_LABEL;
}

/* Two different programs of the same rank: the last one is taken, and marked as ambiguous. */
static const char *ambiguity(enum rank rank, size_t n_best)
{
    if (n_best < 2)
        return NULL;
    return rank == SOLUTION || rank == BROKEN_SOLUTION
               ? "several blocks define the entry point differently; the last is taken"
               : "several blocks hold a program; the last is taken";
}

bool program_in_fences(const char *spoken, const char *entry_point, struct program_reading *out,
                       struct arena *arena)
{
    struct fence_blocks blocks = fences_find(spoken, arena);
    enum rank best = NO_PROGRAM;
    size_t n_best = 0;
    *out = (struct program_reading){0};
    for (size_t i = 0; i < blocks.n; i++) {
        enum rank rank = rank_of(&blocks.items[i], entry_point);
        if (rank == NO_PROGRAM || rank < best)
            continue;
        bool same = rank == best && out->text && strcmp(out->text, blocks.items[i].text) == 0;
        n_best = rank > best ? 1 : n_best + !same;
        best = rank;
        out->text = blocks.items[i].text;
    }
    out->weak = best < PLAIN_BROKEN;
    out->ambiguous =
        out->weak ? "no block holds Python; the last is taken" : ambiguity(best, n_best);
    return out->text != NULL;
}

bool program_in_text(const char *spoken, const char *entry_point, struct program_reading *out,
                     struct arena *arena)
{
    size_t n = strlen(spoken);
    *out = (struct program_reading){.text = code_in_text(spoken, n, arena)};
    if (!out->text && entry_point && py_defines(spoken, n, entry_point))
        out->text = spoken;
    return out->text != NULL;
}

const char *program_removed(const char *spoken, struct arena *arena)
{
    struct fence_blocks blocks = fences_find(spoken, arena);
    struct str out CLEANUP_STR = {0};
    const char *from = spoken;
    for (size_t i = 0; i < blocks.n; i++) {
        const struct fence_block *b = &blocks.items[i];
        if (rank_of(b, NULL) < BROKEN || rank_of(b, NULL) == VALUES || b->start < from)
            continue;
        str_addn(&out, from, (size_t)(b->start - from));
        str_addc(&out, '\n');
        from = b->end;
    }
    str_add(&out, from);
    return arena_strdup(arena, str_text(&out));
}
