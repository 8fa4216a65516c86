/* See misclass.h. */
#include "stats/misclass.h"
#include <math.h>
#include "stats/dist.h"

static double mean(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return n ? sum / (double)n : NAN;
}

static double variance_of(double part, double whole)
{
    double p = (part + 1) / (whole + 2);
    return p * (1 - p) / (whole + 2);
}

/* Of the mean of x + y * factor over tasks. */
static double variance_of_mean(const double *x, double by_x, const double *y, double by_y, size_t n)
{
    double sum = 0, mx = mean(x, n), my = y ? mean(y, n) : 0;
    for (size_t i = 0; i < n; i++) {
        double d = (x[i] - mx) * by_x + (y ? (y[i] - my) * by_y : 0);
        sum += d * d;
    }
    return n > 1 ? sum / ((double)n * ((double)n - 1)) : NAN;
}

static double clip(double x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

struct stats_estimate stats_corrected_rate(const double *a, size_t n,
                                           const struct stats_misclass *m, double level)
{
    struct stats_estimate e = {NAN, {NAN, NAN}, (long)n};
    double se = m->hit / m->yes, sp = m->right / m->no, j = se + sp - 1;
    if (!(j > 0) || n == 0)
        return e;
    double raw = (mean(a, n) + sp - 1) / j;
    e.value = clip(raw);
    double v = variance_of_mean(a, 1, NULL, 0, n) +
               (1 - e.value) * (1 - e.value) * variance_of(m->right, m->no) +
               e.value * e.value * variance_of(m->hit, m->yes);
    double half = stats_normal_quantile((1 + level) / 2) * sqrt(v) / j;
    if (n > 1)
        e.ci = (struct stats_ci){clip(raw - half), clip(raw + half)};
    return e;
}

struct stats_estimate stats_corrected_ratio(const double *a, const double *b, size_t n,
                                            const struct stats_misclass *m, double level)
{
    struct stats_estimate e = {NAN, {NAN, NAN}, (long)n};
    double se = m->hit / m->yes, sp = m->right / m->no;
    double of_a = mean(a, n) + sp - 1, of_b = mean(b, n) + sp - 1;
    if (!(se + sp > 1) || !(of_a > 0) || !(of_b > 0))
        return e;
    e.value = of_a / of_b;
    double by_sp = 1 / of_a - 1 / of_b;
    double v = variance_of_mean(a, 1 / of_a, b, -1 / of_b, n) +
               by_sp * by_sp * variance_of(m->right, m->no);
    double half = stats_normal_quantile((1 + level) / 2) * sqrt(v);
    if (n > 1)
        e.ci = (struct stats_ci){e.value * exp(-half), e.value * exp(half)};
    return e;
}
