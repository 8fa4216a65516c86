/* See measure.h. The t-test over tasks; where no task differs from another t is undefined, and
 * exact bounds are used if all are -1, 0 or 1; where few differ, see with_few(). */
#include "analysis/measure.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "stats/dist.h"
#include "stats/exact_paired.h"
#include "stats/mean.h"
#include "stats/mcnemar.h"
#include "stats/power.h"
#include "stats/ratio.h"

static const double LEVEL = 0.95, POWER = 0.8;
static const long TASKS_MAX = 10000000;

/* No task differs from another: exact bounds if the mean is -1, 0 or 1, else no test. The number of
 * tasks needed stays unknown: without spread there is nothing to estimate it from. */
static void without_spread(struct measure *m, double threshold, double margin)
{
    long n = m->e.n;
    int each = (int)lround(m->e.value);
    if (n < 2 || fabs(m->e.value - each) > 1e-12)
        return;
    m->method = "exact";
    m->e.ci = stats_same_interval(each, n, LEVEL);
    if (fabs(threshold) < 1)
        m->p = fmin(1, 2 * fmin(stats_same_upper(each, n, threshold),
                                stats_same_upper(-each, n, -threshold)));
    if (margin > 0)
        m->tost_p = fmax(stats_same_upper(each, n, -margin), stats_same_upper(-each, n, -margin));
}

/* How many tasks differ either way. True when every rate is 0 or 1, as with single samples. */
static bool count_signs(const double *a, const double *b, size_t n, long *above, long *below)
{
    bool whole = true;
    *above = *below = 0;
    for (size_t i = 0; i < n; i++) {
        *above += a[i] - b[i] > 1e-12;
        *below += a[i] - b[i] < -1e-12;
        whole &= (a[i] <= 0 || a[i] >= 1) && (b[i] <= 0 || b[i] >= 1);
    }
    return whole;
}

struct stats_ci measure_few(long above, long below, long n)
{
    return n <= STATS_EXACT_TASKS ? stats_exact_paired(above, below, n, LEVEL)
                                  : stats_tango(above, below, n, LEVEL);
}

/* Fewer than MEASURE_FEW tasks differ: the mean is far from normal and the t-test too sure. Where
 * every rate is 0 or 1, Tango's score is used, or the exact table up to STATS_EXACT_TASKS.
 * Equivalence is bounded for any rates: a mean of -margin or less leaves P(difference < 0) >=
 * margin. */
static void with_few(struct measure *m, long b, long c, bool whole, double threshold, double margin)
{
    long n = m->e.n;
    bool exact = n <= STATS_EXACT_TASKS;
    if (margin > 0)
        m->tost_p = fmax(stats_binomial_cdf(b, n, margin), stats_binomial_cdf(c, n, margin));
    if (!whole)
        return;
    m->method = exact ? "exact" : "Tango";
    m->e.ci = measure_few(b, c, n);
    m->p = NAN;
    if (fabs(threshold) < 1)
        m->p = exact ? 2 * fmin(stats_exact_upper(b, c, n, threshold),
                                stats_exact_upper(c, b, n, -threshold))
                     : 2 * fmin(stats_tango_upper(b, c, n, threshold),
                                1 - stats_tango_upper(b, c, n, threshold));
    m->p = isnan(m->p) ? NAN : fmin(1, m->p); /* fmin would make it 1 */
}

/* An estimate of which nothing more is known yet: no test, no tasks needed. */
static struct measure untested(double value, struct stats_ci ci, const double *a, const double *b,
                               size_t n)
{
    return (struct measure){
        .e = {value, ci, (long)n},
        .method = "none",
        .se = NAN,
        .df = NAN,
        .mean = {stats_mean(a, n, 0, INFINITY).value, stats_mean(b, n, 0, INFINITY).value},
        .p = NAN,
        .tost_p = NAN,
        .needed = -1};
}

struct measure measure_difference(const double *a, const double *b, size_t n, double threshold,
                                  double margin, bool rates)
{
    double *d CLEANUP_FREE = xcalloc(n + 1, sizeof *d);
    for (size_t i = 0; i < n; i++)
        d[i] = a[i] - b[i];
    struct stats_paired t = stats_paired_t(d, n, LEVEL);
    struct measure m = untested(t.mean, (struct stats_ci){NAN, NAN}, a, b, n);
    if (!(t.se > 0)) {
        if (rates)
            without_spread(&m, threshold, margin);
        return m;
    }
    m.method = "t";
    m.se = t.se;
    m.df = (double)n - 1;
    m.e.ci = t.ci;
    if (rates) { /* few tasks make a t-interval wider than what a difference can be */
        m.e.ci.low = fmax(t.ci.low, -1);
        m.e.ci.high = fmin(t.ci.high, 1);
    }
    m.p = stats_t_two_sided((t.mean - threshold) / t.se, (double)n - 1);
    if (margin > 0)
        m.tost_p = stats_tost(&t, margin);
    long above, below;
    bool whole = count_signs(a, b, n, &above, &below);
    if (rates && above + below < MEASURE_FEW)
        with_few(&m, above, below, whole, threshold, margin);
    struct stats_design design = {t.se * t.se * (double)n, 0, LEVEL, POWER};
    m.needed = stats_tasks_needed(&design, fabs(t.mean - threshold), 1);
    return m;
}

struct measure measure_ratio(const double *a, const double *b, size_t n, double threshold)
{
    struct stats_task_ratio r = stats_task_ratio(a, b, n, LEVEL);
    struct measure m = untested(r.ratio.value, r.ratio.ci, a, b, n);
    if (r.ratio.value == 0 || isinf(r.ratio.value)) { /* conditional on the tasks with the event */
        const double *x = r.ratio.value == 0 ? b : a;
        long events = 0;
        for (size_t i = 0; i < n; i++)
            events += x[i] > 0;
        m.method = "exact";
        m.p = stats_one_sided_ratio_p(x == a, events, threshold);
    }
    if (!(r.ln_se > 0)) {
        if (r.ratio.value > 0 && isfinite(r.ratio.value))
            m.e.ci = (struct stats_ci){NAN, NAN}; /* equal in all tasks: no spread */
        return m;
    }
    double gap = fabs(log(r.ratio.value / threshold));
    double reach = stats_normal_quantile(0.5 + LEVEL / 2) + stats_normal_quantile(POWER);
    double needed = ceil((double)n * reach * reach * r.ln_se * r.ln_se / (gap * gap));
    m.method = "log-normal";
    m.se = r.ln_se;
    m.df = INFINITY;
    m.p = 2 * stats_normal_cdf(-gap / r.ln_se);
    m.needed = needed < (double)TASKS_MAX ? (long)needed : -1;
    return m;
}
