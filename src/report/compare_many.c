/* See compare_many.h. */
#include "report/compare_many.h"
#include <math.h>
#include <stdlib.h>
#include "analysis/analysis.h"
#include "analysis/money.h"
#include "analysis/names.h"
#include "base/mem.h"
#include "base/str.h"
#include "doc/figure.h"
#include "report/sections.h"
#include "stats/holm.h"

static const double PERCENT = 100;

/* A run and how it is called. */
struct side {
    const struct analysis_run *run;
    const char *experiment, *model;
    struct analysis_slice all;
};

struct sides {
    struct side *v; /* [n] */
    size_t n;
    struct doc *d;
};

/* Two runs of one model and experiment are told apart by the hash of their configuration. */
static void name_sides(struct sides *s, const struct analysis_run *runs)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct manifest *m = &runs[i].manifest;
        bool twin = false;
        for (size_t k = 0; k < s->n; k++)
            twin |= k != i && str_eq(m->model.name, runs[k].manifest.model.name) &&
                    str_eq(m->experiment, runs[k].manifest.experiment);
        const char *model = *m->model.name ? m->model.name : "model";
        s->v[i] = (struct side){.run = &runs[i],
                                .experiment = *m->experiment ? m->experiment : "experiment",
                                .model = twin ? arena_printf(s->d->arena, "%s (%zu: %.6s)", model,
                                                             i + 1, m->config_hash)
                                              : model,
                                .all = analysis_slice(&runs[i], -1, -1)};
    }
}

static const struct analysis_pair *pair_of(const struct side *s)
{
    return s->run->n_arms > 1 ? &s->all.pairs[0] : NULL;
}

/* ---- a row per run ---- */

/* Of the runs that have prices; NULL when there are several, or none. */
static const char *common_currency(const struct sides *s)
{
    const char *found = NULL;
    for (size_t i = 0; i < s->n; i++) {
        const char *own = s->v[i].run->prices.currency;
        if (found && own && !str_eq(found, own))
            return NULL;
        found = own ? own : found;
    }
    return found;
}

static int money_digits(const struct sides *s)
{
    double least = NAN;
    for (size_t i = 0; i < s->n; i++)
        for (size_t a = 0; a < s->v[i].run->n_arms && a < 2; a++)
            if (s->v[i].run->prices.currency)
                least = fmin(least, analysis_cost(s->v[i].run, a).solved_one.value);
    return analysis_money_digits(least);
}

static void add_table(const struct sides *s)
{
    const char *currency = common_currency(s);
    const int digits = money_digits(s);
    const struct doc_column columns[] = {
        {DOC_TEXT, "experiment", ""},
        {DOC_TEXT, "model", ""},
        {DOC_WORD, "first arm", ""},
        {DOC_WORD, "second arm", ""},
        {DOC_COUNT, "tasks", ""},
        {DOC_COUNT, "episodes", ""},
        {DOC_ESTIMATE, "first, pass@1", "%", 1, PERCENT},
        {DOC_ESTIMATE, "second, pass@1", "%", 1, PERCENT},
        {DOC_ESTIMATE, "difference", "pp", 1, PERCENT},
        {DOC_P, "p", ""},
        {DOC_P, "p (Holm)", ""},
        {DOC_ESTIMATE, "first, a solved episode", currency, digits}, /* these two: with prices */
        {DOC_ESTIMATE, "second, a solved episode", currency, digits},
    };
    struct doc_table *t =
        doc_add_table(s->d, "Models and experiments", columns,
                      sizeof columns / sizeof *columns - (currency ? 0 : 2), s->n);
    double *p_values CLEANUP_FREE = xcalloc(s->n + 1, sizeof *p_values);
    for (size_t i = 0; i < s->n; i++) {
        const struct side *x = &s->v[i];
        const struct analysis_pair *pair = pair_of(x);
        doc_set_text(t, i, 0, x->experiment);
        doc_set_text(t, i, 1, x->model);
        doc_set_text(t, i, 2, x->all.arms[0].name);
        doc_set_text(t, i, 3, pair ? pair->b : "-");
        doc_set_count(t, i, 4, x->all.tasks);
        doc_set_count(t, i, 5, x->run->done);
        doc_set_estimate(t, i, 6, x->all.arms[0].pass_1);
        if (pair) {
            doc_set_estimate(t, i, 7, x->all.arms[1].pass_1);
            doc_set_estimate(t, i, 8, pair->pass_1);
            doc_set_value(t, i, 9, pair->p);
        }
        for (size_t a = 0; currency && x->run->prices.currency && a < (pair ? 2 : 1); a++)
            doc_set_estimate(t, i, 11 + a, analysis_cost(x->run, a).solved_one);
        p_values[i] = pair && !isnan(pair->p) ? pair->p : 1;
    }
    stats_holm(p_values, p_values, s->n);
    for (size_t i = 0; i < s->n; i++)
        if (pair_of(&s->v[i]))
            doc_set_value(t, i, 10, p_values[i]);
    t->note = "pass@1 [95 % Wilson], first arm minus second [95 % paired t-interval over tasks; "
              "exact or Tango's where fewer than 10 differ]; Holm's adjustment over the rows.";
}

/* ---- the figure ---- */

static bool is_first_of_experiment(const struct sides *s, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (str_eq(s->v[k].experiment, s->v[i].experiment))
            return false;
    return true;
}

static void fill_panel(const struct sides *s, struct figure_panel *p, const char *experiment)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += pair_of(&s->v[i]) && str_eq(s->v[i].experiment, experiment);
    p->title = experiment;
    p->x.name = "model";
    p->y = (struct figure_axis){
        .name = "difference of pass@1", .unit = "pp", .scale = PERCENT, .digits = 1};
    p->series[0].name = experiment;
    struct figure_point *point = figure_points(s->d, &p->series[0], n);
    for (size_t i = 0; i < s->n; i++) {
        const struct analysis_pair *pair = pair_of(&s->v[i]);
        if (!pair || !str_eq(s->v[i].experiment, experiment))
            continue;
        point->label =
            arena_printf(s->d->arena, "%s: %s \xe2\x88\x92 %s", s->v[i].model, pair->a, pair->b);
        point++->y = pair->pass_1;
    }
}

static void add_figure(const struct sides *s)
{
    size_t panels = 0, pairs = 0;
    for (size_t i = 0; i < s->n; i++) {
        pairs += pair_of(&s->v[i]) != NULL;
        panels += is_first_of_experiment(s, i);
    }
    if (pairs == 0)
        return;
    struct doc_figure *f = figure_add(s->d, FIGURE_FOREST, "models",
                                      "First arm minus second, by experiment and model", panels, 1);
    f->repeats = true;
    f->series_name = "experiment";
    for (size_t i = 0, p = 0; i < s->n; i++)
        if (is_first_of_experiment(s, i))
            fill_panel(s, &f->panels[p++], s->v[i].experiment);
    f->caption = "Right of zero the first arm is ahead. 95 % paired t-intervals over tasks, exact "
                 "or Tango's where fewer than 10 differ, not adjusted for the number of rows.";
    figure_finish(s->d, f);
}

/* ---- models against each other ---- */

static size_t arm_place(const struct analysis_run *run, const char *name)
{
    size_t a = 0;
    while (a < run->n_arms && !str_eq(run->arms[a], name))
        a++;
    return a;
}

/* Which runs play this experiment on this suite and have this arm: [n] places in s. */
static size_t find_rivals(const struct sides *s, size_t first, const char *arm, size_t *place)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(s->v[i].experiment, s->v[first].experiment) &&
            str_eq(s->v[i].run->manifest.suite.sha256, s->v[first].run->manifest.suite.sha256) &&
            arm_place(s->v[i].run, arm) < s->v[i].run->n_arms)
            place[n++] = i;
    return n;
}

/* The tasks that all of them have finished, an arm for each run. */
static void pair_runs(const struct sides *s, const size_t *place, size_t n, const char *arm,
                      struct analysis_run *out)
{
    const struct analysis_run *first = s->v[place[0]].run;
    *out = (struct analysis_run){.arena = arena_new(), .manifest = manifest_of(NULL), .n_arms = n};
    out->arms = arena_alloc(out->arena, n * sizeof *out->arms);
    out->tasks = xcalloc(first->n_tasks + 1, sizeof *out->tasks);
    out->tallies = xcalloc(first->n_tasks * n + 1, sizeof *out->tallies);
    size_t *at CLEANUP_FREE = xcalloc(first->n_tasks * n + 1, sizeof *at); /* 1 + place */
    struct names ids = {.arena = out->arena};
    for (size_t t = 0; t < first->n_tasks; t++)
        names_index(&ids, first->tasks[t].id);
    for (size_t r = 0; r < n; r++) {
        const struct side *x = &s->v[place[r]];
        out->arms[r] = arena_printf(out->arena, "%s, %s", arm, x->model);
        for (size_t t = 0; t < x->run->n_tasks; t++) {
            size_t id = names_index(&ids, x->run->tasks[t].id);
            if (id < first->n_tasks && x->run->tasks[t].sets)
                at[id * n + r] = t + 1;
        }
    }
    for (size_t t = 0; t < first->n_tasks; t++) {
        bool all = true;
        for (size_t r = 0; r < n; r++)
            all &= at[t * n + r] != 0;
        if (!all)
            continue;
        size_t task = out->n_tasks++;
        out->tasks[task] = first->tasks[t];
        for (size_t r = 0; r < n; r++) {
            const struct analysis_run *run = s->v[place[r]].run;
            *analysis_tally(out, task, r) =
                *analysis_tally(run, at[t * n + r] - 1, arm_place(run, arm));
        }
    }
    names_free(&ids);
}

/* The arms of the experiment that begins with run `first`, models against each other. */
static void add_rivals(const struct sides *s, size_t first)
{
    const struct analysis_run *run = s->v[first].run;
    size_t *place CLEANUP_FREE = xcalloc(s->n + 1, sizeof *place);
    for (size_t a = 0; a < run->n_arms; a++) {
        size_t n = find_rivals(s, first, run->arms[a], place), k = 0;
        if (n < 2 || place[0] != first)
            continue;
        struct analysis_run made;
        pair_runs(s, place, n, run->arms[a], &made);
        size_t(*pairs)[2] CLEANUP_FREE = xcalloc(n * (n - 1) / 2 + 1, sizeof *pairs);
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++, k++) {
                pairs[k][0] = i;
                pairs[k][1] = j;
            }
        doc_add_text(s->d, "%s, arm %s: %zu models on the %zu tasks that all of them finished.",
                     s->v[first].experiment, run->arms[a], n, made.n_tasks);
        if (made.n_tasks > 0)
            section_pairs(s->d, &made, (const size_t(*)[2])pairs, k);
        analysis_run_free(&made);
    }
}

static int check(const struct analysis_run *runs, size_t n, const char *const *names,
                 struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (runs[i].curriculum)
            return err_input(err,
                             "%s is a run of a curriculum, whose arms are compared by training "
                             "seed: two such runs at a time",
                             names[i]);
        if (runs[i].sets == 0)
            return err_input(err, "%s: no task is complete in it", names[i]);
    }
    return 0;
}

struct doc *compare_many_doc(const struct analysis_run *runs, size_t n, const char *const *names,
                             struct err *err)
{
    if (check(runs, n, names, err) < 0)
        return NULL;
    struct doc *d = doc_new("");
    struct side *sides CLEANUP_FREE = xcalloc(n, sizeof *sides);
    struct sides s = {sides, n, d};
    size_t experiments = 0;
    name_sides(&s, runs);
    for (size_t i = 0; i < n; i++)
        experiments += is_first_of_experiment(&s, i);
    d->title = arena_printf(d->arena, "%zu runs", n);
    doc_add_text(d, "%zu runs of %zu experiment%s.", n, experiments, experiments == 1 ? "" : "s");
    add_table(&s);
    add_figure(&s);
    for (size_t i = 0; i < n; i++)
        add_rivals(&s, i);
    return d;
}
