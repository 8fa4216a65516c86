/* Strings to small numbers, in order of first appearance. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

/* Start from {.arena = a}. The strings live in the arena; names_free ends the rest. */
struct names {
    struct arena *arena;
    const char **name; /* [n] */
    size_t n, cap;
    uint32_t *slot; /* [n_slots] 1 + index into name, 0 = empty */
    size_t n_slots; /* a power of two; at most half are used */
};

size_t names_index(struct names *s, const char *name); /* adds it when it is new */
void names_free(struct names *s);
