/* Intervals for one rate, and pass@k as a product, so that no binomial coefficient overflows. */
#include "stats/rate.h"
#include <math.h>
#include "stats/dist.h"

struct stats_ci stats_wilson(double successes, double n, double level)
{
    if (n <= 0)
        return (struct stats_ci){0, 1};
    double z = stats_normal_quantile(0.5 + level / 2), p = successes / n, zz = z * z / n;
    double mid = (p + zz / 2) / (1 + zz);
    double half = z / (1 + zz) * sqrt(p * (1 - p) / n + zz / (4 * n));
    /* At the ends the exact bound is 0 or 1; rounding must not cross it. */
    return (struct stats_ci){successes <= 0 ? 0 : fmax(0, mid - half),
                             successes >= n ? 1 : fmin(1, mid + half)};
}

struct stats_ci stats_wilson_sums(double sum, double squares, double n, double samples,
                                  double level)
{
    double p = sum / n, var = (squares / n - p * p) / (n - 1), effective = n;
    if (n > 1 && p > 0 && p < 1 && samples > n) {
        double few =
            stats_normal_quantile(0.5 + level / 2) / stats_t_quantile(0.5 + level / 2, n - 1);
        effective = fmin(fmax(p * (1 - p) / fmax(var, 1e-15) * few * few, n), samples);
    }
    return stats_wilson(p * effective, effective, level);
}

struct stats_ci stats_wilson_tasks(const double *rate, size_t n, double samples, double level)
{
    double sum = 0, squares = 0;
    if (n == 0)
        return (struct stats_ci){0, 1};
    for (size_t i = 0; i < n; i++) {
        sum += rate[i];
        squares += rate[i] * rate[i];
    }
    return stats_wilson_sums(sum, squares, (double)n, samples, level);
}

struct stats_ci stats_clopper_pearson(long successes, long n, double level)
{
    double tail = (1 - level) / 2, x = (double)successes, m = (double)(n - successes);
    return (struct stats_ci){successes <= 0 ? 0 : stats_beta_quantile(tail, x, m + 1),
                             m <= 0 ? 1 : stats_beta_quantile(1 - tail, x + 1, m)};
}

double stats_pass_at_k(long n, long c, long k)
{
    if (k < 1 || k > n)
        return NAN;
    double none = 1; /* all k draws miss: product of (1 - k/i) over i = n-c+1 .. n */
    for (long i = n - c + 1; i <= n; i++)
        none *= i <= k ? 0 : 1 - (double)k / (double)i;
    return 1 - none;
}

double stats_pass_hat_k(long n, long c, long k)
{
    if (k < 1 || k > n)
        return NAN;
    double all = 1;
    for (long i = 0; i < k; i++)
        all *= i < c ? (double)(c - i) / (double)(n - i) : 0;
    return all;
}
