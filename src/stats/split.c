/* See split.h. */
#include "stats/split.h"
#include <math.h>

static double mean(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return n ? sum / (double)n : NAN;
}

static double variance(const double *x, size_t n)
{
    double m = mean(x, n), squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - m) * (x[i] - m);
    return n > 1 ? squares / (double)(n - 1) : NAN;
}

double stats_mean_variance(const double *x, size_t n)
{
    return variance(x, n) / (double)n;
}

struct stats_split stats_split(const double *differences, const double *within, size_t n)
{
    if (n < 2)
        return (struct stats_split){NAN, NAN, NAN, n};
    double total = variance(differences, n), tests = mean(within, n);
    return (struct stats_split){total, tests, isnan(tests) ? NAN : fmax(0, total - tests), n};
}
