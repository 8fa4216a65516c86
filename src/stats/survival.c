/* Kaplan-Meier, restricted mean and log-rank, as in Klein & Moeschberger, Survival Analysis,
 * chapters 4 and 7. */
#include "stats/survival.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "stats/dist.h"

struct observation {
    double t;
    bool event;
    int group;
};

static int by_time(const void *a, const void *b)
{
    double x = ((const struct observation *)a)->t, y = ((const struct observation *)b)->t;
    return (x > y) - (x < y);
}

static void fill(struct observation *o, const double *t, const bool *event, size_t n, int group)
{
    for (size_t i = 0; i < n; i++)
        o[i] = (struct observation){t[i], event[i], group};
}

size_t stats_kaplan_meier(const double *t, const bool *event, size_t n, struct stats_km_step *steps)
{
    struct observation *o = xcalloc(n + 1, sizeof *o);
    size_t n_steps = 0;
    double s = 1;
    fill(o, t, event, n, 0);
    qsort(o, n, sizeof *o, by_time);
    for (size_t i = 0, next; i < n; i = next) {
        size_t events = 0;
        for (next = i; next < n && o[next].t == o[i].t; next++)
            events += o[next].event;
        if (events == 0)
            continue;
        s *= 1 - (double)events / (double)(n - i);
        steps[n_steps++] = (struct stats_km_step){o[i].t, s, n - i, events};
    }
    free(o);
    return n_steps;
}

struct stats_rmst stats_rmst(const double *t, const bool *event, size_t n, double tau)
{
    struct stats_km_step *steps = xcalloc(n + 1, sizeof *steps);
    size_t n_steps = stats_kaplan_meier(t, event, n, steps);
    double area = 0, variance = 0, end = tau;
    /* From the right: `area` is what lies under the curve between this step and tau. */
    for (size_t i = n_steps; i-- > 0;) {
        if (steps[i].t >= tau)
            continue;
        area += steps[i].s * (end - steps[i].t);
        end = steps[i].t;
        double left = (double)(steps[i].at_risk - steps[i].events);
        if (left > 0)
            variance += area * area * (double)steps[i].events / ((double)steps[i].at_risk * left);
    }
    free(steps);
    return (struct stats_rmst){area + end, sqrt(variance)};
}

struct stats_logrank stats_logrank(const double *t1, const bool *event1, size_t n1,
                                   const double *t2, const bool *event2, size_t n2)
{
    size_t n = n1 + n2;
    struct observation *o = xcalloc(n + 1, sizeof *o);
    double excess = 0, variance = 0, at_risk_1 = (double)n1;
    fill(o, t1, event1, n1, 1);
    fill(o + n1, t2, event2, n2, 2);
    qsort(o, n, sizeof *o, by_time);
    for (size_t i = 0, next; i < n; i = next) {
        double at_risk = (double)(n - i), share = at_risk_1 / at_risk;
        double events = 0, events_1 = 0, leaving_1 = 0;
        for (next = i; next < n && o[next].t == o[i].t; next++) {
            events += o[next].event;
            events_1 += o[next].event && o[next].group == 1;
            leaving_1 += o[next].group == 1;
        }
        excess += events_1 - events * share;
        if (at_risk > 1)
            variance += events * share * (1 - share) * (at_risk - events) / (at_risk - 1);
        at_risk_1 -= leaving_1;
    }
    free(o);
    if (variance <= 0)
        return (struct stats_logrank){0, 1};
    double chi2 = excess * excess / variance;
    return (struct stats_logrank){chi2, stats_chi2_upper(chi2, 1)};
}
