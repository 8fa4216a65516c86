/* Learning curves: accuracy against the number of training examples, on a log2 axis. */
#pragma once
#include <stddef.h>

/* Area under accuracy against log2 n by trapezoids, divided by the width: a mean accuracy. n rises;
 * NaN for fewer than two points. */
double stats_aulc(const double *n, const double *accuracy, size_t points);
/* The n at which the curve first reaches the threshold, log-interpolated; NaN when it never does.
 */
double stats_n_at(const double *n, const double *accuracy, size_t points, double threshold);
