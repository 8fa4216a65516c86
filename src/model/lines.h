/* Splits a byte stream into lines; chunks may end anywhere, also inside a character. A line ends
 * at LF; a CR before it is dropped. Ownership: a line handed to the callback is borrowed until it
 * returns. */
#pragma once
#include <stddef.h>
#include "base/str.h"

struct lines {
    struct str part; /* the line that has not ended yet */
    size_t max;      /* bytes a line may have */
};

/* Non-zero stops the feeding and is handed on. */
typedef int lines_fn(void *user, const char *line, size_t n);

/* 0, -EMSGSIZE when a line is longer than max, or what the callback returned. */
int lines_feed(struct lines *l, const char *bytes, size_t n, lines_fn *fn, void *user);
/* The body has ended completely: the rest is a line, too. */
int lines_end(struct lines *l, lines_fn *fn, void *user);
void lines_free(struct lines *l);
