/* More than two runs in one document: models x experiments. */
#pragma once
#include <stddef.h>
#include "base/err.h"

struct analysis_run;
struct doc;

/* A row per run: what its first two arms solve, and their paired difference (p by Holm over the
 * rows); the same as a figure, a panel per experiment. Then, for every experiment that several runs
 * play on one suite, the models against each other arm by arm, paired by task. names: as the user
 * gave them. NULL and ERR_INPUT when a run is one of a curriculum, or has nothing finished. Caller
 * frees with doc_free. */
struct doc *compare_many_doc(const struct analysis_run *runs, size_t n, const char *const *names,
                             struct err *err);
