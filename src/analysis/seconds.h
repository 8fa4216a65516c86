/* What the seconds of a run are worth: how long episodes took, whether a limit on them can tell
 * anything, and whether load of the machine is in them. */
#pragma once
#include "analysis/run.h"

/* The longest episode of complete sets, of every arm; 0 when there is none. */
double analysis_longest(const struct analysis_run *run);
/* Of an arm's episodes; NaN when it has none. share: .5 the median, .95 the 95th percentile. */
double analysis_seconds_quantile(const struct analysis_run *run, size_t arm, double share);
/* A sentence for what is said about seconds: several episodes at once share the machine, and only
 * --strict plays one at a time. NULL when the run was strict, or nobody knows. */
const char *analysis_load_caution(const struct analysis_run *run);
