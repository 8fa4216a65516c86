/* See outcomes.h. */
#include "analysis/outcomes.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/err.h"
#include "base/decimal.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/csv.h"
#include "analysis/names.h"
#include "stats/summary.h"

enum column { TASK, ARM, PASSED, SAMPLE, SECONDS, TOKENS, CLUSTER, COLUMNS };

struct row {
    uint32_t task, arm, sample, cluster;
    int line;
    bool passed, blank; /* blank: no outcome */
    double seconds, tokens;
};

struct table {
    struct csv csv;
    size_t at[COLUMNS]; /* place of each column; SIZE_MAX = there is none */
    struct names tasks, arms, samples, clusters;
    struct row *row; /* [n] */
    size_t n, cap;
};

/* ---- one row ---- */

/* Spaces around a field are no part of it. In place. */
static const char *trimmed(const char *field)
{
    char *text = (char *)field; /* the row's arena is ours */
    while (*text == ' ')
        text++;
    size_t n = strlen(text);
    while (n && text[n - 1] == ' ')
        text[--n] = '\0';
    return text;
}

static int find_columns(struct table *t, struct err *err)
{
    static const char *const names[COLUMNS] = {"task",    "arm",    "passed", "sample",
                                               "seconds", "tokens", "cluster"};
    int rc = csv_next(&t->csv, err);
    if (rc <= 0)
        return rc < 0 ? rc
                      : err_input(err,
                                  "%s: found nothing; expected a header with the columns "
                                  "task, arm and passed",
                                  t->csv.name);
    for (int c = 0; c < COLUMNS; c++) {
        t->at[c] = SIZE_MAX;
        for (size_t i = 0; i < t->csv.n; i++) {
            const char *name = trimmed(t->csv.field[i]);
            bool same = strcasecmp(name, names[c]) == 0 ||
                        (c == TOKENS && strcasecmp(name, "generated_tokens") == 0);
            if (!same)
                continue;
            if (t->at[c] != SIZE_MAX)
                return err_input(err, "%s:1: found two columns '%s'", t->csv.name, names[c]);
            t->at[c] = i;
        }
        if (c <= PASSED && t->at[c] == SIZE_MAX)
            return err_input(err,
                             "%s:1: found no column '%s'; expected a header with task, arm and "
                             "passed (and sample, seconds, tokens where known)",
                             t->csv.name, names[c]);
    }
    return 0;
}

static const char *field(const struct table *t, enum column c)
{
    return t->at[c] == SIZE_MAX ? "" : trimmed(t->csv.field[t->at[c]]);
}

static bool is_blank(const char *text)
{
    static const char *const words[] = {"", "NA", "NaN", "null", "None"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(words[i], text) == 0)
            return true;
    return false;
}

/* 1 and *out, 0 when there is no outcome. */
static int read_passed(const struct table *t, bool *out, struct err *err)
{
    static const char *const yes[] = {"1", "true", "pass", "passed", "yes", "1.0"};
    static const char *const no[] = {"0", "false", "fail", "failed", "no", "0.0"};
    const char *text = field(t, PASSED);
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        *out = strcasecmp(text, yes[i]) == 0;
        if (*out || strcasecmp(text, no[i]) == 0)
            return 1;
    }
    return is_blank(text) ? 0
                          : err_input(err,
                                      "%s:%d: passed: found '%s'; expected 0 or 1, true or false, "
                                      "pass or fail, or nothing",
                                      t->csv.name, t->csv.line, text);
}

static int read_number(const struct table *t, enum column c, const char *name, double *out,
                       struct err *err)
{
    const char *text = field(t, c);
    *out = NAN;
    if (is_blank(text))
        return 0;
    if (!decimal_parse(text, out) || !(*out >= 0 && *out < 1e15))
        return err_input(err, "%s:%d: %s: found '%s'; expected a number of at least 0", t->csv.name,
                         t->csv.line, name, text);
    return 0;
}

/* An arm's name is printed, so control characters are refused. */
static int check_arm(const struct table *t, struct err *err)
{
    const char *arm = field(t, ARM);
    bool plain = utf8_valid(arm, strlen(arm));
    for (const char *p = arm; *p; p++)
        plain &= (unsigned char)*p >= ' ' && *p != 0x7f;
    return plain ? 0
                 : err_input(err, "%s:%d: arm: found bytes that are not plain text", t->csv.name,
                             t->csv.line);
}

static int read_row(struct table *t, struct err *err)
{
    if (t->csv.n <= t->at[TASK] || t->csv.n <= t->at[ARM] || t->csv.n <= t->at[PASSED] ||
        (t->at[SAMPLE] != SIZE_MAX && t->csv.n <= t->at[SAMPLE]) ||
        (t->at[SECONDS] != SIZE_MAX && t->csv.n <= t->at[SECONDS]) ||
        (t->at[TOKENS] != SIZE_MAX && t->csv.n <= t->at[TOKENS]) ||
        (t->at[CLUSTER] != SIZE_MAX && t->csv.n <= t->at[CLUSTER]))
        return err_input(err, "%s:%d: found %zu fields; the header has more", t->csv.name,
                         t->csv.line, t->csv.n);
    struct row r = {.line = t->csv.line, .sample = UINT32_MAX};
    int rc = read_passed(t, &r.passed, err);
    if (rc < 0)
        return rc;
    r.blank = rc == 0; /* it still says which arm comes first, and what is missing */
    if (!*field(t, TASK) || !*field(t, ARM))
        return err_input(err, "%s:%d: found no %s", t->csv.name, t->csv.line,
                         *field(t, TASK) ? "arm" : "task");
    rc = check_arm(t, err);
    if (rc == 0)
        rc = read_number(t, SECONDS, "seconds", &r.seconds, err);
    if (rc == 0)
        rc = read_number(t, TOKENS, "tokens", &r.tokens, err);
    if (rc < 0)
        return rc;
    r.task = (uint32_t)names_index(&t->tasks, field(t, TASK));
    r.arm = (uint32_t)names_index(&t->arms, field(t, ARM));
    if (t->at[CLUSTER] != SIZE_MAX)
        r.cluster = (uint32_t)names_index(&t->clusters, field(t, CLUSTER));
    if (t->at[SAMPLE] != SIZE_MAX)
        r.sample = (uint32_t)names_index(&t->samples, field(t, SAMPLE));
    t->row = xgrow(t->row, &t->cap, t->n + 1, sizeof *t->row);
    t->row[t->n++] = r;
    return 0;
}

/* ---- the arms wanted ---- */

/* place[old] = new, or SIZE_MAX when the arm is not wanted. */
static int choose_arms(const struct table *t, const char *wanted, struct analysis_run *run,
                       size_t *place, struct err *err)
{
    run->arms = arena_alloc(run->arena, (t->arms.n + 1) * sizeof *run->arms);
    bool *known CLEANUP_FREE = xcalloc(t->arms.n + 1, sizeof *known);
    for (size_t i = 0; i < t->n; i++)
        known[t->row[i].arm] |= !t->row[i].blank;
    for (size_t a = 0; a < t->arms.n; a++) {
        place[a] = SIZE_MAX;
        if (wanted || !known[a]) /* an arm without any outcome cannot be compared */
            continue;
        place[a] = run->n_arms;
        run->arms[run->n_arms++] = arena_strdup(run->arena, t->arms.name[a]);
    }
    if (!wanted)
        return 0;
    char *list CLEANUP_FREE = xstrdup(wanted), *rest = NULL;
    for (char *name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        size_t a = 0;
        while (a < t->arms.n && !str_eq(t->arms.name[a], name))
            a++;
        if (a == t->arms.n)
            return err_input(err, "%s: there is no arm '%s'", t->csv.name, name);
        if (place[a] != SIZE_MAX)
            return err_input(err, "--arms: '%s' is named twice", name);
        place[a] = run->n_arms;
        run->arms[run->n_arms++] = arena_strdup(run->arena, name);
    }
    return 0;
}

static int by_attempt(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->task != y->task)
        return x->task < y->task ? -1 : 1;
    if (x->arm != y->arm)
        return x->arm < y->arm ? -1 : 1;
    if (x->sample != y->sample)
        return x->sample < y->sample ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* Keeps the rows of the arms wanted, sorted; refuses the same sample twice. */
static int sort_rows(struct table *t, const size_t *place, struct err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (place[t->row[i].arm] != SIZE_MAX) {
            t->row[n] = t->row[i];
            t->row[n++].arm = (uint32_t)place[t->row[i].arm];
        }
    t->n = n;
    if (n)
        qsort(t->row, n, sizeof *t->row, by_attempt);
    for (size_t i = 1; i < n; i++) {
        const struct row *x = &t->row[i - 1], *y = &t->row[i];
        if (x->task == y->task && x->arm == y->arm && x->sample == y->sample &&
            x->sample != UINT32_MAX)
            return err_input(err,
                             "%s:%d: found task '%s' and sample '%s' again for the same arm; "
                             "they stand in line %d already",
                             t->csv.name, y->line, t->tasks.name[y->task],
                             t->samples.name[y->sample], x->line);
    }
    return 0;
}

/* ---- into a run ---- */

static void add_attempt(struct analysis_run *run, const struct row *r, size_t task)
{
    struct analysis_tally *t = analysis_tally(run, task, r->arm);
    t->samples++;
    t->solved += r->passed;
    t->seconds += r->seconds;
    t->generated_tokens += r->tokens;
    run->played[run->n_played++] =
        (struct analysis_episode){.task = (uint32_t)task,
                                  .arm = r->arm,
                                  .status = STORE_DONE,
                                  .passed = r->passed,
                                  .counts = true,
                                  .cap = N_CAPS,
                                  .seconds = r->seconds,
                                  .generated_tokens = r->tokens,
                                  .solve_seconds = r->passed ? r->seconds : -1};
}

/* Of the n rows of one task: how many have an outcome in each arm, solved or not, and how many
 * none. */
static void note_attempts(struct analysis_outcomes *o, const struct row *r, size_t n)
{
    struct analysis_attempts *seen = o->attempts + o->n_seen++ * o->run.n_arms;
    for (size_t i = 0; i < n; i++) {
        struct analysis_attempts *of = &seen[r[i].arm];
        of->blank += r[i].blank;
        of->known += !r[i].blank;
        of->solved += !r[i].blank && r[i].passed;
        o->blank += r[i].blank;
    }
}

/* The n rows of one task: kept when every arm has an outcome. scratch: [n] */
static int add_task(struct analysis_outcomes *o, const struct table *t, const struct row *r,
                    size_t n, double *scratch, struct err *err)
{
    struct analysis_run *run = &o->run;
    size_t task = run->n_tasks;
    const struct analysis_attempts *seen = o->attempts + o->n_seen * run->n_arms;
    note_attempts(o, r, n);
    for (size_t i = 1; i < n; i++)
        if (r[i].cluster != r[0].cluster)
            return err_input(
                err, "%s:%d: found task '%s' in cluster '%s'; it is in '%s' in line %d",
                t->csv.name, r[i].line, t->tasks.name[r->task], t->clusters.name[r[i].cluster],
                t->clusters.name[r[0].cluster], r[0].line);
    for (size_t a = 0; a < run->n_arms; a++)
        if (seen[a].known == 0) {
            o->unpaired++;
            return 0;
        }
    run->n_tasks++;
    run->tasks[task] =
        (struct analysis_task){.id = arena_strdup(run->arena, t->tasks.name[r->task]),
                               .sets = 1,
                               .cluster = (int)r->cluster};
    for (size_t i = 0; i < n; i++) {
        if (r[i].blank)
            continue;
        add_attempt(run, &r[i], task);
        o->rows++;
    }
    for (size_t a = 0; a < run->n_arms; a++) {
        struct analysis_tally *tally = analysis_tally(run, task, a);
        size_t solved = 0;
        for (size_t i = 0; i < n; i++)
            if (r[i].arm == a && !r[i].blank && r[i].passed)
                scratch[solved++] = r[i].seconds;
        tally->solve_seconds = stats_quantile(scratch, solved, 0.5);
        if (tally->samples > run->samples)
            run->samples = tally->samples;
    }
    run->sets++;
    return 0;
}

static void name_clusters(struct analysis_run *run, const struct table *t)
{
    if (t->at[CLUSTER] == SIZE_MAX)
        return;
    run->n_clusters = t->clusters.n;
    run->clustered_by = "cluster";
    run->clusters = arena_alloc(run->arena, (t->clusters.n + 1) * sizeof *run->clusters);
    for (size_t i = 0; i < t->clusters.n; i++)
        run->clusters[i] = arena_strdup(run->arena, t->clusters.name[i]);
}

static int fill_run(struct analysis_outcomes *o, const struct table *t, struct err *err)
{
    struct analysis_run *run = &o->run;
    run->groups = arena_alloc(run->arena, sizeof *run->groups);
    run->groups[0] = "";
    run->n_groups = 1;
    run->tasks = xcalloc(t->tasks.n + 1, sizeof *run->tasks);
    run->tallies = xcalloc(t->tasks.n * run->n_arms + 1, sizeof *run->tallies);
    run->played = xcalloc(t->n + 1, sizeof *run->played);
    o->attempts = arena_alloc(run->arena, (t->tasks.n * run->n_arms + 1) * sizeof *o->attempts);
    name_clusters(run, t);
    double *scratch CLEANUP_FREE = xcalloc(t->n + 1, sizeof *scratch);
    int rc = 0;
    for (size_t i = 0, m; rc == 0 && i < t->n; i += m) {
        for (m = 1; i + m < t->n && t->row[i + m].task == t->row[i].task;)
            m++;
        rc = add_task(o, t, &t->row[i], m, scratch, err);
    }
    run->episodes = run->done = (long)run->n_played;
    o->has_seconds = t->at[SECONDS] != SIZE_MAX;
    o->has_tokens = t->at[TOKENS] != SIZE_MAX;
    for (size_t i = 0; i < run->n_played; i++) { /* known for all of them, or not at all */
        o->has_seconds &= !isnan(run->played[i].seconds);
        o->has_tokens &= !isnan(run->played[i].generated_tokens);
    }
    return rc;
}

/* The rate at best, or at worst. */
static double bound(const struct analysis_attempts *t, bool best)
{
    long n = t->known + t->blank;
    return n ? (double)(t->solved + (best ? t->blank : 0)) / (double)n : best;
}

struct stats_ci outcomes_bounds(const struct analysis_outcomes *o, size_t a, size_t b)
{
    struct stats_ci sum = {0, 0};
    double n = (double)o->n_seen;
    for (size_t i = 0; i < o->n_seen; i++) {
        const struct analysis_attempts *x = o->attempts + i * o->run.n_arms + a;
        const struct analysis_attempts *y = o->attempts + i * o->run.n_arms + b;
        sum.low += bound(x, false) - bound(y, true);
        sum.high += bound(x, true) - bound(y, false);
    }
    return (struct stats_ci){sum.low / n, sum.high / n};
}

static int read_table(struct table *t, const char *arms, struct analysis_outcomes *o,
                      struct err *err)
{
    int rc = find_columns(t, err), more = 0;
    while (rc == 0 && (more = csv_next(&t->csv, err)) > 0)
        rc = read_row(t, err);
    if (rc < 0 || more < 0)
        return -EINVAL;
    size_t *place CLEANUP_FREE = xcalloc(t->arms.n + 1, sizeof *place);
    rc = choose_arms(t, arms, &o->run, place, err);
    if (rc == 0)
        rc = sort_rows(t, place, err);
    if (rc == 0)
        rc = fill_run(o, t, err);
    if (rc == 0 && o->run.n_tasks == 0)
        rc = err_input(err, "%s: found no task that has an outcome in every arm", t->csv.name);
    return rc;
}

int outcomes_read(const char *path, const char *arms, struct analysis_outcomes *out,
                  struct err *err)
{
    char *text CLEANUP_FREE = NULL;
    size_t n;
    int rc = file_read(path, 0, &text, &n, err);
    return rc < 0 ? rc
                  : outcomes_parse(str_eq(path, "-") ? "standard input" : path, text, n, arms, out,
                                   err);
}

int outcomes_parse(const char *name, const char *text, size_t n, const char *arms,
                   struct analysis_outcomes *out, struct err *err)
{
    const char *nul = memchr(text, '\0', n);
    if (nul) {
        int line = 1;
        for (const char *p = text; p < nul; p++)
            line += *p == '\n';
        return err_input(err, "%s:%d: found a NUL byte; expected text", name, line);
    }
    struct arena *arena = arena_new();
    struct analysis_outcomes o = {.run = {.arena = arena_new(), .manifest = manifest_of(NULL)}};
    struct table t = {.csv = csv_open(name, text, n),
                      .tasks = {.arena = arena},
                      .arms = {.arena = arena},
                      .samples = {.arena = arena},
                      .clusters = {.arena = arena}};
    int rc = read_table(&t, arms, &o, err);
    csv_close(&t.csv);
    names_free(&t.tasks);
    names_free(&t.arms);
    names_free(&t.samples);
    names_free(&t.clusters);
    free(t.row);
    arena_free(arena);
    if (rc == 0)
        *out = o;
    else
        analysis_run_free(&o.run);
    return rc;
}
