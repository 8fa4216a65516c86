/* Where the spread of a difference between training seeds comes from, when every seed is tested on
 * problems of its own: var(seed) = var(training) + var(draw of the tests). */
#pragma once
#include <stddef.h>

struct stats_split {
    double total; /* variance of the seeds' differences */
    double tests; /* of it, what the draw of the tests explains: the mean of `within` */
    double rest;  /* total - tests, the trainings; 0 where the draw explains more than there is */
    size_t n;     /* seeds */
};

/* Method of moments. differences[n]: one of each seed; within[n]: its sampling variance over the
 * tests. NaN for fewer than two seeds. */
struct stats_split stats_split(const double *differences, const double *within, size_t n);
/* Sampling variance of a mean of x[n]: s^2 / n; NaN for fewer than two. */
double stats_mean_variance(const double *x, size_t n);
