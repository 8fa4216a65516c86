/* Means and quantiles of samples. */
#include "stats/summary.h"
#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double stats_quantile(double *x, size_t n, double p)
{
    if (n == 0)
        return NAN;
    qsort(x, n, sizeof *x, by_value);
    double rank = p * (double)(n - 1);
    size_t below = (size_t)rank;
    double part = rank - (double)below;
    return below + 1 < n ? x[below] + part * (x[below + 1] - x[below]) : x[n - 1];
}
