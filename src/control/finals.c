/* See finals.h. */
#include "control/finals.h"

#include <string.h>
#include <strings.h>

enum { MAX_FINALS = 32 }; /* of a reply that repeats itself for ever */

/* The marks are tried in this order: "answer is:" is one final answer, not two. */
static const char *const marks[] = {"\\boxed{", "####", "answer is", "answer:", "answer**:"};

/* The length of a mark that starts at p, or 0. */
static size_t mark_at(const char *p)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncasecmp(p, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    return 0;
}

/* Behind the brace that closes the one before p, or the end of the line. */
static const char *end_of_box(const char *p)
{
    for (int depth = 1; *p && *p != '\n' && depth > 0; p++)
        depth += *p == '{' ? 1 : *p == '}' ? -1 : 0;
    return p;
}

/* With its line, which may be the next one, or where another mark begins: "The answer is
 * \boxed{12}" is read once. */
static const char *end_of_line(const char *p)
{
    const char *end = strchrnul(p + strspn(p, " \t*:=\r\n"), '\n');
    for (; p < end; p++)
        if (mark_at(p))
            return p;
    return end;
}

/* What stands between, without emphasis and the full stop: "52 apples". */
static const char *statement(const char *p, const char *end, struct arena *arena)
{
    while (p < end && strchr(" \t*:=\r\n", *p))
        p++;
    while (end > p && strchr(" \t*.\r\n", end[-1]))
        end--;
    return arena_strndup(arena, p, (size_t)(end - p));
}

struct finals finals_find(const char *reply, struct arena *arena)
{
    struct finals f = {.text = arena_alloc(arena, MAX_FINALS * sizeof *f.text)};
    for (const char *t; (t = strstr(reply, "</think>"));)
        reply = t + strlen("</think>");
    for (const char *p = reply; *p && f.n < MAX_FINALS;) {
        size_t mark = mark_at(p);
        if (!mark) {
            p++;
            continue;
        }
        const char *end = *p == '\\' ? end_of_box(p + mark) : end_of_line(p + mark);
        const char *text = statement(p + mark, end - (*p == '\\' && end[-1] == '}'), arena);
        if (*text)
            f.text[f.n++] = text;
        p = end;
    }
    return f;
}

json_t *finals_json(const struct finals *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->n; i++)
        json_array_append_new(list, json_bytes(f->text[i], strlen(f->text[i])));
    return list;
}
