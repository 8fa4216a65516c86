/* What each role of each arm spent, from the shares that the record keeps per episode
 * (store_episode.roles). Means per episode, averaged inside tasks first; t over tasks. Everything
 * lives in run->arena. */
#pragma once
#include "report/analysis.h"

struct report_role {
    const char *name;
    struct report_estimate (*spent)[ROLE_SPENT]; /* [n_arms] 0 where an arm lacks the role */
};

/* By first appearance. Count in *n; 0 when the record keeps no shares. */
const struct report_role *report_roles(const struct report_run *run, size_t *n);
