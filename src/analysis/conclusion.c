/* See conclusion.h. */
#include "analysis/conclusion.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "base/str.h"
#include "analysis/conclusion_impl.h"
#include "analysis/budget.h"
#include "analysis/failures.h"
#include "analysis/learning.h"
#include "analysis/measure.h"
#include "stats/holm.h"

static const double ALPHA = 0.05, MARGIN = 0.05;

/* ---- what can be measured ---- */

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
                              const char **unknown, const char **limit);
    const enum taxonomy_group groups[2]; /* whose codes `misuse` counts */
} counted[] = {
    {"pass@1", passed, NULL},
    {"accuracy_within_seconds", passed_in_time, NULL},
    {"tool_misuse_and_spec_errors", misuse, NULL, {GROUP_TOOL, GROUP_SPEC}},
    {"tool_misuse", misuse, NULL, {GROUP_TOOL, GROUP_TOOL}},
    {"spec_errors", misuse, NULL, {GROUP_SPEC, GROUP_SPEC}},
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
    struct question q = {.run = run, .all_of = json_object_get(o, "all_of")};
    const json_t *arms = json_object_get(o, "arms"), *steps = json_object_get(o, "steps");
    q.c.name = json_get_str(o, "name", "");
    q.c.metric = json_get_str(o, "metric", "");
    q.c.criterion = json_get_str(o, "criterion", "");
    q.c.seconds = json_get_num(o, "seconds", 0);
    q.m = metric_find(q.c.metric);
    q.how = find_counted(q.c.metric);
    q.of_seeds = q.how && q.how->measure;
    if (q.all_of) {
        q.c.arms[0] = q.c.arms[1] = "";
        return q;
    }
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

/* Shares of success that are 0 everywhere, or 1: no test can see through floor or ceiling. */
static const char *limit_of(const struct question *q, const double *a, const double *b, size_t n)
{
    double low = 1, high = 0;
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, fmin(a[i], b[i]));
        high = fmax(high, fmax(a[i], b[i]));
    }
    if (n == 0 || !q->m->of_success)
        return NULL;
    return high <= 0 ? "nothing solved" : low >= 1 ? "everything solved" : NULL;
}

/* The quantity and its test against the threshold. limit: as above. */
static struct measure measure_question(struct question *q, double threshold, const char **limit)
{
    *limit = NULL;
    if (q->clear && q->how->measure) {
        struct criterion c = q->c;
        c.threshold = threshold;
        q->unknown = NULL;
        return q->how->measure(q->run, &c, &q->unknown, limit);
    }
    if (q->unknown)
        return measure_nothing();
    if (q->how->value == misuse && q->run->untagged > 0) {
        q->unknown = arena_printf(q->run->arena, "%ld failed episodes carry no failure tags",
                                  q->run->untagged);
        return measure_nothing();
    }
    if (q->how->value == misuse)
        q->misuse =
            analysis_misuse_codes(q->run, q->arm[0], q->arm[1]) &
            (taxonomy_group_codes(q->how->groups[0]) | taxonomy_group_codes(q->how->groups[1]));
    double *a CLEANUP_FREE = xcalloc(q->run->n_tasks + 1, sizeof *a);
    double *b CLEANUP_FREE = xcalloc(q->run->n_tasks + 1, sizeof *b);
    bool share = metric_is_share(q->m);
    size_t n = task_means(q, q->how->value, a, b);
    struct measure r = q->c.ratio
                           ? measure_ratio(a, b, n, threshold)
                           : measure_difference(a, b, n, threshold, share ? MARGIN : 0, share);
    *limit = limit_of(q, a, b, n);
    if (n == 0)
        q->unknown = "no such task is complete";
    else if (isnan(r.e.value) && !*limit)
        q->unknown = arena_printf(q->run->arena, "neither %s nor %s has any %s", q->c.arms[0],
                                  q->c.arms[1], q->m->says);
    return r;
}

/* ---- the conclusions ---- */

/* A run that stops on evidence is judged by what it stopped on (experiment/decide.h): an interval
 * that holds at any stopping time. */
static void use_stopping(const struct question *q, struct analysis_conclusion *v)
{
    const json_t *o = q->run->manifest.stopping;
    double e = json_get_num(o, "e_value", NAN), value = json_get_num(o, "estimate", NAN);
    if (!o || !str_eq(json_get_str(o, "criterion", ""), q->c.name) || isnan(e) ||
        isnan(value)) /* no task has counted yet */
        return;
    v->anytime = true;
    v->estimate = (struct stats_estimate){
        value,
        {json_get_num(o, "low", NAN), json_get_num(o, "high", q->c.ratio ? INFINITY : NAN)},
        (long)json_get_int(o, "tasks", 0)};
    v->p = v->p_adjusted = e > 1 ? 1 / e : 1;
    v->se = v->df = v->null_p = v->equivalent_p = NAN;
    v->equivalent = false;
    v->needed = -1;
}

static struct analysis_conclusion measured(struct question *q, const json_t *o)
{
    const char *limit;
    struct measure r = q->all_of ? measure_nothing() : measure_question(q, q->c.threshold, &limit);
    struct analysis_conclusion v = {.name = q->c.name,
                                    .statement = conclusion_statement(q),
                                    .metric = q->c.metric,
                                    .unit = q->c.ratio || !q->m ? "" : q->m->unit,
                                    .scale = q->c.ratio || !q->m ? 1 : q->m->scale,
                                    .ratio = q->c.ratio,
                                    .joint = q->all_of != NULL,
                                    .at_least = q->c.at_least,
                                    .arms = {q->c.arms[0], q->c.arms[1]},
                                    .level = {r.mean[0], r.mean[1]},
                                    .seconds = q->c.seconds,
                                    .steps = {q->c.steps[0], q->c.steps[1]},
                                    .of_seeds = q->of_seeds,
                                    .unknown = q->unknown,
                                    .outcome = ANALYSIS_CANNOT_TELL,
                                    .estimate = r.e,
                                    .threshold = q->c.threshold,
                                    .se = r.se,
                                    .df = r.df,
                                    .p = r.p,
                                    .p_adjusted = r.p,
                                    .null_p = NAN,
                                    .needed = r.needed,
                                    .equivalent = r.tost_p <= ALPHA,
                                    .equivalent_p = r.tost_p};
    if (json_is_true(json_object_get(o, "added")))
        v.added = json_get_str(o, "frozen", "an unknown date");
    if (q->all_of)
        return v;
    v.limit = limit;
    if (!q->unknown && !limit)
        v.null_p = measure_question(q, q->c.ratio ? 1 : 0, &limit).p;
    if (v.limit) { /* not even of equivalence: where nothing can differ, nothing does */
        v.estimate.ci = (struct stats_ci){NAN, NAN};
        v.p = v.p_adjusted = v.equivalent_p = v.se = NAN;
        v.equivalent = false;
        v.needed = -1;
    } else if (!q->unknown) {
        use_stopping(q, &v);
    }
    return v;
}

static struct analysis_conclusion *find(struct analysis_conclusion *v, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(v[i].name, name))
            return &v[i];
    return NULL;
}

/* Intersection-union: all on the claimed side, p is the largest; else what speaks against the
 * claim, Bonferroni's way. Parts are no claims of their own in Holm's family. */
static void join(struct analysis_conclusion *v, size_t n, struct analysis_conclusion *joint,
                 const json_t *names)
{
    double largest = 0, against = 1;
    bool claimed = true, known = true;
    const json_t *name;
    size_t i;
    json_array_foreach (names, i, name) {
        struct analysis_conclusion *part = find(v, n, json_string_value(name));
        if (part && !part->joint)
            part->part_of = joint->name;
        if (!part || part->joint || isnan(part->p)) {
            known = false;
            continue;
        }
        bool right = (part->estimate.value > part->threshold) == part->at_least;
        claimed &= right;
        largest = fmax(largest, part->p);
        if (!right)
            against = fmin(against, part->p * (double)json_array_size(names));
    }
    joint->claimed = claimed;
    if (known)
        joint->p = joint->p_adjusted = claimed ? largest : against;
}

/* Holm over the criteria declared before the first call; one that cannot be measured rejects
 * nothing. */
static void adjust(struct analysis_conclusion *v, size_t n)
{
    double *p CLEANUP_FREE = xcalloc(n + 1, sizeof *p);
    size_t family = 0;
    for (size_t i = 0; i < n; i++)
        if (!v[i].added && !v[i].part_of)
            p[family++] = isnan(v[i].p) ? 1 : v[i].p;
    stats_holm(p, p, family);
    for (size_t i = 0, k = 0; i < n; i++) {
        if (v[i].added || v[i].part_of)
            continue;
        if (!isnan(v[i].p))
            v[i].p_adjusted = p[k];
        k++;
    }
}

static void decide(struct analysis_conclusion *v)
{
    if (!(v->p_adjusted <= ALPHA))
        return;
    bool above = v->estimate.value > v->threshold;
    bool met = v->joint ? v->claimed : above == v->at_least;
    v->outcome = met ? ANALYSIS_MET : ANALYSIS_NOT_MET;
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
    for (i = 0; i < n_list; i++)
        if (q[i].all_of)
            join(v, n_list, &v[i], q[i].all_of);
    adjust(v, n_list);
    for (i = 0; i < n_list; i++) {
        decide(&v[i]);
        v[i].verdict = conclusion_verdict(&q[i], &v[i]);
    }
    for (i = 0; i < n_list; i++)
        v[i].sentence = q[i].all_of ? conclusion_joint_sentence(&q[i], v, n_list)
                                    : conclusion_sentence(&q[i], &v[i]);
    return v;
}

const char *analysis_outcome_name(enum analysis_outcome o)
{
    static const char *const names[] = {"met", "not met", "cannot tell"};
    return names[o];
}
