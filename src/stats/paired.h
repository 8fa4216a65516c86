/* Paired differences d_i over tasks (the task is the unit; samples are averaged inside it). */
#pragma once
#include <stddef.h>
#include "stats/rate.h"

struct stats_paired {
    size_t n;           /* tasks */
    double mean, se;    /* of the differences */
    struct stats_ci ci; /* t-interval */
    double p;           /* two-sided, H0: mean difference 0 */
};

/* The paired t-test. With fewer than two tasks se, ci and p are NaN. When all differences are equal
 * se is 0, the interval is the point itself, and p is 1 or 0: the caller should say that they carry
 * no information. */
struct stats_paired stats_paired_t(const double *d, size_t n, double level);

/* Two one-sided t-tests: p of "the mean difference lies outside (-margin, margin)"; small p =
 * equivalent. */
double stats_tost(const struct stats_paired *r, double margin);
