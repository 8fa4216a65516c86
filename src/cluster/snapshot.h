/* What a study is made of, as it is now: later changes of the files change nothing. */
#pragma once
#include "base/err.h"

struct snapshot_files {
    const char *experiment, *suite; /* YAML files */
    const char *prompts;            /* a directory */
};

/* Into DIR/experiment/ and DIR/prompts/NAME/. */
int snapshot_make(const char *dir, const struct snapshot_files *files, struct err *err);
