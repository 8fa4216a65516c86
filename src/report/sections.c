/* See sections.h. */
#include "report/sections.h"
#include <math.h>
#include "base/str.h"
#include "report/figures.h"
#include "analysis/money.h"
#include "analysis/roles.h"
#include "analysis/seconds.h"
#include "store/store.h"
#include "analysis/time_to_solve.h"
#include "analysis/conclusion.h"

static const double PERCENT = 100;

static struct stats_estimate scaled(struct stats_estimate e, double by)
{
    e.value *= by;
    e.ci.low *= by;
    e.ci.high *= by;
    return e;
}

/* ---- verdicts ---- */

/* The other numbers of a run that was stopped by its evidence overstate the difference; the report
 * says so. */
static void add_decided(struct doc *d, const struct analysis_run *run)
{
    const json_t *o = run->manifest.decided;
    if (!o)
        return;
    const char *criterion = json_get_str(o, "criterion", "");
    doc_add_text(
        d,
        "Stopped early: decided after %lld tasks. %s solved more samples in %lld of them, "
        "%s in %lld; e = %.1f against the number that %s names (%.0f decides; valid at any "
        "stopping time), by betting on the tasks' differences. The intervals of the tables "
        "below assume a fixed number of tasks and are too narrow here: a run that stops "
        "when its evidence suffices overstates the difference.",
        json_get_int(o, "tasks", 0),
        json_string_value(json_array_get(json_object_get(o, "arms"), 0)), json_get_int(o, "won", 0),
        json_string_value(json_array_get(json_object_get(o, "arms"), 1)),
        json_get_int(o, "lost", 0), json_get_num(o, "e_value", NAN),
        *criterion ? criterion : "'no difference'", json_get_num(o, "decides", 20));
}

/* The plan was a fixed number of tasks: the numbers of an unfinished run are provisional. */
static void add_provisional(struct doc *d, const struct analysis_run *run)
{
    if (run->unfinished && !run->manifest.decided)
        doc_add_text(
            d,
            "Provisional: %ld of %ld sets are not finished. To stop a run early because of "
            "its results, use --stop_when decided.",
            run->unfinished, run->sets + run->dropped + run->unfinished);
}

static void add_withdrawn(struct doc *d, const struct analysis_run *run)
{
    const json_t *o;
    size_t i;
    json_array_foreach (run->manifest.criteria, i, o)
        if (json_object_get(o, "withdrawn"))
            doc_add_text(d,
                         "%s was removed from the experiment's file on %s, after the first call.",
                         json_get_str(o, "name", ""), json_get_str(o, "withdrawn", ""));
}

void section_verdicts(struct doc *d, const struct analysis_run *run)
{
    const char *unit =
        run->curriculum ? "seeds" : "tasks"; /* a curriculum's criteria are estimated over seeds */
    const struct doc_column columns[] = {
        {DOC_TEXT, "criterion", ""},
        {DOC_WORD, "verdict", ""},
        {DOC_ESTIMATE, "estimate", "", 2},
        {DOC_COUNT, unit, ""},
        {DOC_P, "p of the threshold", ""},
        {DOC_P, "p, Holm", ""},
        {DOC_COUNT, arena_printf(d->arena, "%s to tell", unit), ""},
    };
    size_t n;
    const struct analysis_conclusion *v = analysis_conclusions(run, &n);
    bool joint = false;
    for (size_t i = 0; i < n; i++)
        joint |= v[i].joint;
    for (size_t i = 0; i < n; i++)
        doc_add_conclusion(
            d, (enum doc_tone)v[i].outcome,
            arena_printf(d->arena, "%s: %s. %s", v[i].name, v[i].verdict, v[i].statement),
            v[i].added ? arena_printf(d->arena,
                                      "%s Declared after the first call, on %s: "
                                      "exploratory.",
                                      v[i].sentence, v[i].added)
                       : v[i].sentence);
    if (n > 0)
        add_provisional(d, run);
    add_withdrawn(d, run);
    add_decided(d, run);
    if (n == 0)
        return;
    struct doc_table *t =
        doc_add_table(d, "Criteria", columns, sizeof columns / sizeof *columns, n);
    for (size_t i = 0; i < n; i++) {
        doc_set_text(t, i, 0, v[i].name);
        doc_set_text(t, i, 1, v[i].verdict);
        doc_cell(t, i, 2)->e = scaled(v[i].estimate, v[i].scale);
        if (!v[i].joint)
            doc_set_count(t, i, 3, v[i].estimate.n);
        doc_set_value(t, i, 4, v[i].p);
        doc_set_value(t, i, 5, v[i].p_adjusted);
        if (v[i].needed > 0)
            doc_set_count(t, i, 6, v[i].needed);
    }
    t->note = arena_printf(
        d->arena,
        "Estimates in the unit of the criterion [95 %% interval over %s]. p: two-sided, of the "
        "threshold that the criterion names; met or not met when Holm's adjustment over the "
        "criteria "
        "declared before the first call leaves it at 5 %% or less%s. %s to tell: for power 80 %%, "
        "if the estimate is right.",
        unit, joint ? "; a joint criterion stands for its parts" : "",
        run->curriculum ? "Seeds" : "Tasks");
}

/* ---- roles ---- */

void section_roles(struct doc *d, const struct analysis_run *run)
{
    size_t n, rows = 0;
    double least = NAN; /* of what costs anything */
    const struct analysis_role *roles = analysis_roles(run, &n);
    for (size_t i = 0; i < n * run->n_arms; i++) {
        const struct stats_estimate *spent = roles[i / run->n_arms].spent[i % run->n_arms];
        rows += spent[ROLE_CALLS].value > 0;
        if (spent[ROLE_COST].value > 0)
            least = fmin(least, spent[ROLE_COST].value);
    }
    const int digits = analysis_money_digits(least);
    const struct doc_column columns[] = {
        {DOC_TEXT, "arm", ""},
        {DOC_TEXT, "role", ""},
        {DOC_ESTIMATE, "calls", "", 1},
        {DOC_ESTIMATE, "tool runs", "", 1},
        {DOC_ESTIMATE, "prompt tokens", "", 0},
        {DOC_ESTIMATE, "generated tokens", "", 0},
        {DOC_ESTIMATE, "model", "s", 2},
        {DOC_ESTIMATE, "tool", "s", 2},
        {DOC_ESTIMATE, "cost", run->prices.currency, digits},
    };
    size_t row = 0;
    if (rows == 0)
        return;
    struct doc_table *t = doc_add_table(
        d, "Cost by role", columns, sizeof columns / sizeof *columns - !run->prices.currency, rows);
    for (size_t a = 0; a < run->n_arms; a++) {
        for (size_t r = 0; r < n; r++) {
            if (!(roles[r].spent[a][ROLE_CALLS].value > 0)) /* an arm does not have every role */
                continue;
            doc_set_text(t, row, 0, run->arms[a]);
            doc_set_text(t, row, 1, roles[r].name);
            for (size_t k = 0; k + 2 < t->n_columns; k++)
                doc_cell(t, row, 2 + k)->e = roles[r].spent[a][k];
            row++;
        }
    }
    t->note = "Mean per episode, averaged inside tasks first [95 % t-interval over tasks]. A tool "
              "run is charged to the role that wrote the program.";
}

/* ---- time ---- */

struct tool_time {
    struct str *out;
    const char *const *names; /* [n_names] of arm i + 1 */
    size_t n_names;
};

static int add_tool_time(void *ctx, long arm, long episodes, double seconds, double cpu_seconds)
{
    const struct tool_time *t = ctx;
    if (arm >= 1 && (size_t)arm <= t->n_names && episodes > 0 && seconds > 0)
        str_addf(t->out, "%s %s %.3f s by the clock and %.3f s of CPU", t->out->len ? ";" : "",
                 t->names[arm - 1], seconds / (double)episodes, cpu_seconds / (double)episodes);
    return 0;
}

/* Load of the machine is in ledger time; the CPU seconds of the tool are beside it. */
static void add_load(struct doc *d, const struct analysis_run *run)
{
    struct str out CLEANUP_STR = {0};
    struct tool_time t = {.out = &out};
    const char *caution = analysis_load_caution(run);
    if (run->store &&
        store_names(run->store, STORE_ARMS, &t.names, &t.n_names, d->arena, NULL) == 0 &&
        store_cpu(run->store, add_tool_time, &t, NULL) == 0 && out.len)
        doc_add_text(d, "Python of an episode, the grading apart:%s.", out.p);
    if (caution)
        doc_add_text(d, "%s", caution);
}

void section_time(struct doc *d, const struct analysis_run *run)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "", ""},
        {DOC_ESTIMATE, "restricted mean", "s", 2},
        {DOC_P, "p of equal means (t)", ""},
        {DOC_P, "p of equal curves (log-rank)", ""},
    };
    struct analysis_survival s = analysis_survival(run);
    size_t pairs = run->n_arms > 1 ? run->n_arms - 1 : 0;
    struct doc_table *t = doc_add_table(d, "Time to solve, the unsolved included", columns,
                                        sizeof columns / sizeof *columns, run->n_arms + pairs);
    for (size_t a = 0; a < run->n_arms; a++) {
        doc_set_text(t, a, 0, run->arms[a]);
        doc_cell(t, a, 1)->e = s.rmst[a];
    }
    for (size_t b = 0; b < pairs; b++) {
        doc_set_text(t, run->n_arms + b, 0, s.solved_by.pairs[b].name);
        doc_cell(t, run->n_arms + b, 1)->e = s.rmst_gap[b];
        doc_set_value(t, run->n_arms + b, 2, s.rmst_p[b]);
        doc_set_value(t, run->n_arms + b, 3, s.logrank[b].p);
    }
    t->note =
        arena_printf(d->arena,
                     "Mean of min(T, tau), tau = %.4g s (%s): giving up is informative, so an "
                     "unsolved episode counts as tau [95 %% t-interval over %ld tasks]. The "
                     "log-rank test treats every episode as independent.",
                     s.tau, s.tau_is_cap ? "the budget" : "the longest episode", s.solved_by.tasks);
    figures_add_solved_by(d, run, &s.solved_by);
    add_load(d, run);
}

/* ---- budget ---- */

static void add_caps(struct doc *d, const struct analysis_run *run)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "of", ""},         {DOC_TEXT, "arm", ""},         {DOC_ESTIMATE, "allowed", ""},
        {DOC_ESTIMATE, "p95", "", 1}, {DOC_ESTIMATE, "most", "", 1}, {DOC_COUNT, "ended by it", ""},
        {DOC_COUNT, "episodes", ""},
    };
    size_t n, capped = 0;
    const struct analysis_cap *caps = analysis_caps(run, &n);
    const struct analysis_cap **set = arena_alloc(d->arena, (n + 1) * sizeof *set);
    for (size_t i = 0; i < n; i++) /* what has no cap is no budget */
        if (caps[i].allowed > 0)
            set[capped++] = &caps[i];
    struct doc_table *t = doc_add_table(d, "Budget: allowed and spent per episode", columns,
                                        sizeof columns / sizeof *columns, capped * run->n_arms);
    for (size_t i = 0; i < capped * run->n_arms; i++) {
        const struct analysis_cap *cap = set[i / run->n_arms];
        const struct analysis_spent *s = &cap->arms[i % run->n_arms];
        doc_set_text(t, i, 0, cap->name);
        doc_set_text(t, i, 1, run->arms[i % run->n_arms]);
        doc_set_value(t, i, 2, cap->allowed);
        doc_set_value(t, i, 3, s->p95);
        doc_set_value(t, i, 4, s->max);
        doc_set_count(t, i, 5, s->hit);
        doc_set_count(t, i, 6, s->episodes);
    }
    t->note = "Allowed: the same for every arm. 95th percentile and maximum over episodes; the "
              "means are with the costs. Ended by it: episodes that this cap ended.";
}

static struct stats_estimate at_point(const struct analysis_curves *c,
                                      const struct analysis_line *l, size_t i)
{
    return (struct stats_estimate){l->y[i], {l->low[i], l->high[i]}, c->tasks};
}

/* One point of the curves: a row with all arms, or one for each arm. The next row. */
static size_t add_point(struct doc *d, const struct analysis_run *run, const struct doc_table *t,
                        const struct analysis_curves *c, size_t i, size_t row)
{
    bool tall = run->n_arms > WIDE_ARMS;
    for (size_t a = 0; a < (tall ? run->n_arms : 1); a++, row++) {
        doc_set_text(t, row, 0, c->x_name);
        doc_set_text(t, row, 1, arena_printf(d->arena, "%.10g", c->arms[0].x[i]));
        if (tall) {
            doc_set_text(t, row, 2, run->arms[a]);
            doc_cell(t, row, 3)->e = at_point(c, &c->arms[a], i);
            if (a > 0)
                doc_cell(t, row, 4)->e = at_point(c, &c->pairs[a - 1], i);
            continue;
        }
        for (size_t k = 0; k < run->n_arms; k++)
            doc_cell(t, row, 2 + k)->e = at_point(c, &c->arms[k], i);
        for (size_t b = 1; b < run->n_arms; b++)
            doc_cell(t, row, 1 + run->n_arms + b)->e = at_point(c, &c->pairs[b - 1], i);
    }
    return row;
}

/* The rows of all resources in one table: the cap, and the accuracy at that cap. */
static void add_accuracy(struct doc *d, const struct analysis_run *run)
{
    struct analysis_curves c[ANALYSIS_RESOURCES];
    size_t n_rows = 0, row = 0, n_columns = 2;
    bool tall = run->n_arms > WIDE_ARMS;
    for (int r = 0; r < ANALYSIS_RESOURCES; r++) {
        c[r] = analysis_budget_curves(run, (enum analysis_resource)r);
        for (size_t i = 0; i < c[r].arms[0].n; i++)
            n_rows += c[r].arms[0].of_table[i];
    }
    struct doc_column *columns = arena_alloc(d->arena, (5 + 2 * run->n_arms) * sizeof *columns);
    columns[0] = (struct doc_column){DOC_TEXT, "of", ""};
    columns[1] = (struct doc_column){DOC_TEXT, "at most", ""};
    if (tall) {
        columns[n_columns++] = (struct doc_column){DOC_TEXT, "arm", ""};
        columns[n_columns++] = (struct doc_column){DOC_ESTIMATE, "solved", "%", 1, PERCENT};
        columns[n_columns++] = (struct doc_column){
            DOC_ESTIMATE, arena_printf(d->arena, "%s - it", run->arms[0]), "pp", 1, PERCENT};
    }
    for (size_t a = 0; a < run->n_arms && !tall; a++)
        columns[n_columns++] = (struct doc_column){DOC_ESTIMATE, run->arms[a], "%", 1, PERCENT};
    for (size_t b = 1; b < run->n_arms && !tall; b++)
        columns[n_columns++] =
            (struct doc_column){DOC_ESTIMATE, c[0].pairs[b - 1].name, "pp", 1, PERCENT};
    struct doc_table *t = doc_add_table(d, "Accuracy at smaller budgets", columns, n_columns,
                                        n_rows * (tall ? run->n_arms : 1));
    for (int r = 0; r < ANALYSIS_RESOURCES; r++)
        for (size_t i = 0; i < c[r].arms[0].n; i++)
            if (c[r].arms[0].of_table[i])
                row = add_point(d, run, t, &c[r], i, row);
    t->note =
        "Share of episodes whose best candidate so far passes the hidden tests when this resource "
        "alone is cut there: neither arm sees what is left, so the record of one run also holds "
        "the results of smaller budgets. Intervals are 95 %, pointwise: Wilson for rates, t over "
        "tasks for differences, exact or Tango's where fewer than 10 tasks differ.";
    figures_add_budget(d, run, c);
}

void section_budget(struct doc *d, const struct analysis_run *run)
{
    add_caps(d, run);
    add_accuracy(d, run);
}
