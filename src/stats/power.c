/* See power.h. */
#include "stats/power.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "stats/dist.h"
#include "stats/paired.h"

const struct stats_design stats_design_default = {0.02, 0.10, 0.95, 0.8};

double stats_detectable(const struct stats_design *d, long tasks, long samples)
{
    if (tasks < 2 || samples < 1)
        return NAN;
    double df = (double)tasks - 1;
    double t = stats_t_quantile(0.5 + d->level / 2, df) + stats_t_quantile(d->power, df);
    return t * sqrt((d->omega2 + 2 * d->sigma2 / (double)samples) / (double)tasks);
}

long stats_tasks_needed(const struct stats_design *d, double difference, long samples)
{
    long low = 1, high = 10000000; /* low never suffices, high is tried first */
    if (!(stats_detectable(d, high, samples) <= difference))
        return -1;
    while (high - low > 1) {
        long mid = low + (high - low) / 2;
        if (stats_detectable(d, mid, samples) <= difference)
            high = mid;
        else
            low = mid;
    }
    return high;
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
