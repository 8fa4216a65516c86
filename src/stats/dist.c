/* Distributions from the special functions. The smaller tail is always the one computed, the larger
 * one is its complement. */
#include "stats/dist.h"
#include <math.h>
#include "stats/special.h"

double stats_normal_cdf(double x)
{
    return 0.5 * erfc(-x * M_SQRT1_2);
}

double stats_t_two_sided(double t, double df)
{
    if (isinf(t))
        return 0;
    double s = t * t;
    /* The two forms are equal; each is used where its argument keeps its digits. */
    if (s < df)
        return 1 - stats_beta_inc(0.5, df / 2, s / (df + s));
    return stats_beta_inc(df / 2, 0.5, df / (df + s));
}

double stats_t_cdf(double t, double df)
{
    double tail = stats_t_two_sided(t, df) / 2;
    return t < 0 ? tail : 1 - tail;
}

double stats_chi2_upper(double x, double df)
{
    return x <= 0 ? 1 : stats_gamma_q(df / 2, x / 2);
}

double stats_binomial_pmf(long k, long n, double p)
{
    if (k < 0 || k > n)
        return 0;
    if (k == 0)
        return exp((double)n * log1p(-p));
    if (k == n)
        return pow(p, (double)n);
    /* C(n,k) p^k q^(n-k) = n / (k (n-k)) times the beta weight of (k, n-k). */
    double a = (double)k, b = (double)(n - k);
    return exp(stats_ln_beta_weight(a, b, p)) * (a + b) / (a * b);
}

double stats_binomial_cdf(long k, long n, double p)
{
    if (k < 0)
        return 0;
    if (k >= n)
        return 1;
    return stats_beta_inc((double)(n - k), (double)(k + 1), 1 - p);
}

/* A distribution function of x with up to two parameters. */
typedef double cdf_fn(double x, double a, double b);

/* The x in [low, high] at which the increasing f reaches p. */
static double invert(cdf_fn *f, double a, double b, double p, double low, double high)
{
    for (;;) {
        double mid = low + (high - low) / 2;
        if (mid <= low || mid >= high)
            return mid;
        if (f(mid, a, b) < p)
            low = mid;
        else
            high = mid;
    }
}

/* The same on [0, infinity): the bracket doubles until it holds p. */
static double invert_positive(cdf_fn *f, double a, double b, double p)
{
    double high = 1;
    while (high < 1e300 && f(high, a, b) < p)
        high *= 2;
    return invert(f, a, b, p, high > 1 ? high / 2 : 0, high);
}

static double normal_cdf(double x, double a, double b)
{
    (void)a, (void)b;
    return stats_normal_cdf(x);
}

double stats_normal_quantile(double p)
{
    if (p <= 0 || p >= 1)
        return p <= 0 ? -INFINITY : INFINITY;
    return p <= 0.5 ? invert(normal_cdf, 0, 0, p, -40, 0) : -stats_normal_quantile(1 - p);
}

static double t_within(double t, double df, double unused)
{
    (void)unused;
    return 1 - stats_t_two_sided(t, df);
}

double stats_t_quantile(double p, double df)
{
    if (p <= 0 || p >= 1)
        return p <= 0 ? -INFINITY : INFINITY;
    return p < 0.5 ? -stats_t_quantile(1 - p, df) : invert_positive(t_within, df, 0, 2 * p - 1);
}

static double beta_cdf(double x, double a, double b)
{
    return stats_beta_inc(a, b, x);
}

double stats_beta_quantile(double p, double a, double b)
{
    if (p <= 0 || p >= 1)
        return p <= 0 ? 0 : 1;
    return invert(beta_cdf, a, b, p, 0, 1);
}
