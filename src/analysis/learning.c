/* See learning.h. */
#include "analysis/learning.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "stats/curve.h"
#include "stats/mean.h"

/* ---- from the run ---- */

static const json_t *settings(const struct analysis_run *run)
{
    return run->manifest.curriculum;
}

static size_t add_name(const char **list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i], name))
            return n;
    list[n] = name;
    return n + 1;
}

static size_t add_number(int *list, size_t n, int number)
{
    size_t at = 0;
    while (at < n && list[at] < number)
        at++;
    if (at < n && list[at] == number)
        return n;
    memmove(list + at + 1, list + at, (n - at) * sizeof *list);
    list[at] = number;
    return n + 1;
}

/* "flat@strict:512" in its parts; false for another kind of arm. */
static bool split_name(const struct analysis_run *run, size_t arm, const char **base,
                       const char **order, int *n)
{
    const char *name = run->arms[arm], *at = strrchr(name, '@');
    const char *colon = at ? strchr(at, ':') : NULL;
    if (!colon)
        return false;
    *base = arena_strndup(run->arena, name, (size_t)(at - name));
    *order = arena_strndup(run->arena, at + 1, (size_t)(colon - at - 1));
    *n = atoi(colon + 1);
    return true;
}

/* All that the record holds: the latest command may have selected less. */
static void list_axes(struct analysis_learning *l)
{
    const struct analysis_run *run = l->run;
    size_t room = run->n_arms + 1;
    l->arms = arena_alloc(run->arena, room * sizeof *l->arms);
    l->orders = arena_alloc(run->arena, room * sizeof *l->orders);
    l->sizes = arena_alloc(run->arena, room * sizeof *l->sizes);
    l->steps = arena_alloc(run->arena, (run->n_tasks + 1) * sizeof *l->steps);
    for (size_t pass = 0; pass < 2; pass++) /* random first */
        for (size_t a = 0; a < run->n_arms; a++) {
            const char *base, *order;
            int n;
            if (!split_name(run, a, &base, &order, &n) || (pass == 0 && !str_eq(order, "random")))
                continue;
            l->n_arms = add_name(l->arms, l->n_arms, base);
            l->n_orders = add_name(l->orders, l->n_orders, order);
            l->n_sizes = add_number(l->sizes, l->n_sizes, n);
        }
    for (size_t i = 0; i < run->n_played; i++)
        l->n_steps = add_number(l->steps, l->n_steps, run->played[i].steps);
}

static size_t cell_at(const struct analysis_learning *l, size_t arm, size_t order, size_t size,
                      int seed)
{
    return ((arm * l->n_orders + order) * l->n_sizes + size) * (size_t)l->n_seeds + (size_t)seed;
}

static size_t cell_of(const struct analysis_learning *l, const struct learning_place *p, int seed)
{
    return cell_at(l, p->arm, p->order, p->size, seed);
}

static size_t index_of(const int *list, size_t n, int number)
{
    size_t at = 0;
    while (at < n && list[at] != number)
        at++;
    return at;
}

static void count(struct analysis_learning *l)
{
    const struct analysis_run *run = l->run;
    size_t cells = l->n_arms * l->n_orders * l->n_sizes * (size_t)l->n_seeds;
    l->places = arena_alloc(run->arena, (run->n_arms + 1) * sizeof *l->places);
    l->share = arena_alloc(run->arena, (cells * l->n_steps + 1) * sizeof *l->share);
    l->full = arena_alloc(run->arena, (cells + 1) * sizeof *l->full);
    for (size_t a = 0; a < run->n_arms; a++) {
        const char *base, *order;
        int n;
        l->places[a].known = split_name(run, a, &base, &order, &n);
        if (!l->places[a].known)
            continue;
        l->places[a].arm = (size_t)learning_arm(l, base, strlen(base));
        l->places[a].order = (size_t)learning_order(l, order);
        l->places[a].size = index_of(l->sizes, l->n_sizes, n);
        for (int s = 0; s < l->n_seeds; s++)
            l->full[cell_of(l, &l->places[a], s)] =
                run->open[a * (size_t)run->seeds + (size_t)s] == 0;
    }
    for (size_t i = 0; i < run->n_played; i++) {
        const struct analysis_episode *e = &run->played[i];
        if (!l->places[e->arm].known)
            continue;
        struct learning_share *s =
            &l->share[cell_of(l, &l->places[e->arm], e->sample) * l->n_steps +
                      index_of(l->steps, l->n_steps, e->steps)];
        s->n++;
        s->solved += e->passed;
    }
}

bool analysis_learning(const struct analysis_run *run, struct analysis_learning *out)
{
    const json_t *c = settings(run);
    struct analysis_learning l = {.run = run, .n_seeds = run->seeds};
    if (!run->curriculum)
        return false;
    l.trained[0] = (int)json_integer_value(json_array_get(json_object_get(c, "steps"), 0));
    l.trained[1] = (int)json_integer_value(json_array_get(json_object_get(c, "steps"), 1));
    l.threshold = json_get_num(c, "threshold", 0.5);
    l.same_tests = json_is_true(json_object_get(c, "same_tests"));
    list_axes(&l);
    count(&l);
    *out = l;
    return true;
}

int learning_arm(const struct analysis_learning *l, const char *name, size_t n)
{
    for (size_t i = 0; i < l->n_arms; i++)
        if (strlen(l->arms[i]) == n && strncmp(l->arms[i], name, n) == 0)
            return (int)i;
    return -1;
}

int learning_order(const struct analysis_learning *l, const char *name)
{
    for (size_t i = 0; i < l->n_orders; i++)
        if (str_eq(l->orders[i], name))
            return (int)i;
    return -1;
}

/* ---- numbers ---- */

struct analysis_part learning_all(const struct analysis_learning *l)
{
    return l->n_steps ? (struct analysis_part){l->steps[0], l->steps[l->n_steps - 1]}
                      : (struct analysis_part){0, 0};
}

struct analysis_part learning_trained(const struct analysis_learning *l)
{
    return (struct analysis_part){l->trained[0], l->trained[1]};
}

struct analysis_part learning_new(const struct analysis_learning *l)
{
    return (struct analysis_part){l->trained[1] + 1, learning_all(l).to};
}

double learning_accuracy(const struct analysis_learning *l, size_t arm, size_t order, size_t size,
                         int seed, struct analysis_part part)
{
    size_t cell = cell_at(l, arm, order, size, seed);
    double sum = 0;
    int n = 0;
    for (size_t k = 0; k < l->n_steps; k++) {
        const struct learning_share *s = &l->share[cell * l->n_steps + k];
        if (l->steps[k] < part.from || l->steps[k] > part.to)
            continue;
        if (s->n == 0 || !l->full[cell])
            return NAN;
        sum += (double)s->solved / s->n;
        n++;
    }
    return n ? sum / n : NAN;
}

double learning_aulc(const struct analysis_learning *l, size_t arm, size_t order, int seed,
                     struct analysis_part part)
{
    double *n CLEANUP_FREE = xcalloc(l->n_sizes + 1, sizeof *n);
    double *accuracy CLEANUP_FREE = xcalloc(l->n_sizes + 1, sizeof *accuracy);
    for (size_t i = 0; i < l->n_sizes; i++) {
        n[i] = l->sizes[i];
        accuracy[i] = learning_accuracy(l, arm, order, i, seed, part);
    }
    return stats_aulc(n, accuracy, l->n_sizes); /* NaN where one is */
}

double learning_quantity(const struct analysis_learning *l, size_t arm, size_t order, int size,
                         int seed, struct analysis_part part)
{
    return size < 0 ? learning_aulc(l, arm, order, seed, part)
                    : learning_accuracy(l, arm, order, (size_t)size, seed, part);
}

/* Mean of what is there, with the t-interval kept within [low, 1]. */
static struct stats_estimate estimate(const double *values, size_t n, double low)
{
    return stats_mean(values, n, low, 1);
}

static struct stats_estimate over_seeds(const struct analysis_learning *l, size_t arm, size_t order,
                                        int size, struct analysis_part part)
{
    double *v CLEANUP_FREE = xcalloc((size_t)l->n_seeds + 1, sizeof *v);
    size_t n = 0;
    for (int s = 0; s < l->n_seeds; s++) {
        v[n] = learning_quantity(l, arm, order, size, s, part);
        n += !isnan(v[n]);
    }
    return estimate(v, n, 0);
}

struct stats_estimate learning_mean(const struct analysis_learning *l, size_t arm, size_t order,
                                    size_t size, struct analysis_part part)
{
    return over_seeds(l, arm, order, (int)size, part);
}

struct stats_estimate learning_mean_aulc(const struct analysis_learning *l, size_t arm,
                                         size_t order, struct analysis_part part)
{
    return over_seeds(l, arm, order, -1, part);
}

struct stats_estimate learning_difference(const struct analysis_learning *l, size_t arm,
                                          size_t order_a, size_t order_b, int size,
                                          struct analysis_part part)
{
    double *d CLEANUP_FREE = xcalloc((size_t)l->n_seeds + 1, sizeof *d);
    size_t n = 0;
    for (int s = 0; s < l->n_seeds; s++) {
        d[n] = learning_quantity(l, arm, order_a, size, s, part) -
               learning_quantity(l, arm, order_b, size, s, part);
        n += !isnan(d[n]);
    }
    return estimate(d, n, -1);
}

double learning_n_at(const struct analysis_learning *l, size_t arm, size_t order,
                     struct analysis_part part)
{
    double *n CLEANUP_FREE = xcalloc(l->n_sizes + 1, sizeof *n);
    double *accuracy CLEANUP_FREE = xcalloc(l->n_sizes + 1, sizeof *accuracy);
    size_t points = 0;
    for (size_t i = 0; i < l->n_sizes; i++) {
        double value = learning_mean(l, arm, order, i, part).value;
        if (isnan(value))
            continue;
        n[points] = l->sizes[i];
        accuracy[points++] = value;
    }
    return stats_n_at(n, accuracy, points, l->threshold);
}

size_t learning_by_steps(const struct analysis_learning *l, size_t arm, size_t order, size_t size,
                         struct stats_steps *out)
{
    size_t n = 0;
    for (size_t k = 0; k < l->n_steps; k++) {
        struct stats_steps group = {.steps = l->steps[k]};
        for (int seed = 0; seed < l->n_seeds; seed++) {
            const struct learning_share *s =
                &l->share[cell_at(l, arm, order, size, seed) * l->n_steps + k];
            group.solved += s->solved;
            group.n += s->n;
        }
        if (group.n > 0)
            out[n++] = group;
    }
    return n;
}
