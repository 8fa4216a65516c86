/* Labels from a file, as readers without a terminal write them: JSON lines {"item": 3, "label":
 * "S3,T7", "note": "..."}, or CSV with a header item,label,note. Items are numbered from 1 in the
 * order of the sample; one without a label and without a note is not labelled yet. Blanks around
 * labels, a byte order mark, and the case of the header do not matter. */
#pragma once
#include <stddef.h>
#include "base/arena.h"
#include "base/err.h"

struct label_line {
    size_t item; /* from 1 */
    const char *label, *note;
};

/* *out: [*n] in the arena, in the order of the file; each item at most once. Errors are ERR_INPUT:
 * file:line, what was found, what was expected. */
int label_file_read(const char *path, size_t n_items, struct label_line **out, size_t *n,
                    struct arena *arena, struct err *err);
