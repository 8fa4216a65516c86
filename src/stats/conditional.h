/* Logistic regression with a free effect of every task, the tasks conditioned away. */
#pragma once
#include <stddef.h>
#include "stats/rate.h"

/* Of one task: solved of so many samples, in either arm. */
struct stats_trials {
    long a_solved, a_n, b_solved, b_n;
};

struct stats_odds {
    double log_odds;    /* of arm A against arm B on the same task; infinite when one arm wins
                           whatever it can; NaN without an informative task */
    double se;          /* sandwich over tasks: the effect may differ between tasks */
    double ratio;       /* exp(log_odds) */
    struct stats_ci ci; /* of the ratio, normal on the log scale; where it is infinite or 0, exact
                           for single samples, else NaN */
    double p;           /* of "no effect": Wald; where the ratio is infinite or 0 the sign test */
    size_t informative; /* tasks solved neither always nor never */
};

/* Conditional maximum likelihood (Breslow & Day 1980, chapter 7): given how many of a task's
 * samples were solved, how many of them are A's is a noncentral hypergeometric count. With one
 * sample per task the ratio is b / c of McNemar's table. */
struct stats_odds stats_conditional_logit(const struct stats_trials *t, size_t n, double level);
