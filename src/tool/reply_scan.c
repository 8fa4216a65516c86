/* See reply_scan.h. */
#include "tool/reply_scan.h"

#include <ctype.h>
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

/* Where the text of a list item starts, or NULL. */
static const char *list_item(const char *line)
{
    line += strspn(line, " \t");
    if (strncasecmp(line, "step ", 5) == 0)
        line += 5;
    if (*line == '-' || *line == '*')
        return line[1] == ' ' ? line + 2 : NULL;
    size_t digits = strspn(line, "0123456789");
    const char *mark = line + digits;
    if (digits == 0 || digits > 3 || !*mark || !strchr(".):", *mark) || mark[1] != ' ')
        return NULL;
    return mark + 2;
}

size_t reply_items(const char *reply, const char ***items, struct arena *arena)
{
    size_t lines = 1, n = 0;
    for (const char *p = reply; *p; p++)
        lines += *p == '\n';
    const char **list = arena_alloc(arena, lines * sizeof *list);
    for (const char *p = reply; p;) {
        const char *end = strchrnul(p, '\n'), *text = list_item(p);
        while (text && text < end && isspace((unsigned char)end[-1]))
            end--;
        if (text && text < end)
            list[n++] = arena_strndup(arena, text, (size_t)(end - text));
        p = strchr(p, '\n');
        p = p ? p + 1 : NULL;
    }
    *items = list;
    return n;
}
