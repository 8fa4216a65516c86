/* See finals.h. */
#include "tool/finals.h"

#include <string.h>

#include "tool/answer_text.h"
#include "tool/final_mark.h"

enum { MAX_FINALS = 32 }; /* of a reply that repeats itself for ever: the last ones */

static void add(struct finals *f, const char *text)
{
    if (f->n == MAX_FINALS) {
        memmove(f->text, f->text + 1, (MAX_FINALS - 1) * sizeof *f->text);
        f->n--;
    }
    f->text[f->n++] = text;
}

struct finals finals_in(const char *text, struct arena *arena)
{
    struct finals f = {.text = arena_alloc(arena, MAX_FINALS * sizeof *f.text)};
    enum final_strength best = FINAL_WORDS;
    struct final_mark m;
    for (const char *p = text; final_mark_next(text, &p, &m, arena);) {
        if (m.strength < best)
            continue;
        if (m.strength > best)
            f.n = 0;
        best = m.strength;
        add(&f, m.text);
    }
    f.weak = best == FINAL_WEAK;
    return f;
}

struct finals finals_find(const char *reply, struct arena *arena)
{
    return finals_in(answer_text(reply, arena), arena);
}
