/* See conclusion.h. */
#include "analysis/conclusion.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "experiment/criteria.h"
#include "experiment/metric.h"
#include "analysis/budget.h"
#include "analysis/failures.h"
#include "analysis/learning.h"
#include "analysis/measure.h"
#include "stats/holm.h"

static const double ALPHA = 0.05, MARGIN = 0.05;

/* ---- what can be measured ---- */

struct question { /* a criterion, resolved in this run */
    const struct analysis_run *run;
    struct criterion c;
    const struct metric *m;    /* NULL when this build does not know it */
    const struct counted *how; /* its row below */
    size_t arm[2];
    bool clear;          /* metric and criterion are known */
    taxonomy_set misuse; /* the codes of tool misuse and spec errors that apply to both arms */
    const char *unknown; /* why it cannot be measured; NULL = it can */
};

/* Of one episode; averaged inside tasks. */
typedef double value_fn(const struct question *q, const struct analysis_episode *e);

static double passed(const struct question *q, const struct analysis_episode *e)
{
    (void)q;
    return e->passed;
}

static double passed_in_time(const struct question *q, const struct analysis_episode *e)
{
    return analysis_passed_within(q->run, e, q->c.seconds);
}

static double misuse(const struct question *q, const struct analysis_episode *e)
{
    return (e->flags & q->misuse) != 0;
}

static double time_to_solve(const struct question *q, const struct analysis_episode *e)
{
    return e->passed ? fmin(e->solve_seconds, q->c.seconds) : q->c.seconds;
}

static double generated_tokens(const struct question *q, const struct analysis_episode *e)
{
    (void)q;
    return e->generated_tokens;
}

static double calls(const struct question *q, const struct analysis_episode *e)
{
    (void)q;
    return e->calls;
}

/* How the metrics of experiment/metric.h are taken. One that is no mean over the episodes of two
 * arms brings a `measure` of its own, which says in *unknown why it cannot be taken; the
 * criterion's arms are then what it makes of them. */
static const struct counted {
    const char *metric;
    value_fn *value;
    struct measure (*measure)(const struct analysis_run *run, const struct criterion *c,
                              const char **unknown);
} counted[] = {
    {"pass@1", passed, NULL},
    {"accuracy_within_seconds", passed_in_time, NULL},
    {"tool_misuse_and_spec_errors", misuse, NULL},
    {"time_to_solve", time_to_solve, NULL},
    {"generated_tokens", generated_tokens, NULL},
    {"calls", calls, NULL},
    {"area_under_learning_curve", NULL, learning_measure_area},
    {"accuracy_at_largest_n", NULL, learning_measure_largest},
};

static const struct counted *find_counted(const char *metric)
{
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
        if (str_eq(counted[i].metric, metric))
            return &counted[i];
    return NULL;
}

/* ---- from the manifest to a question ---- */

static bool find_arm(const struct analysis_run *run, const char *name, size_t *out)
{
    for (size_t a = 0; a < run->n_arms; a++)
        if (str_eq(run->arms[a], name)) {
            *out = a;
            return true;
        }
    return false;
}

static struct question read_question(const struct analysis_run *run, const json_t *o)
{
    struct question q = {.run = run};
    const json_t *arms = json_object_get(o, "arms"), *steps = json_object_get(o, "steps");
    q.c.name = json_get_str(o, "name", "");
    q.c.metric = json_get_str(o, "metric", "");
    q.c.criterion = json_get_str(o, "criterion", "");
    q.c.seconds = json_get_num(o, "seconds", 0);
    q.m = metric_find(q.c.metric);
    q.how = find_counted(q.c.metric);
    q.clear = criterion_parse(q.c.criterion, &q.c) && q.m && q.how;
    for (size_t i = 0; i < 2; i++) {
        const char *name = json_string_value(json_array_get(arms, i));
        q.c.arms[i] = name ? name : "?";
        q.c.steps[i] = (int)json_integer_value(json_array_get(steps, i));
        if (!find_arm(run, q.c.arms[i], &q.arm[i]) && !q.unknown)
            q.unknown = arena_printf(run->arena, "arm %s was not played", q.c.arms[i]);
    }
    if (!q.clear)
        q.unknown = "this build does not know the metric or the criterion";
    return q;
}

static const char *format_value(const struct question *q, double value)
{
    return q->c.ratio ? arena_printf(q->run->arena, "%.2f", value)
                      : arena_printf(q->run->arena, "%+.*f", q->m->digits, value * q->m->scale);
}

/* "+5.0 pp", "0.80" */
static const char *with_unit(const struct question *q, double value)
{
    const char *number = format_value(q, value);
    return q->c.ratio ? number : arena_printf(q->run->arena, "%s %s", number, q->m->unit);
}

static const char *state(const struct question *q)
{
    struct str s CLEANUP_STR = {0};
    if (!q->m)
        return arena_printf(q->run->arena, "%s, %s", q->c.metric, q->c.criterion);
    const char *seconds = strstr(q->m->says, "%g");
    if (seconds)
        str_addf(&s, "%.*s%g%s", (int)(seconds - q->m->says), q->m->says, q->c.seconds,
                 seconds + 2);
    else
        str_add(&s, q->m->says);
    if (q->c.steps[0] && q->c.steps[0] == q->c.steps[1])
        str_addf(&s, ", tasks of %d steps", q->c.steps[0]);
    else if (q->c.steps[0])
        str_addf(&s, ", tasks of %d to %d steps", q->c.steps[0], q->c.steps[1]);
    str_addf(&s, ": %s %s %s %s %s", q->c.arms[0], q->c.ratio ? "/" : "-", q->c.arms[1],
             q->c.at_least ? ">=" : "<=", with_unit(q, q->c.threshold));
    return arena_strdup(q->run->arena, str_text(&s));
}

/* ---- measuring ---- */

static bool in_part(const struct question *q, const struct analysis_episode *e)
{
    int steps = q->run->tasks[e->task].steps;
    return !q->c.steps[0] || (steps >= q->c.steps[0] && steps <= q->c.steps[1]);
}

/* One mean per task for either arm. How many tasks. */
static size_t task_means(const struct question *q, value_fn *value, double *a, double *b)
{
    const struct analysis_run *run = q->run;
    size_t n = 0;
    double sum[2] = {0};
    for (size_t i = 0; i < run->n_played; i++) {
        const struct analysis_episode *e = &run->played[i];
        if (!in_part(q, e))
            continue;
        for (int side = 0; side < 2; side++)
            if (e->arm == q->arm[side])
                sum[side] += value(q, e);
        if (i + 1 < run->n_played && e[1].task == e->task)
            continue;
        a[n] = sum[0] / analysis_tally(run, e->task, q->arm[0])->samples;
        b[n++] = sum[1] / analysis_tally(run, e->task, q->arm[1])->samples;
        sum[0] = sum[1] = 0;
    }
    return n;
}

static struct measure measure_question(struct question *q)
{
    if (q->clear && q->how->measure) {
        q->unknown = NULL;
        return q->how->measure(q->run, &q->c, &q->unknown);
    }
    if (q->unknown)
        return measure_nothing();
    if (q->how->value == misuse && q->run->untagged > 0) {
        q->unknown = arena_printf(q->run->arena, "%ld failed episodes carry no failure tags",
                                  q->run->untagged);
        return measure_nothing();
    }
    if (q->how->value == misuse)
        q->misuse = analysis_misuse_codes(q->run, q->arm[0], q->arm[1]);
    double *a CLEANUP_FREE = xcalloc(q->run->n_tasks + 1, sizeof *a);
    double *b CLEANUP_FREE = xcalloc(q->run->n_tasks + 1, sizeof *b);
    bool share = metric_is_share(q->m);
    size_t n = task_means(q, q->how->value, a, b);
    struct measure r = q->c.ratio
                           ? measure_ratio(a, b, n, q->c.threshold)
                           : measure_difference(a, b, n, q->c.threshold, share ? MARGIN : 0, share);
    if (n == 0)
        q->unknown = "no such task is complete";
    else if (isnan(r.e.value))
        q->unknown = arena_printf(q->run->arena, "%s never has any", q->c.arms[1]);
    return r;
}

/* ---- the words ---- */

/* "+12.3 pp [+4.1, +20.5], n = 164 tasks" */
static void add_estimate(struct str *s, const struct question *q, const struct stats_estimate *e)
{
    str_add(s, with_unit(q, e->value));
    if (isnan(e->ci.low))
        str_add(s, " (no interval)");
    else
        str_addf(s, " [%s, %s]", format_value(q, e->ci.low), format_value(q, e->ci.high));
    str_addf(s, ", n = %ld %s%s", e->n, q->how->measure ? "training seed" : "task",
             e->n == 1 ? "" : "s");
}

/* A difference, seen from "no difference". */
static void add_null(struct str *s, const struct question *q, const struct analysis_conclusion *v)
{
    struct stats_ci ci = v->estimate.ci;
    if (q->c.ratio || isnan(ci.low))
        return;
    if (v->equivalent)
        str_addf(s,
                 " The arms are equivalent within 5 pp either way (two one-sided tests, p = %.2g).",
                 v->equivalent_p);
    else if (ci.low <= 0 && ci.high >= 0)
        str_add(s, " No difference is shown in either direction.");
    else if (v->outcome != ANALYSIS_MET)
        str_addf(s, " %s is %s%s.", q->c.arms[0], ci.high < 0 ? "lower" : "higher",
                 v->outcome == ANALYSIS_NOT_MET && ci.low > 0 ? ", by less" : "");
}

static void add_open(struct str *s, const struct question *q, const struct analysis_conclusion *v)
{
    bool inside = isnan(v->p) || !(v->p <= ALPHA);
    const char *threshold = with_unit(q, v->threshold);
    if (isnan(v->estimate.ci.low))
        str_add(s, q->how->measure ? ": too few seeds, or no seed differs from another."
                                   : ": too few tasks, or no task differs from another.");
    else if (inside)
        str_addf(s, ": the interval contains %s.", threshold);
    else
        str_addf(
            s,
            ": the interval does not contain %s, but with Holm's adjustment for several criteria "
            "the test does not reject it.",
            threshold);
    if (v->needed > v->estimate.n)
        str_addf(s, " If the estimate is right, about %ld %s would be enough.", v->needed,
                 q->how->measure ? "seeds" : "tasks");
    else if (v->needed < 0)
        str_addf(s, " The number of %s needed cannot be estimated.",
                 q->how->measure ? "seeds" : "tasks");
}

static const char *put_in_words(const struct question *q, const struct analysis_conclusion *v)
{
    struct str s CLEANUP_STR = {0};
    if (q->unknown) {
        str_addf(&s, "%s.", q->unknown);
        return arena_strdup(q->run->arena, str_text(&s));
    }
    add_estimate(&s, q, &v->estimate);
    if (v->outcome == ANALYSIS_CANNOT_TELL)
        add_open(&s, q, v);
    else
        str_addf(&s, ": the whole interval lies %s %s.",
                 v->estimate.value > v->threshold ? "above" : "below", with_unit(q, v->threshold));
    add_null(&s, q, v);
    return arena_strdup(q->run->arena, str_text(&s));
}

/* ---- the conclusions ---- */

static struct analysis_conclusion measured(struct question *q, const json_t *o)
{
    struct measure r = measure_question(q);
    struct analysis_conclusion v = {.name = q->c.name,
                                    .statement = state(q),
                                    .metric = q->c.metric,
                                    .unit = q->c.ratio || !q->m ? "" : q->m->unit,
                                    .scale = q->c.ratio || !q->m ? 1 : q->m->scale,
                                    .ratio = q->c.ratio,
                                    .arms = {q->c.arms[0], q->c.arms[1]},
                                    .outcome = ANALYSIS_CANNOT_TELL,
                                    .estimate = r.e,
                                    .threshold = q->c.threshold,
                                    .p = r.p,
                                    .p_adjusted = r.p,
                                    .needed = r.needed,
                                    .equivalent = r.tost_p <= ALPHA,
                                    .equivalent_p = r.tost_p};
    if (json_is_true(json_object_get(o, "added")))
        v.added = json_get_str(o, "frozen", "an unknown date");
    return v;
}

/* Holm over the criteria declared before the first call; one that cannot be measured rejects
 * nothing. */
static void adjust(struct analysis_conclusion *v, size_t n)
{
    double *p CLEANUP_FREE = xcalloc(n + 1, sizeof *p);
    size_t family = 0;
    for (size_t i = 0; i < n; i++)
        if (!v[i].added)
            p[family++] = isnan(v[i].p) ? 1 : v[i].p;
    stats_holm(p, p, family);
    for (size_t i = 0, k = 0; i < n; i++) {
        if (v[i].added)
            continue;
        if (!isnan(v[i].p))
            v[i].p_adjusted = p[k];
        k++;
    }
}

static void decide(struct analysis_conclusion *v, bool at_least)
{
    if (!(v->p_adjusted <= ALPHA))
        return;
    bool above = v->estimate.value > v->threshold;
    v->outcome = above == at_least ? ANALYSIS_MET : ANALYSIS_NOT_MET;
    v->needed = 0;
}

const struct analysis_conclusion *analysis_conclusions(const struct analysis_run *run, size_t *n)
{
    const json_t *list = run->manifest.criteria, *o;
    size_t i, n_list = json_array_size(list);
    struct analysis_conclusion *v = arena_alloc(run->arena, (n_list + 1) * sizeof *v);
    struct question *q CLEANUP_FREE = xcalloc(n_list + 1, sizeof *q);
    *n = n_list;
    json_array_foreach (list, i, o) {
        q[i] = read_question(run, o);
        v[i] = measured(&q[i], o);
    }
    adjust(v, n_list);
    for (i = 0; i < n_list; i++) {
        decide(&v[i], q[i].c.at_least);
        v[i].sentence = put_in_words(&q[i], &v[i]);
    }
    return v;
}

const char *analysis_outcome_name(enum analysis_outcome o)
{
    static const char *const names[] = {"met", "not met", "cannot tell"};
    return names[o];
}
