/* Means and quantiles of samples. */
#pragma once
#include <stddef.h>

/* Quantile by linear interpolation between order statistics (type 7); p = 0.5 is the median.
 * Reorders x. NaN when n = 0. */
double stats_quantile(double *x, size_t n, double p);
