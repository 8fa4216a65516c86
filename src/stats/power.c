/* See power.h. */
#include "stats/power.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "stats/dist.h"
#include "stats/paired.h"

const struct stats_design stats_design_default = {0.02, 0.10, 0.95, 0.8};

/* In whatever unit the variances are of. */
static double reach(const struct stats_design *d, long tasks, long samples)
{
    double df = (double)tasks - 1;
    double t = stats_t_quantile(0.5 + d->level / 2, df) + stats_t_quantile(d->power, df);
    return t * sqrt((d->omega2 + 2 * d->sigma2 / (double)samples) / (double)tasks);
}

double stats_detectable(const struct stats_design *d, long tasks, long samples)
{
    double found = tasks < 2 || samples < 1 ? NAN : reach(d, tasks, samples);
    return found <= 1 ? found : NAN;
}

long stats_tasks_needed(const struct stats_design *d, double difference, long samples)
{
    long low = 1, high = 10000000; /* low never suffices, high is tried first */
    if (!(reach(d, high, samples) <= difference))
        return -1;
    while (high - low > 1) {
        long mid = low + (high - low) / 2;
        if (reach(d, mid, samples) <= difference)
            high = mid;
        else
            low = mid;
    }
    return high;
}

/* P(T <= t) of the noncentral t: the mean of Phi(t s - shift) over s = sqrt(chi2 / df), by
 * Simpson's rule over all of s that has weight. */
static double noncentral_t_cdf(double t, double df, double shift)
{
    if (isinf(df))
        return stats_normal_cdf(t - shift);
    enum { STEPS = 2000 };
    double low = fmax(0, 1 - 12 / sqrt(2 * df)), high = 1 + 12 / sqrt(2 * df);
    double ln_c = M_LN2 + df / 2 * log(df / 2) - lgamma(df / 2), h = (high - low) / STEPS, sum = 0;
    for (int i = 0; i <= STEPS; i++) {
        double s = low + i * h, weight = i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2;
        double ln = s > 0 ? (df - 1) * log(s) : df > 1 ? -INFINITY : 0;
        sum += weight * exp(ln_c + ln - df * s * s / 2) * stats_normal_cdf(t * s - shift);
    }
    return fmin(1, sum * h / 3);
}

struct stats_outlook stats_outlook(double gap, double se, double df, double level)
{
    struct stats_outlook r = {NAN, NAN, NAN};
    if (!(se > 0) || !(df >= 1))
        return r;
    double t =
        isinf(df) ? stats_normal_quantile(0.5 + level / 2) : stats_t_quantile(0.5 + level / 2, df);
    r.above = fmax(0, 1 - noncentral_t_cdf(t, df, gap / se));
    r.below = noncentral_t_cdf(-t, df, gap / se);
    r.open = fmax(0, 1 - r.above - r.below);
    return r;
}

struct stats_design stats_design_from_pilot(const double *solved_a, const double *solved_b,
                                            size_t tasks, long samples)
{
    struct stats_design d = stats_design_default;
    double *diff = xcalloc(tasks + 1, sizeof *diff), K = (double)samples, inside = 0;
    for (size_t i = 0; i < tasks; i++) {
        double a = solved_a[i] / K, b = solved_b[i] / K;
        diff[i] = a - b;
        inside += a * (1 - a) + b * (1 - b);
    }
    struct stats_paired t = stats_paired_t(diff, tasks, d.level);
    double n = (double)tasks, spread = t.se * t.se * n; /* Var(d_i) = omega2 + 2 sigma2 / K */
    free(diff);
    if (tasks < 2)
        return d;
    if (samples > 1) {
        d.sigma2 = inside / (2 * n) * K / (K - 1);
    } else {
        double a = 0, b = 0;
        for (size_t i = 0; i < tasks; i++) {
            a += solved_a[i] / n;
            b += solved_b[i] / n;
        }
        d.sigma2 = fmin((a * (1 - a) + b * (1 - b)) / 2, spread / 2);
    }
    d.omega2 = fmax(0, spread - 2 * d.sigma2 / K);
    return d;
}

bool stats_design_has_spread(const struct stats_design *d)
{
    return d->omega2 > 0 || d->sigma2 > 0;
}
