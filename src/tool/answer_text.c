/* See answer_text.h. */
#include "tool/answer_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "tool/final_mark.h"
#include "tool/number.h"
#include "tool/program.h"
#include "tool/reply_text.h"

/* The length of a tag that only changes how text looks, or 0. */
static size_t markup_tag(const char *p)
{
    static const char *const names[] = {"b",  "strong", "i",    "em",   "u",      "span", "p",
                                        "br", "div",    "code", "mark", "center", "font", "sub"};
    const char *name = p + 1 + (p[1] == '/');
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz");
    size_t end = n + strcspn(name + n, "<>\n");
    bool closed = *p == '<' && name[end] == '>' && (end == n || strchr(" /", name[n]));
    for (size_t i = 0; closed && i < sizeof names / sizeof *names; i++)
        if (n == strlen(names[i]) && strncmp(name, names[i], n) == 0)
            return (size_t)(name + end + 1 - p);
    return 0;
}

static const char *without_markup(const char *text, struct arena *arena)
{
    if (!strchr(text, '<'))
        return text;
    char *out = arena_alloc(arena, strlen(text) + 1), *to = out;
    while (*text) {
        size_t n = *text == '<' ? markup_tag(text) : 0;
        if (n > 0 && (str_starts(text, "<br") || str_starts(text, "</p")))
            *to++ = '\n';
        else if (n == 0)
            *to++ = *text;
        text += n > 0 ? n : 1;
    }
    return out;
}

/* "Question:", "Q2:", "### Problem 3", "Human:" at the start of a line. */
static bool asks_anew(const char *line)
{
    static const char *const words[] = {"question",    "q",    "problem",     "exercise",
                                        "human",       "user", "instruction", "next question",
                                        "new question"};
    const char *p = line + strspn(line, " *");
    size_t hashes = strspn(p, "#");
    p += hashes + strspn(p + hashes, " *");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (strncasecmp(p, words[i], n) != 0)
            continue;
        const char *q = p + n + strspn(p + n, " *");
        q += strspn(q, "0123456789");
        q += strspn(q, " *");
        if (*q == ':' || (hashes > 0 && (*q == '\n' || !*q)))
            return true;
    }
    return false;
}

/* Does the text hold an answer: a final one, or nothing but a number in one line? */
static bool answered(const char *text, size_t n, struct arena *arena)
{
    struct str plain CLEANUP_STR = {0};
    const char *before = arena_strndup(arena, text, n), *p = before;
    for (struct final_mark m; final_mark_next(before, &p, &m, arena);)
        if (m.strength == FINAL_STRONG)
            return true;
    before += strspn(before, " \t\n");
    size_t len = strlen(before);
    while (len > 0 && isspace((unsigned char)before[len - 1]))
        len--;
    return !memchr(before, '\n', len) && number_read(before, true, &plain, NULL) != NULL;
}

enum { MAX_QUESTIONS = 8 };

/* A model that runs on asks a question of its own behind its answer. A reply that opens with a
 * question repeats what it was asked, examples perhaps included: there the last answer counts. */
static const char *without_next_question(const char *text, struct arena *arena)
{
    int looks = 0;
    for (const char *p = text; p && looks < MAX_QUESTIONS;) {
        if (asks_anew(p)) {
            if (text + strspn(text, " \t\n") >= p)
                return text;
            looks++;
            if (answered(text, (size_t)(p - text), arena))
                return arena_strndup(arena, text, (size_t)(p - text));
        }
        p = strchr(p, '\n');
        p = p ? p + 1 : NULL;
    }
    return text;
}

const char *answer_text(const char *reply, struct arena *arena)
{
    const char *spoken = reply_spoken(reply, arena), *rest = program_removed(spoken, arena);
    bool left = rest[strcspn(rest, "0123456789")] != '\0';
    return without_next_question(without_markup(left ? rest : spoken, arena), arena);
}
