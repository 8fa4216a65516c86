/* A bump allocator of growing blocks. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { ARENA_FIRST = 4096, ARENA_ALIGN = 16 };

struct block {
    struct block *before;
    size_t used, cap;
    _Alignas(ARENA_ALIGN) unsigned char bytes[];
};

struct arena {
    struct block *last;
};

static struct block *block_new(struct block *before, size_t cap)
{
    struct block *b = xmalloc(sizeof *b + cap);
    *b = (struct block){.before = before, .cap = cap};
    return b;
}

struct arena *arena_new(void)
{
    struct arena *a = xmalloc(sizeof *a);
    a->last = block_new(NULL, ARENA_FIRST);
    return a;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct block *b = a->last; b;) {
        struct block *before = b->before;
        free(b);
        b = before;
    }
    free(a);
}

void *arena_alloc(struct arena *a, size_t n)
{
    size_t need = (n + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (need < n)
        need = SIZE_MAX; /* xmalloc aborts with a sentence */
    struct block *b = a->last;
    if (b->cap - b->used < need) {
        size_t cap = b->cap < (1 << 20) ? b->cap * 2 : b->cap;
        b = a->last = block_new(b, cap < need ? need : cap);
    }
    void *p = b->bytes + b->used;
    b->used += need;
    return memset(p, 0, n);
}

void *arena_grow(struct arena *a, void *list, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return list;
    *cap = *cap ? 2 * *cap : 8;
    void *grown = arena_alloc(a, *cap * size);
    if (n)
        memcpy(grown, list, n * size);
    return grown;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *copy = arena_alloc(a, n + 1);
    memcpy(copy, s, n);
    return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    size_t size = n < 0 ? 1 : (size_t)n + 1;
    char *out = arena_alloc(a, size);
    if (n >= 0)
        vsnprintf(out, size, fmt, again);
    va_end(again);
    return out;
}
