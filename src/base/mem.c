/* Allocation that cannot fail, and cleanup attributes. */
#include "base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *mem_or_die(void *p, size_t n)
{
    if (!p && n > 0) {
        fprintf(stderr, "hrm: out of memory (%zu bytes asked)\n", n);
        abort();
    }
    return p;
}

void *xmalloc(size_t n)
{
    return mem_or_die(malloc(n ? n : 1), n);
}

void *xcalloc(size_t n, size_t size)
{
    return mem_or_die(calloc(n ? n : 1, size ? size : 1), n);
}

void *xrealloc(void *p, size_t n)
{
    return mem_or_die(realloc(p, n ? n : 1), n);
}

void *xgrow(void *p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return p;
    size_t want = *cap ? *cap : 8;
    while (want < need)
        want *= 2;
    if (want > SIZE_MAX / size)
        mem_or_die(NULL, SIZE_MAX);
    p = xrealloc(p, want * size);
    *cap = want;
    return p;
}

char *xstrdup(const char *s)
{
    return xstrndup(s, strlen(s));
}

char *xstrndup(const char *s, size_t n)
{
    n = strnlen(s, n);
    char *copy = xmalloc(n + 1);
    memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

char *xasprintf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *out = NULL;
    int n = vasprintf(&out, fmt, ap);
    va_end(ap);
    return mem_or_die(n < 0 ? NULL : out, 1);
}

void mem_cleanup_free(void *pp)
{
    void *p;
    memcpy(&p, pp, sizeof p); /* pp is a T **; memcpy keeps to the aliasing rules */
    free(p);
}

void mem_cleanup_fd(const int *fd)
{
    if (*fd >= 0) {
        int saved = errno;
        close(*fd);
        errno = saved;
    }
}

void mem_cleanup_file(void *pp)
{
    FILE *f;
    memcpy(&f, pp, sizeof f);
    if (f)
        fclose(f);
}
