/* Strings to small numbers, in order of first appearance. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

struct names { /* start from {.arena = a}; the strings live in the arena, the rest needs names_free
                */
    struct arena *arena;
    const char **name; /* [n] */
    size_t n, cap;
    uint32_t
        *slot; /* [n_slots] 1 + index into name, 0 = empty; a power of two, at most half full */
    size_t n_slots;
};

size_t names_index(struct names *s, const char *name); /* adds it when it is new */
void names_free(struct names *s);
