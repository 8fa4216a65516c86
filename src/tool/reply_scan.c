/* See reply_scan.h. */
#include "tool/reply_scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool reply_find_json(const char *reply, reply_json_fn *take, void *ctx, bool *alone)
{
    for (const char *p = strpbrk(reply, "{["); p; p = strpbrk(p + 1, "{[")) {
        json_t *root CLEANUP_JSON = json_loads(p, JSON_DISABLE_EOF_CHECK, NULL);
        if (root && take(ctx, root)) {
            *alone = reply + strspn(reply, " \t\r\n") == p;
            return true;
        }
    }
    return false;
}

/* Where the text of a list item starts, or NULL. *number: what it is numbered with, 0 = a bullet.
 */
static const char *list_item(const char *line, int *number)
{
    *number = 0;
    line += strspn(line, " \t");
    if ((*line == '-' || *line == '*') && line[1] == ' ')
        return line + 2;
    line += strspn(line, "#* "); /* a heading, or in bold */
    if (strncasecmp(line, "step ", 5) == 0)
        line += 5;
    size_t digits = strspn(line, "0123456789");
    const char *mark = line + digits, *text = mark + (digits > 0 && *mark != '\0');
    text += strspn(text, "*");
    if (digits == 0 || digits > 3 || !*mark || !strchr(".):", *mark) || *text != ' ')
        return NULL;
    *number = atoi(line);
    return text + 1;
}

struct items {
    const char **list; /* [n] */
    size_t n;
    int last; /* the number of the last one; 0 = none has one */
};

/* False when the list ends before this item. */
static bool add_item(struct items *l, int number, const char *text)
{
    if (number > 0 && l->last == 0)
        l->n = 0; /* bullets before the first number */
    if (l->last > 0 && number == 0)
        return true;
    if (number > 0 && number <= l->last)
        return false;
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->list[i], text) == 0)
            return false;
    l->list[l->n++] = text;
    l->last = number;
    return true;
}

size_t reply_items(const char *reply, const char ***items, struct arena *arena)
{
    size_t lines = 1;
    for (const char *p = reply; *p; p++)
        lines += *p == '\n';
    struct items l = {.list = arena_alloc(arena, lines * sizeof *l.list)};
    bool fenced = false, more = true;
    for (const char *p = reply; p && more;) {
        const char *end = strchrnul(p, '\n');
        int number = 0;
        bool fence = strncmp(p + strspn(p, " \t"), "```", 3) == 0;
        const char *text = fence || fenced ? NULL : list_item(p, &number);
        fenced ^= fence;
        p = *end ? end + 1 : NULL;
        while (text && text < end && isspace((unsigned char)end[-1]))
            end--;
        if (text && text < end)
            more = add_item(&l, number, arena_strndup(arena, text, (size_t)(end - text)));
    }
    *items = l.list;
    return l.n;
}
