/* See lines.h. */
#include "model/lines.h"

#include <errno.h>
#include <string.h>

static int hand_on(const struct lines *l, const char *line, size_t n, lines_fn *fn, void *user)
{
    if (n > 0 && line[n - 1] == '\r')
        n--;
    return n > l->max ? -EMSGSIZE : fn(user, line, n);
}

int lines_feed(struct lines *l, const char *bytes, size_t n, lines_fn *fn, void *user)
{
    const char *end = bytes + n;
    for (const char *lf; (lf = memchr(bytes, '\n', (size_t)(end - bytes))); bytes = lf + 1) {
        const char *line = bytes;
        size_t len = (size_t)(lf - bytes);
        if (l->part.len > 0) {
            str_addn(&l->part, bytes, len);
            line = l->part.p;
            len = l->part.len;
        }
        int rc = hand_on(l, line, len, fn, user);
        str_clear(&l->part);
        if (rc)
            return rc;
    }
    str_addn(&l->part, bytes, (size_t)(end - bytes));
    /* one byte of grace: it may be the CR that does not count */
    return l->part.len > l->max + 1 ? -EMSGSIZE : 0;
}

int lines_end(struct lines *l, lines_fn *fn, void *user)
{
    int rc = l->part.len > 0 ? hand_on(l, l->part.p, l->part.len, fn, user) : 0;
    str_clear(&l->part);
    return rc;
}

void lines_free(struct lines *l)
{
    str_free(&l->part);
}
