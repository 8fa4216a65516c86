/* What the draw of the tests adds to the spread of a difference between training seeds. */
#include <math.h>
#include "base/mem.h"
#include "analysis/learning.h"
#include "stats/curve.h"

/* What a quantity gives the accuracy at each N: the area is linear in them. w: [n_sizes] */
static void weights(const struct analysis_learning *l, int size, double *w)
{
    double *n CLEANUP_FREE = xcalloc(l->n_sizes + 1, sizeof *n);
    double *unit CLEANUP_FREE = xcalloc(l->n_sizes + 1, sizeof *unit);
    for (size_t i = 0; i < l->n_sizes; i++)
        n[i] = l->sizes[i];
    for (size_t i = 0; i < l->n_sizes; i++) {
        unit[i] = 1;
        w[i] = size < 0 ? stats_aulc(n, unit, l->n_sizes) : (int)i == size;
        unit[i] = 0;
    }
}

/* The difference of two orders on each test of each seed. */
struct by_test {
    double *d;  /* [n_seeds][n_tasks] */
    int *steps; /* [n_seeds][n_tasks] of the test; 0 = this seed does not play it */
};

static void add(const struct analysis_learning *l, const struct analysis_episode *e, double value,
                struct by_test *t)
{
    size_t at = (size_t)e->sample * l->run->n_tasks + e->task;
    t->d[at] += e->passed ? value : 0;
    t->steps[at] = e->steps;
}

/* Sampling variance of one seed's difference: a mean over step counts of means over tests. */
static double variance_of(const struct analysis_learning *l, const struct by_test *t, int seed,
                          struct analysis_part part)
{
    size_t n_tasks = l->run->n_tasks, first = (size_t)seed * n_tasks;
    double *x CLEANUP_FREE = xcalloc(n_tasks + 1, sizeof *x), sum = 0;
    int groups = 0;
    for (size_t k = 0; k < l->n_steps; k++) {
        size_t n = 0;
        if (l->steps[k] < part.from || l->steps[k] > part.to)
            continue;
        for (size_t i = 0; i < n_tasks; i++)
            if (t->steps[first + i] == l->steps[k])
                x[n++] = t->d[first + i];
        sum += stats_mean_variance(x, n);
        groups++;
    }
    return sum / (groups * groups);
}

struct stats_split learning_split(const struct analysis_learning *l, size_t arm, size_t order_a,
                                  size_t order_b, int size, struct analysis_part part)
{
    size_t cells = (size_t)l->n_seeds * l->run->n_tasks, n = 0;
    double *w CLEANUP_FREE = xcalloc(l->n_sizes + 1, sizeof *w);
    double *d CLEANUP_FREE = xcalloc(cells + 1, sizeof *d);
    int *steps CLEANUP_FREE = xcalloc(cells + 1, sizeof *steps);
    double *total CLEANUP_FREE = xcalloc((size_t)l->n_seeds + 1, sizeof *total);
    double *within CLEANUP_FREE = xcalloc((size_t)l->n_seeds + 1, sizeof *within);
    struct by_test t = {d, steps};
    weights(l, size, w);
    for (size_t i = 0; i < l->run->n_played; i++) {
        const struct analysis_episode *e = &l->run->played[i];
        struct learning_place p = l->places[e->arm];
        if (p.known && p.arm == arm && (p.order == order_a || p.order == order_b))
            add(l, e, p.order == order_a ? w[p.size] : -w[p.size], &t);
    }
    for (int s = 0; s < l->n_seeds; s++) {
        total[n] = learning_quantity(l, arm, order_a, size, s, part) -
                   learning_quantity(l, arm, order_b, size, s, part);
        within[n] = variance_of(l, &t, s, part);
        n += !isnan(total[n]);
    }
    return stats_split(total, within, n);
}
