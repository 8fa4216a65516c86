/* Spec errors and tool misuse corrected for what people say of the automatic flags: labels of
 * failed episodes (hrm label) tell how often a flag misses what is there, and sees what is not. */
#pragma once
#include "analysis/failures.h"
#include "stats/misclass.h"

struct analysis_corrected {
    struct stats_misclass judged; /* labelled episodes; several annotators share one */
    struct stats_estimate rate[2], ratio;
};

/* Of the codes that count for `kind` in a's comparison with b. judged is all 0 when nobody has
 * labelled any failure, or where labels cannot be read. */
struct analysis_corrected analysis_corrected(const struct analysis_run *run,
                                             const struct analysis_confrontation *pair,
                                             enum analysis_misuse_kind kind);
