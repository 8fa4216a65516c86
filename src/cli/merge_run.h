/* Joins the parts of a run. */
#pragma once
#include "experiment/merge.h"

/* Checks that they belong together, writes the merged run under a temporary name and renames it to
 * `output`, so that it is complete when it appears. Says on stderr what there is now. `missing`:
 * [{"shard","reason"}] for the report; NULL = none. */
int merge_runs(const char *output, const struct merge_part *parts, size_t n, const char *command,
               json_t *missing, struct err *err);
