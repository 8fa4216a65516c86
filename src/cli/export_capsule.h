/* hrm export RUN --capsule FILE. */
#pragma once
#include <stdbool.h>
#include "base/err.h"

struct store;

struct capsule_args {
    const char *path;            /* NULL = no capsule is asked for */
    const char *suite, *prompts; /* where they are now; NULL = where the manifest says */
    bool without_texts;
};

/* Writes it, and says on stderr what is in it. */
int export_capsule(struct store *s, const struct capsule_args *args, struct err *err);
