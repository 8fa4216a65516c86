/* See assigned.h. */
#include "control/assigned.h"

#include <ctype.h>
#include <string.h>

const char *assigned_last(const char *piece, struct arena *arena)
{
    const char *name = NULL;
    for (const char *p = piece; p; p = strchr(p, '\n')) {
        p += *p == '\n';
        size_t n = 0;
        while (isalnum((unsigned char)p[n]) || p[n] == '_')
            n++;
        size_t gap = n + strspn(p + n, " ");
        if (n > 0 && p[gap] == '=' && p[gap + 1] != '=')
            name = arena_strndup(arena, p, n);
        if (!*p)
            break;
    }
    return name;
}

bool assigned_has(const char *program, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = program; p; p = strchr(p, '\n')) {
        p += *p == '\n';
        const char *after = p + n;
        if (strncmp(p, name, n) == 0) {
            after += strspn(after, " ");
            if (*after == '=' && after[1] != '=')
                return true;
        }
        if (!*p)
            break;
    }
    return false;
}
