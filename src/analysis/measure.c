/* See measure.h. The t-test over tasks; where no task differs from another t is undefined, and
 * Tango's score test is used if all are 0 or 1. */
#include "analysis/measure.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "stats/dist.h"
#include "stats/power.h"
#include "stats/ratio.h"

static const double LEVEL = 0.95, POWER = 0.8;
static const long TASKS_MAX = 10000000;

static double smaller_tail_twice(double upper)
{
    return fmin(1, 2 * fmin(upper, 1 - upper));
}

/* The fewest tasks without a discordant one whose Tango interval stops short of the threshold. */
static long needed_if_equal(double threshold)
{
    double z = stats_normal_quantile(0.5 + LEVEL / 2), t = fabs(threshold);
    double n = ceil(z * z * (1 - t) / t);
    return t > 0 && t < 1 && n < (double)TASKS_MAX ? (long)n : -1;
}

/* No task differs from another: Tango's test if the mean is -1, 0 or 1, else no test. */
static void without_spread(struct measure *m, double threshold, double margin)
{
    m->method = "none";
    if (m->e.n < 2 || !isfinite(m->e.value))
        return;
    long n = m->e.n, whole = lround(m->e.value * (double)n);
    long b = whole > 0 ? whole : 0, c = whole < 0 ? -whole : 0;
    bool all_or_nothing = whole == 0 || labs(whole) == n;
    if (!all_or_nothing || fabs(m->e.value - (double)whole / (double)n) > 1e-12)
        return;
    m->method = "Tango";
    m->e.ci = stats_tango(b, c, n, LEVEL);
    if (fabs(threshold) < 1)
        m->p = smaller_tail_twice(stats_tango_upper(b, c, n, threshold));
    if (margin > 0)
        m->tost_p =
            fmax(stats_tango_upper(b, c, n, -margin), 1 - stats_tango_upper(b, c, n, margin));
    m->needed = whole == 0 ? needed_if_equal(threshold) : -1;
}

struct measure measure_difference(const double *a, const double *b, size_t n, double threshold,
                                  double margin, bool rates)
{
    double *d CLEANUP_FREE = xcalloc(n + 1, sizeof *d);
    for (size_t i = 0; i < n; i++)
        d[i] = a[i] - b[i];
    struct stats_paired t = stats_paired_t(d, n, LEVEL);
    struct measure m = {.e = {t.mean, {NAN, NAN}, (long)n},
                        .method = "none",
                        .p = NAN,
                        .tost_p = NAN,
                        .needed = -1};
    if (!(t.se > 0)) {
        if (rates)
            without_spread(&m, threshold, margin);
        return m;
    }
    m.method = "t";
    m.e.ci = t.ci;
    if (rates) { /* few tasks make a t-interval wider than what a difference can be */
        m.e.ci.low = fmax(t.ci.low, -1);
        m.e.ci.high = fmin(t.ci.high, 1);
    }
    m.p = stats_t_two_sided((t.mean - threshold) / t.se, (double)n - 1);
    if (margin > 0)
        m.tost_p = stats_tost(&t, margin);
    struct stats_design design = {t.se * t.se * (double)n, 0, LEVEL, POWER};
    m.needed = stats_tasks_needed(&design, fabs(t.mean - threshold), 1);
    return m;
}

struct measure measure_ratio(const double *a, const double *b, size_t n, double threshold)
{
    struct stats_task_ratio r = stats_task_ratio(a, b, n, LEVEL);
    struct measure m = {.e = {r.ratio.value, r.ratio.ci, (long)n},
                        .method = "none",
                        .p = NAN,
                        .tost_p = NAN,
                        .needed = -1};
    if (r.ratio.value == 0) { /* exact, conditional on the tasks in which b has the event */
        long events = 0;
        for (size_t i = 0; i < n; i++)
            events += b[i] > 0;
        m.method = "exact";
        m.p = fmin(1, 2 * pow(1 / (1 + threshold), (double)events));
    }
    if (!(r.ln_se > 0)) {
        if (r.ratio.value != 0)
            m.e.ci = (struct stats_ci){NAN, NAN}; /* equal in all tasks: no spread */
        return m;
    }
    double gap = fabs(log(r.ratio.value / threshold));
    double reach = stats_normal_quantile(0.5 + LEVEL / 2) + stats_normal_quantile(POWER);
    double needed = ceil((double)n * reach * reach * r.ln_se * r.ln_se / (gap * gap));
    m.method = "log-normal";
    m.p = 2 * stats_normal_cdf(-gap / r.ln_se);
    m.needed = needed < (double)TASKS_MAX ? (long)needed : -1;
    return m;
}
