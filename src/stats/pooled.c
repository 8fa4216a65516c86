/* See pooled.h. With u = -ln(1 - rate) a pool of m trials has no event with probability exp(-u m),
 * and the score of u is m / (exp(u m) - 1) for a pool with one, -m for a pool without. It falls in
 * u, so bisection finds its root. */
#include "stats/pooled.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "stats/dist.h"

static double trials_of(const struct stats_pool *p)
{
    return p->any ? fmax(1, p->trials) : p->trials;
}

static double score(const struct stats_pool *p, double u)
{
    double m = trials_of(p);
    return p->any ? m / expm1(u * m) : -m;
}

/* Of all pools together; the negative derivative of the score in *information. */
static double total_score(const struct stats_pool *pools, size_t n, double u, double *information)
{
    double sum = 0;
    *information = 0;
    for (size_t i = 0; i < n; i++) {
        double m = trials_of(&pools[i]), e = expm1(u * m);
        sum += score(&pools[i], u);
        if (pools[i].any && isfinite(e))
            *information += m * m * (e + 1) / (e * e);
    }
    return sum;
}

/* What the data say of u: nothing at all, 0, a root, or no upper end. */
static double solve(const struct stats_pool *pools, size_t n)
{
    double with = 0, without = 0, low = 1e-12, high = 1, ignored;
    for (size_t i = 0; i < n; i++) {
        with += pools[i].any;
        without += pools[i].any ? 0 : pools[i].trials;
    }
    if (with == 0)
        return without > 0 ? 0 : NAN;
    if (without == 0)
        return NAN;
    while (total_score(pools, n, high, &ignored) > 0)
        high *= 2;
    for (int i = 0; i < 200; i++) {
        double mid = (low + high) / 2;
        if (total_score(pools, n, mid, &ignored) > 0)
            low = mid;
        else
            high = mid;
    }
    return (low + high) / 2;
}

static double rate_of(double u)
{
    return -expm1(-u);
}

static size_t count_units(const struct stats_pool *pools, size_t n)
{
    size_t units = 0;
    for (size_t i = 0; i < n; i++)
        units += i == 0 || pools[i].unit != pools[i - 1].unit;
    return units;
}

/* Adds `sign` times each unit's influence on ln(rate) to influence[unit]. */
static void add_influence(const struct stats_pool *pools, size_t n, double u, double sign,
                          double *influence)
{
    double information;
    total_score(pools, n, u, &information);
    double slope = exp(-u) / rate_of(u); /* d ln(rate) / d u */
    for (size_t i = 0; i < n; i++)
        influence[pools[i].unit] += sign * slope * score(&pools[i], u) / information;
}

static double spread(const double *influence, size_t n, size_t units)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += influence[i] * influence[i];
    return units > 1 ? sqrt(sum * (double)units / (double)(units - 1)) : NAN;
}

static size_t last_unit(const struct stats_pool *pools, size_t n)
{
    return n ? pools[n - 1].unit + 1 : 0;
}

static double total_trials(const struct stats_pool *pools, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += pools[i].trials;
    return sum;
}

struct stats_estimate stats_pooled_rate(const struct stats_pool *pools, size_t n, double level)
{
    size_t units = count_units(pools, n), size = last_unit(pools, n);
    double u = solve(pools, n);
    struct stats_estimate e = {rate_of(u), {NAN, NAN}, (long)units};
    if (u == 0)
        e.ci = (struct stats_ci){0, 1 - pow((1 - level) / 2, 1 / total_trials(pools, n))};
    if (!(u > 0))
        return e;
    double *influence CLEANUP_FREE = xcalloc(size, sizeof *influence);
    add_influence(pools, n, u, 1, influence);
    double half =
        stats_t_quantile((1 + level) / 2, (double)units - 1) * spread(influence, size, units);
    if (units > 1)
        e.ci = (struct stats_ci){e.value * exp(-half), fmin(1, e.value * exp(half))};
    return e;
}

struct stats_estimate stats_pooled_ratio(const struct stats_pool *a, size_t n_a,
                                         const struct stats_pool *b, size_t n_b, double level)
{
    double u = solve(a, n_a), v = solve(b, n_b);
    size_t units = count_units(b, n_b);
    struct stats_estimate e = {NAN, {NAN, NAN}, (long)units};
    if (!(v > 0) || isnan(u))
        return e;
    e.value = rate_of(u) / rate_of(v);
    if (u == 0 || units < 2)
        return e;
    size_t size = last_unit(a, n_a) > last_unit(b, n_b) ? last_unit(a, n_a) : last_unit(b, n_b);
    double *influence CLEANUP_FREE = xcalloc(size, sizeof *influence);
    add_influence(a, n_a, u, 1, influence);
    add_influence(b, n_b, v, -1, influence);
    double half =
        stats_t_quantile((1 + level) / 2, (double)units - 1) * spread(influence, size, units);
    e.ci = (struct stats_ci){e.value * exp(-half), e.value * exp(half)};
    return e;
}
