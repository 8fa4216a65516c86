/* How accuracy falls with the number of steps: if every step succeeds by itself with probability p,
 * s steps succeed with p^s. */
#pragma once
#include <stddef.h>

/* One step count. */
struct stats_steps {
    double steps, solved, n;
};

struct stats_per_step {
    double p, se;    /* maximum likelihood; standard error from the observed information */
    double h50;      /* steps at which half is solved, ln 0.5 / ln p; infinite when all is solved */
    double deviance; /* of the fit; about chi-square with groups - 1 degrees of freedom */
};

/* NaN without data. All solved: p 1; none solved: p 0 (se NaN in both). */
struct stats_per_step stats_per_step_fit(const struct stats_steps *groups, size_t n);
/* The largest step count whose Wilson lower bound is at least `rate`; 0 when none. */
double stats_steps_mastered(const struct stats_steps *groups, size_t n, double rate, double level);
