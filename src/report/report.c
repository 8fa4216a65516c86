/* The report of a run: what was run, outcomes by arm, paired differences, costs, and the parts of
 * the suite. */
#include "report/report.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include "base/decimal.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "model/model.h"
#include "report/appendix.h"
#include "report/figures.h"
#include "analysis/headline.h"
#include "analysis/learning.h"
#include "analysis/test_object.h"
#include "doc/latex.h"
#include "doc/plots.h"
#include "report/sections.h"
#include "stats/holm.h"

static const double PERCENT = 100;

/* The manifest says "running" until hrm ends, so also after kill -9. */
static const char *status_words(const char *status)
{
    return !*status ? "unknown" : str_eq(status, "running") ? "running, or killed" : status;
}

/* "embedded tiny-code, file hrm-tiny-code.gguf, digest 721af4eeea8c" */
static const char *model_words(struct doc *d, const struct analysis_run *run)
{
    struct str s CLEANUP_STR = {0};
    const char *file = json_get_str(run->manifest.model.identity, "file", NULL);
    const char *asked = json_get_str(run->manifest.model.identity, "asked", NULL);
    str_addf(&s, "%s %s", run->manifest.model.backend, run->manifest.model.name);
    if (asked && !str_eq(asked, run->manifest.model.name))
        str_addf(&s, ", asked for as %s", asked);
    if (file)
        str_addf(&s, ", file %s", file);
    if (*run->manifest.model.digest)
        str_addf(&s, ", digest %.12s", run->manifest.model.digest);
    return arena_strdup(d->arena, s.p);
}

/* "hrm 0.1.0, commit 8cbe4fd73b28 with changes": scripts/version.sh writes NUMBER+COMMIT[.dirty].
 */
static const char *version_words(struct doc *d, const char *version)
{
    const char *commit = strchr(version, '+'), *dirty = commit ? strchr(commit, '.') : NULL;
    if (!commit || str_eq(commit, "+nogit"))
        return arena_printf(d->arena, " Program: hrm %s%s.", *version ? version : "?",
                            commit ? ", from no git checkout" : "");
    return arena_printf(d->arena, " Program: hrm %.*s, commit %.*s%s.", (int)(commit - version),
                        version, dirty ? (int)(dirty - commit - 1) : 64, commit + 1,
                        dirty ? " with uncommitted changes" : "");
}

/* One paragraph on what ran, one each on unfinished and dropped sets. */
static void add_facts(struct doc *d, const struct analysis_run *run)
{
    const char *version = run->manifest.hrm_version;
    doc_add_text(d,
                 "%zu tasks x %zu arms, %ld episodes: %ld finished, %ld in error, %ld to do. "
                 "Model: %s. Suite: %s (sha256 %.12s). Prompts: %s. Status: %s.%s",
                 run->n_tasks, run->n_arms, run->episodes, run->done, run->faults, run->pending,
                 model_words(d, run), run->manifest.suite.path, run->manifest.suite.sha256,
                 run->manifest.prompts.profile, status_words(run->manifest.status),
                 *version ? version_words(d, version) : "");
    const char *note = test_object_note(&run->manifest);
    if (note)
        doc_add_text(d, "%s", note);
    if (run->unfinished)
        doc_add_text(d,
                     "Unfinished: %ld of %ld sets (one task and sample, played by every arm) are "
                     "not finished; the numbers are from the %ld complete ones.",
                     run->unfinished, run->sets + run->dropped + run->unfinished, run->sets);
    if (run->dropped)
        doc_add_text(d,
                     "Dropped: %ld of %ld sets, because an arm met a fault of server or harness "
                     "(first: %s). A fault in one arm drops the set for all arms.",
                     run->dropped, run->sets + run->dropped, run->first_fault);
}

static void add_floor_note(struct doc *d, const struct analysis_run *run,
                           const struct analysis_slice *all)
{
    long solved = 0, episodes = 0;
    for (size_t a = 0; a < run->n_arms; a++) {
        solved += all->arms[a].solved;
        episodes += all->arms[a].episodes;
    }
    if (episodes == 0 || !analysis_at_floor(run, all))
        return;
    if (model_can(run->manifest.model.backend, MODEL_WEIGHTS))
        doc_add_text(d,
                     "Almost nothing was solved: %ld of %ld episodes. The embedded model was not "
                     "trained for this suite, so these numbers say nothing about the arms. To "
                     "compare them here, use a real model behind a server: --model_backend NAME "
                     "--model_name NAME; 'hrm run --help' lists the backends of this build.",
                     solved, episodes);
    else
        doc_add_text(d,
                     "Almost nothing was solved: %ld of %ld episodes. This suite is too hard for "
                     "this model, so these numbers say little about the arms.",
                     solved, episodes);
}

static void add_outcomes(struct doc *d, const struct analysis_run *run,
                         const struct analysis_slice *all)
{
    const struct doc_column columns[] = {
        {DOC_TEXT, "arm", ""},
        {DOC_COUNT, "tasks", ""},
        {DOC_COUNT, "episodes", ""},
        {DOC_COUNT, "solved", ""},
        {DOC_ESTIMATE, "pass@1", "%", 1, PERCENT},
        {DOC_ESTIMATE, arena_printf(d->arena, "pass@%d", run->samples), "%", 1, PERCENT, true},
    };
    size_t n_columns = run->samples > 1 ? 6 : 5;
    struct doc_table *t = doc_add_table(d, "Outcomes by arm", columns, n_columns, run->n_arms);
    for (size_t a = 0; a < run->n_arms; a++) {
        const struct analysis_arm *arm = &all->arms[a];
        doc_set_text(t, a, 0, arm->name);
        doc_set_count(t, a, 1, arm->tasks);
        doc_set_count(t, a, 2, arm->episodes);
        doc_set_count(t, a, 3, arm->solved);
        doc_set_estimate(t, a, 4, arm->pass_1);
        if (n_columns > 5)
            doc_set_estimate(t, a, 5, arm->pass_k);
    }
    t->note =
        run->samples > 1
            ? "[95 % Wilson interval over n = tasks]; samples of one task are averaged first, "
              "so that repeats do not count as independent evidence."
            : "[95 % Wilson interval over n = tasks].";
}

/* Holm's adjustment of the t-tests; a comparison without one rejects nothing. */
static double *holm_of_pairs(struct arena *arena, const struct analysis_pair *pairs, size_t n)
{
    double *p = arena_alloc(arena, (n + 1) * sizeof *p);
    for (size_t i = 0; i < n; i++)
        p[i] = isnan(pairs[i].p) ? 1 : pairs[i].p;
    stats_holm(p, p, n);
    return p;
}

static void add_differences(struct doc *d, const struct analysis_run *run,
                            const struct analysis_slice *all)
{
    if (run->n_arms < 2)
        return;
    static const struct doc_column columns[] = {
        {DOC_TEXT, "comparison", ""},
        {DOC_COUNT, "tasks", ""},
        {DOC_ESTIMATE, "pass@1", "pp", 1, PERCENT},
        {DOC_P, "p of no difference", ""},
        {DOC_COUNT, "only 1st", ""},
        {DOC_COUNT, "only 2nd", ""},
        {DOC_COUNT, "both", ""},
        {DOC_COUNT, "neither", ""},
        {DOC_P, "p, McNemar", ""},
        {DOC_P, "p, mid-p", ""},
        {DOC_P, "p, Holm", ""}, /* only where there are several comparisons */
    };
    size_t n = run->n_arms - 1, n_columns = sizeof columns / sizeof *columns - (n == 1);
    struct doc_table *t = doc_add_table(d, "Paired differences over tasks", columns, n_columns, n);
    double *holm = holm_of_pairs(d->arena, all->pairs, n);
    bool few = false;
    for (size_t i = 0; i < n; i++) {
        const struct analysis_pair *p = &all->pairs[i];
        doc_set_text(t, i, 0, arena_printf(d->arena, "%s - %s", p->a, p->b));
        doc_set_count(t, i, 1, p->pass_1.n);
        doc_set_estimate(t, i, 2, p->pass_1);
        doc_cell(t, i, 3)->e.value = p->p;
        doc_set_count(t, i, 4, p->majority.b);
        doc_set_count(t, i, 5, p->majority.c);
        doc_set_count(t, i, 6, p->both);
        doc_set_count(t, i, 7, p->neither);
        doc_cell(t, i, 8)->e.value = p->majority.exact;
        doc_cell(t, i, 9)->e.value = p->majority.midp;
        if (n > 1)
            doc_cell(t, i, 10)->e.value = holm[i];
        few |= !str_eq(p->method, "t");
    }
    t->note = arena_printf(
        d->arena,
        "Difference of per-task rates [95 %% t-interval over tasks%s] and its test. McNemar is "
        "exact, "
        "as is its mid-p, of equally many tasks solved by one arm only; a task counts as solved "
        "when %s.%s",
        few ? "; exact or Tango's where fewer than 10 differ" : "",
        run->samples > 1 ? "more than half of its samples are" : "its one sample is",
        n > 1 ? " Holm's adjustment is of the t-test, over the rows." : "");
}

static void add_fault_bounds(struct doc *d, const struct analysis_run *run)
{
    for (size_t b = 1; b < run->n_arms && run->dropped; b++) {
        struct stats_ci bounds = analysis_fault_bounds(run, 0, b);
        struct str low CLEANUP_STR = {0}, high CLEANUP_STR = {0};
        decimal_add(&low, bounds.low * PERCENT, 1, true);
        decimal_add(&high, bounds.high * PERCENT, 1, true);
        doc_add_text(
            d,
            "With the dropped sets included: if every unknown outcome counts against %s: %s "
            "pp; if every one counts for it: %s pp (%s - %s, pass@1).",
            run->arms[0], str_text(&low), str_text(&high), run->arms[0], run->arms[b]);
    }
}

static void add_cost(struct doc *d, const struct analysis_run *run,
                     const struct analysis_slice *all)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "arm", ""},
        {DOC_ESTIMATE, "time to solve", "s", 2, 1, true},
        {DOC_ESTIMATE, "iterations", "", 2},
        {DOC_ESTIMATE, "tool runs", "", 1},
        {DOC_ESTIMATE, "calls", "", 1},
        {DOC_ESTIMATE, "generated tokens", "", 0},
        {DOC_ESTIMATE, "prompt tokens", "", 0},
        {DOC_ESTIMATE, "seconds", "", 1},
    };
    struct doc_table *t =
        doc_add_table(d, "Cost by arm", columns, sizeof columns / sizeof *columns, run->n_arms);
    for (size_t a = 0; a < run->n_arms; a++) {
        const struct analysis_arm *arm = &all->arms[a];
        doc_set_text(t, a, 0, arm->name);
        doc_set_estimate(t, a, 1, arm->solve_s);
        doc_set_estimate(t, a, 2, arm->iterations);
        doc_set_estimate(t, a, 3, arm->tool_runs);
        doc_set_estimate(t, a, 4, arm->calls);
        doc_set_estimate(t, a, 5, arm->generated_tokens);
        doc_set_estimate(t, a, 6, arm->prompt_tokens);
        doc_set_estimate(t, a, 7, arm->seconds);
    }
    t->note = "Time to solve: median over the n tasks solved at least once [95 % by order "
              "statistics], model and tool time without queueing. Others: mean per episode "
              "[95 % t-interval over tasks].";
}

/* "sorting", "3", or both: what names a slice. How many columns. */
static size_t slice_columns(struct doc_column *columns, bool by_group, bool by_steps)
{
    size_t c = 0;
    if (by_group)
        columns[c++] = (struct doc_column){DOC_TEXT, "group", ""};
    if (by_steps)
        columns[c++] = (struct doc_column){DOC_TEXT, "steps", ""};
    return c;
}

static void name_slice(struct doc *d, const struct analysis_run *run, const struct doc_table *t,
                       size_t row, const struct analysis_slice *s, bool by_group, bool by_steps)
{
    const char *group = s->group >= 0 ? run->groups[s->group] : "";
    const char *steps = s->steps > 0 ? arena_printf(d->arena, "%d", s->steps) : "not given";
    doc_set_text(t, row, 0, by_group ? (*group ? group : "(none)") : steps);
    if (by_group && by_steps)
        doc_set_text(t, row, 1, steps);
}

/* One row per slice: each arm's pass@1, and the first arm's lead over each other one. */
static struct doc_table *slices_wide(struct doc *d, const struct analysis_run *run,
                                     const char *title, const struct analysis_slice *slices,
                                     size_t n, bool by_group, bool by_steps)
{
    struct doc_column *columns = arena_alloc(d->arena, (3 + 2 * run->n_arms) * sizeof *columns);
    size_t labels = slice_columns(columns, by_group, by_steps), c = labels;
    columns[c++] = (struct doc_column){DOC_COUNT, "tasks", ""};
    for (size_t a = 0; a < run->n_arms; a++)
        columns[c++] = (struct doc_column){DOC_ESTIMATE, run->arms[a], "%", 1, PERCENT};
    for (size_t b = 1; b < run->n_arms; b++)
        columns[c++] = (struct doc_column){
            DOC_ESTIMATE, arena_printf(d->arena, "%s - %s", run->arms[0], run->arms[b]), "pp", 1,
            PERCENT};
    struct doc_table *t = doc_add_table(d, title, columns, c, n);
    for (size_t i = 0; i < n; i++) {
        const struct analysis_slice *s = &slices[i];
        name_slice(d, run, t, i, s, by_group, by_steps);
        doc_set_count(t, i, labels, s->tasks);
        for (size_t a = 0; a < run->n_arms; a++)
            doc_set_estimate(t, i, labels + 1 + a, s->arms[a].pass_1);
        for (size_t b = 1; b < run->n_arms; b++)
            doc_set_estimate(t, i, labels + run->n_arms + b, s->pairs[b - 1].pass_1);
    }
    return t;
}

/* Many arms: a row for each slice and arm. */
static struct doc_table *slices_tall(struct doc *d, const struct analysis_run *run,
                                     const char *title, const struct analysis_slice *slices,
                                     size_t n, bool by_group, bool by_steps)
{
    struct doc_column columns[6];
    size_t labels = slice_columns(columns, by_group, by_steps), c = labels;
    columns[c++] = (struct doc_column){DOC_TEXT, "arm", ""};
    columns[c++] = (struct doc_column){DOC_COUNT, "tasks", ""};
    columns[c++] = (struct doc_column){DOC_ESTIMATE, "pass@1", "%", 1, PERCENT};
    columns[c++] = (struct doc_column){
        DOC_ESTIMATE, arena_printf(d->arena, "%s - it", run->arms[0]), "pp", 1, PERCENT};
    struct doc_table *t = doc_add_table(d, title, columns, c, n * run->n_arms);
    for (size_t i = 0; i < n * run->n_arms; i++) {
        const struct analysis_slice *s = &slices[i / run->n_arms];
        size_t a = i % run->n_arms;
        name_slice(d, run, t, i, s, by_group, by_steps);
        doc_set_text(t, i, labels, run->arms[a]);
        doc_set_count(t, i, labels + 1, s->tasks);
        doc_set_estimate(t, i, labels + 2, s->arms[a].pass_1);
        if (a > 0)
            doc_set_estimate(t, i, labels + 3, s->pairs[a - 1].pass_1);
    }
    return t;
}

static void add_slices(struct doc *d, const struct analysis_run *run, const char *title,
                       bool by_group, bool by_steps)
{
    size_t n;
    const struct analysis_slice *slices = analysis_slices(run, by_group, by_steps, &n);
    if (n < 2)
        return;
    struct doc_table *t = (run->n_arms > WIDE_ARMS ? slices_tall : slices_wide)(
        d, run, title, slices, n, by_group, by_steps);
    t->note =
        "Rates with Wilson's interval, differences with the t-interval, exact or Tango's where "
        "fewer than 10 tasks differ; all 95 % over tasks, and not adjusted for the number of rows.";
}

/* ---- the first screen ---- */

static void add_headline(struct doc *d, const struct analysis_run *run)
{
    struct analysis_headline h = analysis_headline(run);
    doc_add_conclusion(d, (enum doc_tone)h.outcome, h.sentence, h.question);
}

static void add_first_figures(struct doc *d, const struct analysis_run *run)
{
    figures_add_rates(d, run);
    figures_add_differences(d, run);
}

struct doc *report_doc(const struct analysis_run *run)
{
    const char *name = run->manifest.experiment;
    struct doc *d = doc_new("");
    d->title = arena_printf(d->arena, "%s: %s on %s", *name ? name : "run",
                            run->manifest.model.name, run->manifest.suite.name);
    struct analysis_learning learning;
    bool learns = run->sets > 0 && analysis_learning(run, &learning);
    doc_add_section(d, "verdict", "Answer");
    add_headline(d, run);
    if (run->sets > 0 && learns)
        figures_add_curves(d, &learning);
    else if (run->sets > 0)
        add_first_figures(d, run);
    if (run->sets > 0 && json_array_size(run->manifest.criteria) > 0) {
        doc_add_section(d, "criteria", "Criteria");
        section_verdicts(d, run);
    }
    doc_add_section(d, "run", "The run");
    add_facts(d, run);
    if (run->sets == 0)
        return d;
    if (learns) {
        section_learning(d, &learning);
        section_money(d, run);
        section_grading(d, run);
        doc_drop_empty(d);
        return d;
    }
    struct analysis_slice all = analysis_slice(run, -1, -1);
    add_floor_note(d, run, &all);
    doc_add_section(d, "outcomes", "Outcomes");
    add_outcomes(d, run, &all);
    section_samples(d, run);
    figures_add_pass_at_k(d, run);
    doc_add_section(d, "differences", "Differences");
    add_differences(d, run, &all);
    add_fault_bounds(d, run);
    section_sensitivity(d, run, &all);
    doc_add_section(d, "cost", "Time and cost");
    add_cost(d, run, &all);
    section_money(d, run);
    section_roles(d, run);
    figures_add_roles(d, run);
    section_time(d, run);
    doc_add_section(d, "budget", "Budget");
    section_budget(d, run);
    section_failures(d, run);
    section_tester(d, run);
    section_grading(d, run);
    doc_add_section(d, "parts", "Parts of the suite");
    figures_add_steps(d, run);
    add_slices(d, run, "pass@1 by group", true, false);
    add_slices(d, run, "pass@1 by number of steps", false, true);
    if (run->n_groups > 1)
        add_slices(d, run, "pass@1 by group and steps", true, true);
    doc_drop_empty(d);
    return d;
}

int report_render(const struct analysis_run *run, const char *format, struct str *out,
                  struct err *err)
{
    const struct doc_writer *writer = doc_find_writer(format, err);
    if (!writer)
        return -EINVAL;
    struct doc *d = report_doc(run);
    int rc = writer->whole ? appendix_add(d, run, err) : 0;
    if (rc == 0)
        writer->write(d, out);
    doc_free(d);
    return rc;
}

/* table-NAME.tex for each table. */
static int write_tables(const struct doc *d, const char *dir, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < d->n_blocks && rc == 0; i++) {
        struct str name CLEANUP_STR = {0}, text CLEANUP_STR = {0};
        if (!d->blocks[i].table)
            continue;
        str_add(&name, "table-");
        latex_slug(&name, d->blocks[i].table->title);
        str_add(&name, ".tex");
        char *path CLEANUP_FREE = file_join(dir, name.p);
        doc_write_latex_table(d->blocks[i].table, &text);
        rc = file_write(path, text.p, text.len, err);
    }
    return rc;
}

int report_write_latex(const struct analysis_run *run, const char *dir, struct err *err)
{
    struct str tables CLEANUP_STR = {0};
    char *path CLEANUP_FREE = file_join(dir, "tables.tex");
    struct doc *d = report_doc(run);
    doc_write_latex(d, &tables);
    int rc = file_mkdirs(dir, err);
    if (rc < 0 && err)
        err->kind = ERR_INPUT; /* the user named this file */
    if (rc == 0)
        rc = file_write(path, tables.p, tables.len, err);
    if (rc == 0)
        rc = write_tables(d, dir, err);
    if (rc == 0)
        rc = plots_write(d, dir, err);
    doc_free(d);
    return rc;
}
