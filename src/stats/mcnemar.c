/* McNemar's test in its exact and mid-p forms, its anytime-valid companion, and intervals for the
 * difference of paired proportions. */
#include "stats/mcnemar.h"
#include <math.h>
#include "stats/dist.h"
#include "stats/special.h"

struct stats_mcnemar stats_mcnemar(long b, long c)
{
    struct stats_mcnemar r = {.b = b, .c = c, .exact = 1, .midp = 1};
    long m = b + c, less = b < c ? b : c;
    if (m == 0)
        return r;
    double point = stats_binomial_pmf(less, m, 0.5);
    r.exact = fmin(1, 2 * stats_binomial_cdf(less, m, 0.5));
    r.midp = b == c ? 1 - point / 2 : r.exact - point;
    return r;
}

double stats_e_value(long b, long c)
{
    double m = (double)(b + c);
    return exp(m * M_LN2 - log(m + 1) - stats_ln_choose(m, (double)b));
}

struct stats_ci stats_paired_wald(long b, long c, long n, double level)
{
    double z = stats_normal_quantile(0.5 + level / 2), N = (double)n, d = (double)(b - c) / N;
    double se = sqrt(fmax(0, (double)(b + c) / N - d * d) / N);
    return (struct stats_ci){d - z * se, d + z * se};
}

/* The score statistic of the hypothesis that the difference is d; decreasing in d. */
static double tango_score(double b, double c, double n, double d)
{
    double B = -b - c + (2 * n - b + c) * d, C = -c * d * (1 - d);
    double q = (sqrt(fmax(0, B * B - 8 * n * C)) - B) / (4 * n); /* P(only B), constrained */
    double var = n * (2 * q + d * (1 - d));
    double gap = b - c - n * d;
    if (var <= 0)
        return gap > 0 ? INFINITY : gap < 0 ? -INFINITY : 0;
    return gap / sqrt(var);
}

double stats_tango_score(long b, long c, long n, double d)
{
    return tango_score((double)b, (double)c, (double)n, d);
}

double stats_tango_upper(long b, long c, long n, double d)
{
    return n > 0 ? stats_normal_cdf(-tango_score((double)b, (double)c, (double)n, d)) : 0.5;
}

/* Where the score crosses `target` on [-1, 1]. */
static double tango_limit(double b, double c, double n, double target)
{
    double low = -1, high = 1;
    for (int i = 0; i < 100; i++) {
        double mid = (low + high) / 2;
        if (tango_score(b, c, n, mid) > target)
            low = mid;
        else
            high = mid;
    }
    return (low + high) / 2;
}

struct stats_ci stats_tango(long b, long c, long n, double level)
{
    if (n <= 0)
        return (struct stats_ci){-1, 1};
    double z = stats_normal_quantile(0.5 + level / 2);
    double B = (double)b, C = (double)c, N = (double)n;
    return (struct stats_ci){tango_limit(B, C, N, z), tango_limit(B, C, N, -z)};
}
