/* What each role of each arm spent, from the shares that the record keeps per episode
 * (store_share). Means per episode, averaged inside tasks first; t over tasks. Everything
 * lives in run->arena. */
#pragma once
#include "analysis/analysis.h"

struct analysis_role {
    const char *name;
    struct stats_estimate (*spent)[ROLE_SPENT]; /* [n_arms] 0 where an arm lacks the role */
};

/* By first appearance. Count in *n; 0 when the record keeps no shares. */
const struct analysis_role *analysis_roles(const struct analysis_run *run, size_t *n);
