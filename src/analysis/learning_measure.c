/* The metrics of a curriculum's criteria: two orders, paired by training seed. */
#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "experiment/criteria.h"
#include "analysis/learning.h"
#include "analysis/measure.h"

static const double MARGIN = 0.05;

/* "flat@strict". */
struct side {
    size_t arm, order;
};

static bool find_side(const struct analysis_learning *l, const char *name, struct side *out)
{
    const char *at = strrchr(name, '@');
    int arm = at ? learning_arm(l, name, (size_t)(at - name)) : -1;
    int order = at ? learning_order(l, at + 1) : -1;
    *out = (struct side){(size_t)arm, (size_t)order};
    return arm >= 0 && order >= 0;
}

/* size: -1 = the area, else the index of an N. */
static struct measure compare(const struct analysis_learning *l, const struct criterion *c,
                              const struct side side[2], int size, const char **unknown,
                              const char **limit)
{
    double *a CLEANUP_FREE = xcalloc((size_t)l->n_seeds + 1, sizeof *a);
    double *b CLEANUP_FREE = xcalloc((size_t)l->n_seeds + 1, sizeof *b);
    struct analysis_part part = learning_all(l);
    if (c->steps[0])
        part = (struct analysis_part){c->steps[0], c->steps[1]};
    size_t n = learning_pairs(l, side[0].arm, side[0].order, side[1].order, size, part, a, b);
    if (n == 0) {
        *unknown = "no training seed has finished what it takes";
        return measure_nothing();
    }
    /* not rates: a seed is not one trial, so equal seeds do not tell the spread */
    double low = 1, high = 0;
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, fmin(a[i], b[i]));
        high = fmax(high, fmax(a[i], b[i]));
    }
    *limit = high <= 0 ? "nothing solved" : low >= 1 ? "everything solved" : NULL;
    struct measure m = measure_difference(a, b, n, c->threshold, MARGIN, false);
    m.e.ci = (struct stats_ci){fmax(m.e.ci.low, -1), fmin(m.e.ci.high, 1)};
    if (!(m.se > 0))
        m.e.ci = (struct stats_ci){NAN, NAN}; /* fmax would have made it [-1, 1] */
    return m;
}

static struct measure measured(const struct analysis_run *run, const struct criterion *c, bool area,
                               const char **unknown, const char **limit)
{
    struct analysis_learning l;
    struct side side[2];
    if (!analysis_learning(run, &l) || l.n_sizes == 0) {
        *unknown = "the run has no curriculum";
        return measure_nothing();
    }
    for (int i = 0; i < 2; i++) {
        if (find_side(&l, c->arms[i], &side[i]))
            continue;
        *unknown = arena_printf(run->arena, "%s was not played", c->arms[i]);
        return measure_nothing();
    }
    return compare(&l, c, side, area ? -1 : (int)l.n_sizes - 1, unknown, limit);
}

struct measure learning_measure_area(const struct analysis_run *run, const struct criterion *c,
                                     const char **unknown, const char **limit)
{
    return measured(run, c, true, unknown, limit);
}

struct measure learning_measure_largest(const struct analysis_run *run, const struct criterion *c,
                                        const char **unknown, const char **limit)
{
    return measured(run, c, false, unknown, limit);
}
