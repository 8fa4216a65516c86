/* The rate of an event per trial when only whole groups of trials were looked at: an episode makes
 * m tool runs, and what is known is whether any of them was a misuse. Arms that make more runs show
 * more such episodes at the same rate; this takes that out.
 *
 * The estimate is that of pools of different sizes (Walter, Hildreth & Beaty 1980): P(any) = 1 - (1
 * - rate)^m. Pools of one unit (the task) may depend on each other; the variance is the sandwich
 * over units. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "stats/estimate.h"

struct stats_pool {
    size_t unit;   /* which; those of one unit stand together, in the order of units */
    double trials; /* >= 0 */
    bool any;      /* did any of them have the event? counts as one trial at least */
};

/* Rate per trial with its interval, log-normal over units with t; e.n = units. Where no pool has
 * the event the rate is 0 and its upper limit that of so many independent trials; NaN where every
 * pool has it, or there is no trial. */
struct stats_estimate stats_pooled_rate(const struct stats_pool *pools, size_t n, double level);
/* The rate of a over that of b, paired over units: pools a[n_a], b[n_b] of the same units. No
 * interval where a has no event; NaN where b has none. */
struct stats_estimate stats_pooled_ratio(const struct stats_pool *a, size_t n_a,
                                         const struct stats_pool *b, size_t n_b, double level);
