/* A bump allocator: everything taken from it dies with it. One per episode. Not thread-safe. */
#pragma once
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);             /* NULL is legal */
void *arena_alloc(struct arena *a, size_t n); /* zeroed, 16-byte aligned, never NULL */
/* `list` of n elements with room for one more, zeroed; what it has outgrown stays in the arena. */
void *arena_grow(struct arena *a, void *list, size_t n, size_t *cap, size_t size);
char *arena_strdup(struct arena *a, const char *s); /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
