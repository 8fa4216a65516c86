/* See figures.h. */
#include "report/figures.h"
#include <math.h>
#include "analysis/conclusion.h"
#include "analysis/roles.h"
#include "base/decimal.h"
#include "base/str.h"

static const double PERCENT = 100;

/* ---- the forest of differences ---- */

enum { MAX_ROWS = 40, FEW_ARMS = 3 };

/* The rows of a forest: all tasks, then the groups, then the step counts. */
struct slices {
    struct analysis_slice all;
    const struct analysis_slice *groups, *steps;
    size_t n_groups, n_steps;
};

static struct slices slices_of(const struct analysis_run *run)
{
    struct slices s = {.all = analysis_slice(run, -1, -1)};
    s.groups = analysis_slices(run, true, false, &s.n_groups);
    s.steps = analysis_slices(run, false, true, &s.n_steps);
    if (s.n_groups < 2) /* the only group is all of it */
        s.n_groups = 0;
    if (s.n_steps < 2)
        s.n_steps = 0;
    return s;
}

static const struct analysis_slice *slice_at(const struct slices *s, size_t i)
{
    if (i == 0)
        return &s->all;
    return i <= s->n_groups ? &s->groups[i - 1] : &s->steps[i - 1 - s->n_groups];
}

static const char *slice_name(struct doc *d, const struct analysis_run *run,
                              const struct analysis_slice *s)
{
    if (s->group >= 0)
        return *run->groups[s->group] ? run->groups[s->group] : "(no group)";
    if (s->steps > 0)
        return arena_printf(d->arena, "%d step%s", s->steps, s->steps > 1 ? "s" : "");
    return s->steps == 0 ? "steps not given" : "all tasks";
}

/* What a criterion asks of pass@1 of the first arm minus arm b, over all tasks; NaN = nothing. */
static double asked_of(const struct analysis_run *run, size_t b)
{
    size_t n;
    const struct analysis_conclusion *v = analysis_conclusions(run, &n);
    for (size_t i = 0; i < n; i++)
        if (str_eq(v[i].metric, "pass@1") && !v[i].ratio && !v[i].steps[0] && !v[i].joint &&
            str_eq(v[i].arms[0], run->arms[0]) && str_eq(v[i].arms[1], run->arms[b]))
            return v[i].threshold;
    return NAN;
}

static void set_forest(struct figure_panel *p, double mark)
{
    p->x.name = "tasks";
    p->y = (struct figure_axis){.name = "pass@1", .unit = "pp", .scale = PERCENT, .digits = 1};
    p->mark = mark;
}

/* " The dashed line is what the criterion asks for, +5.0 pp." */
static const char *mark_note(struct doc *d, const struct doc_figure *f)
{
    struct str s CLEANUP_STR = {0};
    for (size_t i = 0; i < f->n_panels; i++)
        if (isfinite(f->panels[i].mark)) {
            decimal_add(&s, PERCENT * f->panels[i].mark, 1, true);
            return arena_printf(d->arena, " The dashed line is what the criterion asks for, %s pp.",
                                s.p);
        }
    return "";
}

/* Many arms: a row for each other arm. */
static struct doc_figure *forest_of_arms(struct doc *d, const struct analysis_run *run)
{
    struct analysis_slice all = analysis_slice(run, -1, -1);
    struct doc_figure *f =
        figure_add(d, FIGURE_FOREST, "differences", "Paired differences of pass@1", 1, 1);
    struct figure_panel *p = &f->panels[0];
    double mark = NAN;
    p->title = arena_printf(d->arena, "%s \xe2\x88\x92 another arm", run->arms[0]);
    p->series[0].name = p->title;
    struct figure_point *point = figure_points(d, &p->series[0], run->n_arms - 1);
    for (size_t b = 1; b < run->n_arms; b++) {
        point[b - 1].label = run->arms[b];
        point[b - 1].y = all.pairs[b - 1].pass_1;
        point[b - 1].strong = isfinite(asked_of(run, b));
        mark = point[b - 1].strong ? asked_of(run, b) : mark;
    }
    set_forest(p, mark);
    f->caption = arena_printf(
        d->arena,
        "Over all n = %ld tasks; right of zero %s is ahead. 95 %% paired t-intervals over tasks, "
        "exact or Tango's where fewer than 10 differ, not adjusted for the number of rows.%s",
        all.tasks, run->arms[0], mark_note(d, f));
    return f;
}

static struct doc_figure *forest_of_parts(struct doc *d, const struct analysis_run *run)
{
    struct slices s = slices_of(run);
    size_t n = 1 + s.n_groups + s.n_steps, drawn = n < MAX_ROWS ? n : MAX_ROWS;
    struct doc_figure *f = figure_add(d, FIGURE_FOREST, "differences",
                                      "Paired differences of pass@1", run->n_arms - 1, 1);
    for (size_t b = 1; b < run->n_arms; b++) {
        struct figure_panel *p = &f->panels[b - 1];
        p->title = arena_printf(d->arena, "%s \xe2\x88\x92 %s", run->arms[0], run->arms[b]);
        set_forest(p, asked_of(run, b));
        p->series[0].name = p->title;
        struct figure_point *point = figure_points(d, &p->series[0], drawn);
        for (size_t i = 0; i < drawn; i++) {
            const struct analysis_slice *slice = slice_at(&s, i);
            point[i].label = slice_name(d, run, slice);
            point[i].y = slice->pairs[b - 1].pass_1;
            point[i].strong = i == 0;
        }
    }
    f->caption = arena_printf(
        d->arena,
        "%s all n = %ld tasks%s; right of zero %s is ahead.%s 95 %% paired t-intervals over tasks, "
        "exact or Tango's where fewer than 10 differ%s.%s",
        n > 1 ? "First over" : "Over", s.all.tasks,
        n > 1 ? ", then over the tasks of each part" : "", run->arms[0], mark_note(d, f),
        n > 1 ? ", not adjusted for the number of rows" : "",
        drawn < n ? arena_printf(d->arena, " The first %zu of %zu rows.", drawn, n) : "");
    return f;
}

void figures_add_differences(struct doc *d, const struct analysis_run *run)
{
    if (run->n_arms < 2)
        return;
    struct doc_figure *f =
        run->n_arms > FEW_ARMS ? forest_of_arms(d, run) : forest_of_parts(d, run);
    f->repeats = true;
    f->series_name = "comparison";
    figure_finish(d, f);
}

/* ---- one bar per arm ---- */

void figures_add_rates(struct doc *d, const struct analysis_run *run)
{
    struct analysis_slice all = analysis_slice(run, -1, -1);
    struct doc_figure *f =
        figure_add(d, FIGURE_BARS, "rates", "Tasks solved by each arm", 1, run->n_arms);
    struct figure_panel *p = &f->panels[0];
    f->repeats = true;
    p->x.name = "arm";
    p->y = (struct figure_axis){
        .name = "pass@1", .unit = "%", .scale = PERCENT, .digits = 1, .high = 100};
    for (size_t a = 0; a < run->n_arms; a++) {
        struct figure_point *point = figure_points(d, &p->series[a], 1);
        p->series[a].name = run->arms[a];
        point->label = run->arms[a];
        point->y = all.arms[a].pass_1;
    }
    f->caption = arena_printf(
        d->arena, "Share of %s. 95 %% Wilson intervals over the n = %ld tasks.",
        run->samples > 1 ? "samples solved, averaged inside tasks" : "tasks solved", all.tasks);
    figure_finish(d, f);
}

/* ---- pass@k ---- */

void figures_add_pass_at_k(struct doc *d, const struct analysis_run *run)
{
    if (run->samples < 2)
        return;
    struct doc_figure *f = figure_add(d, FIGURE_LINES, "pass-at-k", "pass@k", 1, run->n_arms);
    struct figure_panel *p = &f->panels[0];
    p->x = (struct figure_axis){.name = "k"};
    p->y = (struct figure_axis){
        .name = "pass@k", .unit = "%", .scale = PERCENT, .digits = 1, .high = 100};
    long tasks = 0;
    for (size_t a = 0; a < run->n_arms; a++) {
        p->series[a].name = run->arms[a];
        struct figure_point *point = figure_points(d, &p->series[a], (size_t)run->samples);
        for (int k = 1; k <= run->samples; k++) {
            point[k - 1].x = k;
            point[k - 1].y = analysis_pass_at(run, a, k);
            tasks = point[k - 1].y.n;
        }
    }
    f->caption = arena_printf(
        d->arena,
        "The chance that at least one of k samples solves a task: 1 \xe2\x88\x92 C(m\xe2\x88\x92"
        "c, k)/C(m, k), where c of a task's m = %d samples are solved; mean over the n = %ld tasks "
        "that have all of them. 95 %% Wilson intervals over tasks.",
        run->samples, tasks);
    figure_finish(d, f);
}

/* ---- accuracy by steps ---- */

void figures_add_steps(struct doc *d, const struct analysis_run *run)
{
    size_t n, used = 0;
    const struct analysis_slice *slices = analysis_slices(run, false, true, &n);
    while (used < n && slices[used].steps == 0) /* rising: "not given" comes first */
        used++;
    if (n - used < 2)
        return;
    struct doc_figure *f =
        figure_add(d, FIGURE_POINTS, "steps", "pass@1 by number of steps", 1, run->n_arms);
    struct figure_panel *p = &f->panels[0];
    f->repeats = true;
    p->x = (struct figure_axis){.name = "steps of the task"};
    p->y = (struct figure_axis){
        .name = "pass@1", .unit = "%", .scale = PERCENT, .digits = 1, .high = 100};
    long tasks = 0;
    for (size_t a = 0; a < run->n_arms; a++) {
        p->series[a].name = run->arms[a];
        struct figure_point *point = figure_points(d, &p->series[a], n - used);
        for (size_t i = used; i < n; i++) {
            point[i - used].x = slices[i].steps;
            point[i - used].y = slices[i].arms[a].pass_1;
            tasks += a == 0 ? slices[i].tasks : 0;
        }
    }
    f->caption = arena_printf(d->arena,
                              "Share of samples solved, averaged inside tasks, then over the tasks "
                              "of each step count; n = %ld tasks in all, the table has each. "
                              "95 %% Wilson intervals over tasks.",
                              tasks);
    figure_finish(d, f);
}

/* ---- curves ---- */

/* One line; it starts at 0, where nothing is spent and nothing solved. */
static void set_line(struct doc *d, struct figure_series *s, const struct analysis_line *line,
                     long tasks)
{
    struct figure_point *point = figure_points(d, s, line->n + 1);
    s->name = line->name;
    point[0].y = (struct stats_estimate){.value = 0, .ci = {0, 0}, .n = tasks};
    for (size_t i = 0; i < line->n; i++) {
        point[i + 1].x = line->x[i];
        point[i + 1].y = (struct stats_estimate){
            .value = line->y[i], .ci = {line->low[i], line->high[i]}, .n = tasks};
    }
}

static void set_panel(struct doc *d, const struct analysis_run *run, struct figure_panel *p,
                      const struct analysis_curves *c, const char *what)
{
    p->x = (struct figure_axis){.name = c->x_name, .unit = c->x_unit};
    p->y =
        (struct figure_axis){.name = what, .unit = "%", .scale = PERCENT, .digits = 1, .high = 100};
    for (size_t a = 0; a < run->n_arms; a++) {
        const struct analysis_line *line = &c->arms[a];
        set_line(d, &p->series[a], line, c->tasks);
        for (size_t i = 0; i < line->n; i++) /* as many digits as its smallest step needs */
            while (p->x.digits < 6 && fabs(line->x[i] * pow(10, p->x.digits) -
                                           round(line->x[i] * pow(10, p->x.digits))) > 1e-6)
                p->x.digits++;
    }
}

void figures_add_budget(struct doc *d, const struct analysis_run *run,
                        const struct analysis_curves curves[ANALYSIS_RESOURCES])
{
    struct doc_figure *f = figure_add(d, FIGURE_STEPS, "budget", "Accuracy against budget",
                                      ANALYSIS_RESOURCES, run->n_arms);
    for (int r = 0; r < ANALYSIS_RESOURCES; r++) {
        set_panel(d, run, &f->panels[r], &curves[r], "solved");
        f->panels[r].title = curves[r].title;
    }
    f->caption = arena_printf(
        d->arena,
        "Share of episodes whose best candidate so far passes the hidden tests when this resource "
        "alone is cut there, averaged inside tasks; n = %ld tasks. Bands: 95 %% Wilson intervals "
        "over tasks, pointwise.",
        curves[0].tasks);
    figure_finish(d, f);
}

void figures_add_solved_by(struct doc *d, const struct analysis_run *run,
                           const struct analysis_curves *solved_by)
{
    struct doc_figure *f =
        figure_add(d, FIGURE_STEPS, "solved-by", solved_by->title, 1, run->n_arms);
    set_panel(d, run, &f->panels[0], solved_by, "solved by then");
    f->caption = arena_printf(
        d->arena,
        "Share of episodes solved by then, averaged inside tasks; n = %ld tasks. It is 1 "
        "\xe2\x88\x92 "
        "Kaplan-Meier with episodes that gave up counted as never solved. Bands: 95 %% Wilson "
        "intervals over tasks, pointwise.",
        solved_by->tasks);
    figure_finish(d, f);
}

/* ---- roles ---- */

void figures_add_roles(struct doc *d, const struct analysis_run *run)
{
    size_t n;
    const struct analysis_role *roles = analysis_roles(run, &n);
    if (n == 0)
        return;
    struct doc_figure *f = figure_add(d, FIGURE_BARS, "roles", "Tokens by role", 1, run->n_arms);
    f->repeats = true;
    struct figure_panel *p = &f->panels[0];
    p->x.name = "role";
    p->y = (struct figure_axis){.name = "generated tokens"};
    for (size_t a = 0; a < run->n_arms; a++) {
        struct figure_point *point = figure_points(d, &p->series[a], n);
        size_t used = 0;
        p->series[a].name = run->arms[a];
        for (size_t i = 0; i < n; i++)
            if (roles[i].spent[a][ROLE_CALLS].value > 0) /* an arm does not have every role */
                point[used++] = (struct figure_point){
                    .label = roles[i].name, .y = roles[i].spent[a][ROLE_GENERATED_TOKENS]};
        p->series[a].n = used;
    }
    f->caption = arena_printf(d->arena,
                              "Mean per episode, averaged inside tasks first; roles that an arm "
                              "never calls are left out. 95 %% t-intervals over the n = %ld tasks.",
                              roles[0].spent[0][ROLE_CALLS].n);
    figure_finish(d, f);
}
