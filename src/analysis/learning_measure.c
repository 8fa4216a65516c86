/* The metrics of a curriculum's criteria: two orders, or the gains that an order brings two arms,
 * paired by training seed. */
#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "experiment/criteria.h"
#include "analysis/learning.h"
#include "analysis/measure.h"

static const double MARGIN = 0.05;

/* "flat@strict", or with minus the gain "flat@strict-random". */
struct side {
    size_t arm, order;
    int minus; /* an order; -1 = none */
};

static bool find_side(const struct analysis_learning *l, const char *name, struct side *out)
{
    char *text CLEANUP_FREE = xstrdup(name);
    struct criterion_side s;
    if (!criterion_side_parse(text, &s))
        return false;
    int arm = learning_arm(l, s.arm, strlen(s.arm)), order = learning_order(l, s.order);
    int minus = s.minus ? learning_order(l, s.minus) : -1;
    *out = (struct side){(size_t)arm, (size_t)order, minus};
    return arm >= 0 && order >= 0 && (!s.minus || minus >= 0);
}

/* What a criterion looks at. */
struct view {
    const struct analysis_learning *l;
    int size; /* -1 = the area, else the index of an N */
    struct analysis_part part;
    double low, high; /* of all that has been looked at */
};

static double look(struct view *v, size_t arm, size_t order, int seed)
{
    double value = learning_quantity(v->l, arm, order, v->size, seed, v->part);
    v->low = fmin(v->low, value);
    v->high = fmax(v->high, value);
    return value;
}

static double side_value(struct view *v, const struct side *s, int seed)
{
    double value = look(v, s->arm, s->order, seed);
    return s->minus < 0 ? value : value - look(v, s->arm, (size_t)s->minus, seed);
}

static struct measure compare(struct view *v, double threshold, const struct side side[2],
                              const char **unknown, const char **limit)
{
    size_t n = 0, seeds = (size_t)v->l->n_seeds;
    double *a CLEANUP_FREE = xcalloc(seeds + 1, sizeof *a);
    double *b CLEANUP_FREE = xcalloc(seeds + 1, sizeof *b);
    for (int s = 0; s < v->l->n_seeds; s++) {
        a[n] = side_value(v, &side[0], s);
        b[n] = side_value(v, &side[1], s);
        n += !isnan(a[n]) && !isnan(b[n]);
    }
    if (n == 0) {
        *unknown = "no training seed has finished what it takes";
        return measure_nothing();
    }
    /* not rates: a seed is not one trial, so equal seeds do not tell the spread */
    *limit = v->high <= 0 ? "nothing solved" : v->low >= 1 ? "everything solved" : NULL;
    struct measure m = measure_difference(a, b, n, threshold, MARGIN, false);
    double most = side[0].minus < 0 ? 1 : 2;
    m.e.ci = (struct stats_ci){fmax(m.e.ci.low, -most), fmin(m.e.ci.high, most)};
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
    struct view v = {&l, area ? -1 : (int)l.n_sizes - 1, learning_all(&l), 1, 0};
    if (c->steps[0])
        v.part = (struct analysis_part){c->steps[0], c->steps[1]};
    return compare(&v, c->threshold, side, unknown, limit);
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
