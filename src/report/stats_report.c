/* See stats_report.h. */
#include "report/stats_report.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/decimal.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "analysis/measure.h"
#include "analysis/names.h"
#include "report/plan_power.h"
#include "report/sections.h"
#include "stats/mean.h"

/* ---- tables of outcomes ---- */

static void add_tokens(struct doc *d, const struct analysis_run *run)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "arm", ""},
        {DOC_ESTIMATE, "tokens", "", 1},
        {DOC_ESTIMATE, "ratio to the first", "", 2},
    };
    struct doc_table *t = doc_add_table(d, "Tokens per sample", columns, 3, run->n_arms);
    double *first CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *first);
    double *x CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *x);
    for (size_t a = 0; a < run->n_arms; a++) {
        for (size_t i = 0; i < run->n_tasks; i++) {
            const struct analysis_tally *tally = analysis_tally(run, i, a);
            x[i] = tally->generated_tokens / tally->samples;
            if (a == 0)
                first[i] = x[i];
        }
        doc_cell(t, a, 0)->text = run->arms[a];
        doc_cell(t, a, 1)->e = stats_mean(x, run->n_tasks, 0, INFINITY);
        if (a > 0)
            doc_cell(t, a, 2)->e = measure_ratio(x, first, run->n_tasks, 1).e;
    }
    t->note = "Mean over tasks [95 % t-interval]; ratio of means [95 % log-normal, paired].";
}

static void add_all_pairs(struct doc *d, const struct analysis_run *run)
{
    size_t n = run->n_arms * (run->n_arms - 1) / 2, k = 0;
    size_t(*pairs)[2] CLEANUP_FREE = xcalloc(n + 1, sizeof *pairs);
    for (size_t a = 0; a < run->n_arms; a++)
        for (size_t b = a + 1; b < run->n_arms; b++, k++) {
            pairs[k][0] = a;
            pairs[k][1] = b;
        }
    section_pairs(d, run, (const size_t(*)[2])pairs, n);
}

/* Leaving out is a choice: what the others could have made of it. */
static void add_bounds(struct doc *d, const struct analysis_outcomes *o, size_t b)
{
    struct stats_ci bounds = outcomes_bounds(o, 0, b);
    struct str s CLEANUP_STR = {0};
    str_addf(&s, "If every missing outcome counts against %s: ", o->run.arms[0]);
    decimal_add(&s, 100 * bounds.low, 1, true);
    str_addf(&s, " pp; if every one counts for it: ");
    decimal_add(&s, 100 * bounds.high, 1, true);
    doc_add_text(d, "%s pp (%s - %s, over all %zu tasks of the table).", str_text(&s),
                 o->run.arms[0], o->run.arms[b], o->n_seen);
}

/* What so many tasks could have found, by the variances of the tasks themselves. */
static void add_power(struct doc *d, const struct analysis_run *run, size_t b)
{
    struct stats_design design;
    if (!power_of_arms(run, 0, b, &design) || !stats_design_has_spread(&design))
        return;
    double found = stats_detectable(&design, (long)run->n_tasks, run->samples);
    if (isnan(found))
        return;
    doc_add_text(
        d,
        "Power: %zu tasks x %d samples find a true difference of %.1f pp in 80 of 100 runs "
        "(%s - %s, with the variances of this table); 'hrm power' plans others.",
        run->n_tasks, run->samples, 100 * found, run->arms[0], run->arms[b]);
}

struct doc *outcomes_doc(const struct analysis_outcomes *o, const char *name)
{
    const struct analysis_run *run = &o->run;
    struct doc *d = doc_new(name);
    struct str left CLEANUP_STR = {0};
    if (o->unpaired)
        str_addf(&left, " Left out: %ld task%s without an outcome in every arm.", o->unpaired,
                 o->unpaired == 1 ? "" : "s");
    if (o->blank)
        str_addf(&left, " Left out: %ld row%s without an outcome.", o->blank,
                 o->blank == 1 ? "" : "s");
    if (o->source)
        doc_add_text(d, "%s", o->source);
    doc_add_text(d, "%zu tasks x %zu arm%s, %ld rows.%s", run->n_tasks, run->n_arms,
                 run->n_arms == 1 ? "" : "s", o->rows, str_text(&left));
    for (size_t b = 1; b < run->n_arms && (o->blank || o->unpaired); b++)
        add_bounds(d, o, b);
    section_rates(d, run);
    if (run->n_arms > 2)
        add_all_pairs(d, run);
    for (size_t b = 1; b < run->n_arms; b++)
        section_pair(d, run, 0, b);
    for (size_t b = 1; b < run->n_arms; b++)
        add_power(d, run, b);
    if (o->has_seconds)
        section_time(d, run);
    if (o->has_tokens)
        add_tokens(d, run);
    return d;
}

/* ---- two runs ---- */

/* Facts that are not listed as differences: those that always differ, and those that repeat others
 * (the command). */
static bool is_circumstance(const char *path)
{
    static const char *const prefix[] = {"status",   "command",     "created",
                                         "updated",  "config_hash", "criteria",
                                         "decided",  "stopping",    "experiment.criteria",
                                         "selection"};
    for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++)
        if (str_starts(path, prefix[i]))
            return true;
    return false;
}

struct difference {
    const char *path, *value[2];
};

struct differences {
    struct difference *d; /* [n] */
    size_t n, cap;
    struct arena *arena;
};

static const char *shown(const json_t *j, struct arena *arena)
{
    if (!j || json_is_null(j))
        return "-";
    if (json_is_string(j))
        return arena_strdup(arena, json_string_value(j));
    char *text CLEANUP_FREE = json_text(j);
    return arena_strdup(arena, text);
}

static void collect(struct differences *out, const char *path, json_t *a, json_t *b)
{
    if ((!a && !b) || (a && b && json_equal(a, b)) || is_circumstance(path))
        return;
    bool maps = (!a || json_is_object(a)) && (!b || json_is_object(b));
    if (!maps) {
        out->d = xgrow(out->d, &out->cap, out->n + 1, sizeof *out->d);
        out->d[out->n++] = (struct difference){arena_strdup(out->arena, path),
                                               {shown(a, out->arena), shown(b, out->arena)}};
        return;
    }
    const char *key;
    json_t *value;
    for (int side = 0; side < 2; side++)
        json_object_foreach (side ? b : a, key, value) {
            if (side && json_object_get(a, key))
                continue; /* seen */
            char *below CLEANUP_FREE = xasprintf("%s%s%s", path, *path ? "." : "", key);
            collect(out, below, json_object_get(a, key), json_object_get(b, key));
        }
}

static void add_differing_facts(struct doc *d, const struct analysis_run *a,
                                const struct analysis_run *b)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "what", ""}, {DOC_WORD, "first", ""}, {DOC_WORD, "second", ""}};
    struct differences all = {.arena = d->arena};
    collect(&all, "", a->manifest.json, b->manifest.json);
    if (all.n == 0)
        doc_add_text(d, "The manifests do not differ: two runs of the very same configuration.");
    else {
        struct doc_table *t = doc_add_table(d, "What differs", columns, 3, all.n);
        for (size_t i = 0; i < all.n; i++) {
            doc_cell(t, i, 0)->text = all.d[i].path;
            doc_cell(t, i, 1)->text = all.d[i].value[0];
            doc_cell(t, i, 2)->text = all.d[i].value[1];
        }
    }
    free(all.d);
}

static int check_suites(const struct analysis_run *a, const struct analysis_run *b, struct err *err)
{
    const char *x = a->manifest.suite.path, *y = b->manifest.suite.path;
    const char *hash_x = a->manifest.suite.sha256, *hash_y = b->manifest.suite.sha256;
    if (str_eq(hash_x, hash_y))
        return 0;
    return err_input(err,
                     "the suites differ: the first run's is %s (sha256 %.12s), the second's is %s "
                     "(sha256 %.12s); only runs of the same tasks can be compared",
                     *x ? x : "unknown", hash_x, *y ? y : "unknown", hash_y);
}

/* The arms of both runs, or the one named: their places in either. How many. */
static size_t shared_arms(const struct analysis_run *a, const struct analysis_run *b,
                          const char *only, size_t (*place)[2])
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_arms; i++)
        for (size_t j = 0; j < b->n_arms; j++)
            if (str_eq(a->arms[i], b->arms[j]) && (!only || str_eq(only, a->arms[i]))) {
                place[n][0] = i;
                place[n++][1] = j;
            }
    return n;
}

/* The runs' models where they differ, else "1st" and "2nd". */
static const char *side_name(const struct analysis_run *const runs[2], int side)
{
    const char *name[2];
    for (int i = 0; i < 2; i++)
        name[i] = runs[i]->manifest.model.name;
    return *name[0] && *name[1] && !str_eq(name[0], name[1]) ? name[side] : side ? "2nd" : "1st";
}

/* Costs are compared where both runs have prices in one currency. */
static const char *same_currency(const struct analysis_run *const runs[2])
{
    const char *a = runs[0]->prices.currency, *b = runs[1]->prices.currency;
    return a && b && str_eq(a, b) ? a : NULL;
}

/* The tasks that both runs have finished; arms in pairs: x of the first, x of the second, y of ...
 */
static void pair_up(const struct analysis_run *const runs[2], size_t (*place)[2], size_t n,
                    struct analysis_run *out)
{
    struct names second = {.arena = out->arena};
    size_t *at CLEANUP_FREE = xcalloc(runs[1]->n_tasks + 1, sizeof *at);
    for (size_t i = 0; i < runs[1]->n_tasks; i++)
        at[names_index(&second, runs[1]->tasks[i].id)] = i;
    out->n_arms = 2 * n;
    out->arms = arena_alloc(out->arena, (2 * n + 1) * sizeof *out->arms);
    for (size_t a = 0; a < 2 * n; a++)
        out->arms[a] = arena_printf(out->arena, "%s, %s", runs[0]->arms[place[a / 2][0]],
                                    side_name(runs, (int)(a % 2)));
    out->tasks = xcalloc(runs[0]->n_tasks + 1, sizeof *out->tasks);
    out->tallies = xcalloc(runs[0]->n_tasks * out->n_arms + 1, sizeof *out->tallies);
    for (size_t i = 0; i < runs[0]->n_tasks; i++) {
        size_t known = second.n, j = names_index(&second, runs[0]->tasks[i].id);
        if (j == known || !runs[0]->tasks[i].sets || !runs[1]->tasks[at[j]].sets)
            continue;
        size_t task = out->n_tasks++;
        out->tasks[task] = runs[0]->tasks[i];
        for (size_t a = 0; a < out->n_arms; a++) {
            const struct analysis_tally *t = a % 2 ? analysis_tally(runs[1], at[j], place[a / 2][1])
                                                   : analysis_tally(runs[0], i, place[a / 2][0]);
            *analysis_tally(out, task, a) = *t;
            if (t->samples > out->samples)
                out->samples = t->samples;
        }
    }
    out->sets = (long)out->n_tasks;
    out->prices.currency = same_currency(runs);
    out->clusters = runs[0]->clusters; /* of one suite: the same in both */
    out->n_clusters = runs[0]->n_clusters;
    out->clustered_by = runs[0]->clustered_by;
    names_free(&second);
}

static struct doc *describe(const struct analysis_run *const runs[2], const char *const names[2],
                            const struct analysis_run *made)
{
    struct doc *d = doc_new("");
    size_t n = made->n_arms / 2, only[2] = {0};
    d->title = arena_printf(d->arena, "%s against %s", names[0], names[1]);
    add_differing_facts(d, runs[0], runs[1]);
    for (int i = 0; i < 2; i++)
        for (size_t t = 0; t < runs[i]->n_tasks; t++)
            only[i] += runs[i]->tasks[t].sets > 0;
    doc_add_text(d,
                 "%zu tasks are complete in both runs and paired (of %zu in the first, %zu in the "
                 "second).",
                 made->n_tasks, only[0], only[1]);
    section_rates(d, made);
    section_money(d, made);
    size_t(*pairs)[2] CLEANUP_FREE = xcalloc(n + 1, sizeof *pairs);
    for (size_t i = 0; i < n; i++) {
        pairs[i][0] = 2 * i;
        pairs[i][1] = 2 * i + 1;
    }
    if (n > 1)
        section_pairs(d, made, (const size_t(*)[2])pairs, n);
    for (size_t i = 0; i < n; i++)
        section_pair(d, made, 2 * i, 2 * i + 1);
    return d;
}

struct doc *compare_doc(const struct analysis_run *first, const struct analysis_run *second,
                        const char *const names[2], const char *arm, struct analysis_run *made,
                        struct err *err)
{
    const struct analysis_run *const runs[2] = {first, second};
    size_t(*place)[2] CLEANUP_FREE = xcalloc(first->n_arms * second->n_arms + 1, sizeof *place);
    size_t n = shared_arms(first, second, arm, place);
    if (check_suites(first, second, err) < 0)
        return NULL;
    if (n == 0) {
        if (arm)
            err_input(err, "--arm: no arm '%s' is in both runs", arm);
        else
            err_input(err, "the runs have no arm in common");
        return NULL;
    }
    *made = (struct analysis_run){.arena = arena_new(), .manifest = manifest_of(NULL)};
    pair_up(runs, place, n, made);
    if (made->n_tasks > 0)
        return describe(runs, names, made);
    analysis_run_free(made);
    err_input(err, "no task is complete in both runs");
    return NULL;
}
