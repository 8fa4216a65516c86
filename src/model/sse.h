/* Server-sent events out of whole lines (WHATWG HTML, section 9.2.6), as tolerant as servers need:
 * "data:" with or without a space, comments, unknown fields, several data lines. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

struct sse {
    struct str event, data;
    bool any_data, started;
};

/* One event; `event` is "" when it has no name. Non-zero stops and is handed on. */
typedef int sse_fn(void *user, const char *event, const char *data, size_t n);

/* A blank line ends an event. Where the standard drops an event without data, it is handed on if
 * it has a name, as OpenAI's own clients do. */
int sse_line(struct sse *s, const char *line, size_t n, sse_fn *fn, void *user);
/* The body has ended completely: the last event needs no blank line after it. */
int sse_end(struct sse *s, sse_fn *fn, void *user);
void sse_free(struct sse *s);
