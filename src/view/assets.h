/* The files of the page (src/view/page/), embedded at build time. */
#pragma once
#include <stddef.h>

struct asset {
    const char *path, *type, *text;
    size_t n;
};

/* NULL = there is none at this path. */
const struct asset *asset_find(const char *path);
