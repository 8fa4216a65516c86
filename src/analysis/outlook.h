/* How the criteria of a plan will come out, before it runs: the probabilities of met, not met and
 * cannot tell, for several truths. */
#pragma once
#include "analysis/conclusion.h"
#include "experiment/criteria.h"
#include "stats/power.h"

struct outlook {
    const char *criterion;
    const char *truth; /* "as in the pilot", "no difference", "as claimed", "+5 pp" */
    const char *value; /* "+12.0 pp", "0.80" */
    double met, not_met, cannot_tell;
};

/* From the estimates and spreads of a pilot, for so many tasks (a curriculum: seeds) with the
 * pilot's samples; one row per criterion and truth. Criteria without a standard error, and those
 * made of others, have none. Arrays live in pilot->arena. */
const struct outlook *outlook_from_pilot(const struct analysis_run *pilot, long tasks, size_t *n);
/* From assumed variances: differences of success rates only. Text lives in the arena. */
const struct outlook *outlook_assumed(const struct criterion *c, size_t n_criteria,
                                      const struct stats_design *design, long tasks, long samples,
                                      struct arena *arena, size_t *n);
