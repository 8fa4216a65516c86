/* The fenced blocks of a reply, as models write them: in lists and quotes, behind prose, with code
 * on the line of the fence, without a closing mark or with one too many. The rules, with examples:
 * docs/extraction.md. Blocks borrow the reply's text; their own text is in the arena. */
#pragma once
#include <stddef.h>
#include "base/arena.h"

enum fence_label {
    FENCE_PYTHON, /* ```python, ```py, [PYTHON] */
    FENCE_PLAIN,  /* no label */
    FENCE_OTHER,  /* ```bash, ```json, ```text */
};

struct fence_block {
    enum fence_label label;
    const char *text;        /* without marks, quotes and the indentation of the whole */
    const char *start, *end; /* where it stands in the reply, marks included */
};

struct fence_blocks {
    struct fence_block *items; /* [n], as they stand */
    size_t n;
};

/* `spoken` is reply_spoken's. */
struct fence_blocks fences_find(const char *spoken, struct arena *arena);
