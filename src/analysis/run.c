/* Reads a run's episodes once, sorts them into sets, and adds the complete sets up by task and arm.
 */
#include "analysis/run.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "analysis/clusters.h"
#include "analysis/money.h"
#include "analysis/names.h"
#include "stats/summary.h"
#include "store/store.h"

/* Numbers of the record in order of first appearance. */
struct ids {
    const char *const *name; /* [n_names] of number i + 1 */
    uint32_t *place;         /* [n_names] 1 + index into met, 0 = not met */
    const char **met;        /* [n] */
    size_t n_names, n;
};

struct loader {
    struct analysis_run *run;
    struct ids arms, tasks, roles;
    struct names groups;
    struct analysis_episode *episodes;
    size_t n, cap;
    struct analysis_episode **by_id; /* [n_ids] those that are done, else NULL */
    size_t n_ids;
    size_t n_moments, cap_moments, n_shares, cap_shares;
};

static uint32_t meet(struct ids *s, long id)
{
    uint32_t *place = &s->place[id - 1];
    if (*place == 0) {
        s->met[s->n++] = s->name[id - 1];
        *place = (uint32_t)s->n;
    }
    return *place - 1;
}

static int read_ids(struct store *store, enum store_names of, struct ids *s, struct arena *arena,
                    struct err *err)
{
    int rc = store_names(store, of, &s->name, &s->n_names, arena, err);
    s->place = arena_alloc(arena, (s->n_names + 1) * sizeof *s->place);
    s->met = arena_alloc(arena, (s->n_names + 1) * sizeof *s->met);
    return rc;
}

static void add_moment(struct loader *l, struct analysis_episode *e, struct store_moment m)
{
    struct analysis_run *run = l->run;
    run->moments = xgrow(run->moments, &l->cap_moments, l->n_moments + 1, sizeof *run->moments);
    if (e->n_moments++ == 0)
        e->first_moment = l->n_moments;
    run->moments[l->n_moments++] =
        (struct analysis_moment){m.seconds, (uint32_t)m.generated_tokens, (uint32_t)m.calls,
                                 (uint32_t)m.tool_runs, m.passed};
}

static struct analysis_episode *done_episode(const struct loader *l, long long id)
{
    return id >= 0 && (size_t)id < l->n_ids ? l->by_id[id] : NULL;
}

static int keep_moment(void *ctx, long long id, const struct store_moment *moment)
{
    struct loader *l = ctx;
    struct analysis_episode *e = done_episode(l, id);
    if (e)
        add_moment(l, e, *moment);
    return 0;
}

static int keep_share(void *ctx, long long id, long role, const struct store_share *s)
{
    struct loader *l = ctx;
    struct analysis_run *run = l->run;
    struct analysis_episode *e = done_episode(l, id);
    if (!e)
        return 0;
    run->shares = xgrow(run->shares, &l->cap_shares, l->n_shares + 1, sizeof *run->shares);
    if (e->n_shares++ == 0)
        e->first_share = l->n_shares;
    run->shares[l->n_shares++] =
        (struct analysis_share){.role = (uint32_t)role,
                                .spent = {[ROLE_CALLS] = (float)s->calls,
                                          [ROLE_TOOL_RUNS] = (float)s->tool_runs,
                                          [ROLE_PROMPT_TOKENS] = (float)s->prompt_tokens,
                                          [ROLE_GENERATED_TOKENS] = (float)s->generated_tokens,
                                          [ROLE_MODEL_SECONDS] = (float)s->model_seconds,
                                          [ROLE_TOOL_SECONDS] = (float)s->tool_seconds}};
    return 0;
}

/* Shares and moments of the episodes that are done; roles are numbered as these meet them. A passed
 * episode without a moment passed when it ended. */
static int keep_spent(struct loader *l, struct store *store, struct err *err)
{
    l->by_id = xcalloc(l->n_ids + 1, sizeof *l->by_id);
    for (size_t i = 0; i < l->n; i++)
        if (l->episodes[i].done)
            l->by_id[l->episodes[i].id] = &l->episodes[i];
    int rc = store_moments(store, keep_moment, l, err);
    if (rc == 0)
        rc = store_shares(store, keep_share, l, err);
    for (size_t i = 0; rc == 0 && i < l->n; i++) {
        struct analysis_episode *e = &l->episodes[i];
        if (e->passed && e->n_moments == 0)
            add_moment(l, e,
                       (struct store_moment){(long)e->generated_tokens, e->calls, e->tool_runs,
                                             e->seconds, true});
        for (uint32_t k = 0; k < e->n_shares; k++) {
            struct analysis_share *share = &l->run->shares[e->first_share + k];
            share->role = meet(&l->roles, share->role);
        }
    }
    return rc;
}

static int keep_disputed(void *ctx, long long id)
{
    struct analysis_episode *e = done_episode(ctx, id);
    if (e)
        e->disputed = true;
    return 0;
}

/* Once the tasks are numbered by first appearance. */
static int keep_way(void *ctx, long task, bool one_process)
{
    struct loader *l = ctx;
    uint32_t place = l->tasks.place[task - 1];
    if (place == 0)
        return 0;
    l->run->tasks[place - 1].graded = true;
    l->run->tasks[place - 1].one_process = one_process;
    l->run->tasks_graded++;
    l->run->tasks_one_process += one_process;
    return 0;
}

/* A task whose reference fails its own hidden tests does not measure the arms: its set is dropped,
 * as after a fault. */
static bool is_broken(const struct analysis_episode *e)
{
    return e->flags >> TAXONOMY_I2 & 1;
}

static void note_fault(struct analysis_run *run, const char *sentence)
{
    if (!run->first_fault)
        run->first_fault = sentence;
}

static int keep_row(void *ctx, long long id, long task, long arm, const struct store_episode *row)
{
    struct loader *l = ctx;
    l->episodes = xgrow(l->episodes, &l->cap, l->n + 1, sizeof *l->episodes);
    struct analysis_episode *e = &l->episodes[l->n++];
    *e = (struct analysis_episode){
        .id = id,
        .task = meet(&l->tasks, task),
        .arm = meet(&l->arms, arm),
        .group = (uint32_t)names_index(&l->groups, row->group),
        .sample = row->sample,
        .steps = row->steps,
        .status = row->status,
        .done = row->status == STORE_DONE,
        .passed = row->status == STORE_DONE && row->passed,
        .label = 1 + taxonomy_index(row->label),
        .flags = taxonomy_parse(row->flags),
        .inapplicable = taxonomy_parse(row->inapplicable),
        .untagged = row->status == STORE_DONE && !row->passed && !*row->label,
        .cap = store_cap_of_stop(row->stop),
        .iterations = row->iterations,
        .calls = row->calls,
        .tool_runs = row->tool_runs,
        .generated_tokens = (double)row->generated_tokens,
        .prompt_tokens = (double)row->prompt_tokens,
        .seconds = row->seconds,
        .solve_seconds = row->solve_seconds,
    };
    l->n_ids = (size_t)id >= l->n_ids ? (size_t)id + 1 : l->n_ids;
    l->run->done += row->status == STORE_DONE;
    l->run->pending += row->status == STORE_PENDING;
    l->run->faults += row->status == STORE_ERROR;
    if (row->status == STORE_ERROR)
        note_fault(l->run, arena_strdup(l->run->arena, row->error));
    if (is_broken(e)) {
        note_fault(l->run, arena_printf(l->run->arena,
                                        "the reference solution of %s fails its own hidden tests",
                                        l->tasks.name[task - 1]));
        e->status = STORE_ERROR;
    }
    return 0;
}

/* Of one task. */
static int by_set(const void *a, const void *b)
{
    const struct analysis_episode *x = a, *y = b;
    if (x->sample != y->sample)
        return x->sample < y->sample ? -1 : 1;
    return x->arm < y->arm ? -1 : x->arm > y->arm;
}

static void add_played(struct analysis_tally *t, const struct analysis_episode *e)
{
    t->samples++;
    t->solved += e->passed;
    long long *first = e->passed ? &t->a_solved : &t->a_failed;
    *first = *first ? *first : e->id;
    t->iterations += e->iterations;
    t->calls += e->calls;
    t->tool_runs += e->tool_runs;
    t->seconds += e->seconds;
    t->generated_tokens += e->generated_tokens;
    t->prompt_tokens += e->prompt_tokens;
}

/* The rows of one task and seed in a curriculum: each cell by itself. */
static void add_cells(struct analysis_run *run, struct analysis_episode *e, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        e[i].counts = e[i].status == STORE_DONE;
        if (e[i].counts)
            add_played(analysis_tally(run, e[i].task, e[i].arm), &e[i]);
        else
            run->open[e[i].arm * (size_t)run->seeds + (size_t)e[i].sample]++;
    }
    run->tasks[e->task].sets++;
}

/* One set: n rows of one task and sample. */
static void add_set(struct analysis_run *run, struct analysis_episode *e, size_t n)
{
    struct analysis_task *task = &run->tasks[e->task];
    size_t done = 0, faults = 0;
    for (size_t i = 0; i < n; i++) {
        done += e[i].status == STORE_DONE;
        faults += e[i].status == STORE_ERROR;
        if (e[i].status == STORE_DONE) { /* only a finished row knows its task's group and steps */
            task->group = (int)e[i].group;
            task->steps = e[i].steps;
        }
    }
    bool complete = done == run->n_arms;
    if (run->curriculum) {
        add_cells(run, e, n);
        return;
    }
    task->sets += complete;
    task->dropped += faults > 0;
    task->unfinished += !complete && faults == 0;
    for (size_t i = 0; i < n; i++) {
        struct analysis_tally *t = analysis_tally(run, e[i].task, e[i].arm);
        e[i].counts = complete;
        if (complete) {
            add_played(t, &e[i]);
        } else if (faults > 0) {
            t->dropped_solved += e[i].status == STORE_DONE && e[i].passed;
            t->dropped_unknown += e[i].status != STORE_DONE;
        }
    }
}

/* The n rows of one task. scratch: [n] */
static void add_task(struct analysis_run *run, struct analysis_episode *e, size_t n,
                     double *scratch)
{
    for (size_t i = 0, m; i < n; i += m) {
        for (m = 1; i + m < n && e[i + m].sample == e[i].sample;)
            m++;
        add_set(run, e + i, m);
    }
    for (size_t arm = 0; arm < run->n_arms; arm++) {
        size_t solved = 0;
        for (size_t i = 0; i < n; i++)
            if (e[i].counts && e[i].arm == arm && e[i].passed)
                scratch[solved++] = e[i].solve_seconds;
        analysis_tally(run, e->task, arm)->solve_seconds = stats_quantile(scratch, solved, 0.5);
    }
    struct analysis_task *task = &run->tasks[e->task];
    run->sets += task->sets;
    run->dropped += task->dropped;
    run->unfinished += task->unfinished;
    if (task->sets > run->samples)
        run->samples = task->sets;
}

/* Where an arm stands in the report: those of the primary comparison first, then as the experiment
 * lists them. */
static size_t arm_rank(const struct analysis_run *run, const char *name)
{
    const json_t *primary = json_object_get(json_array_get(run->manifest.criteria, 0), "arms");
    const json_t *arms = run->manifest.arms, *value;
    size_t i;
    json_array_foreach (primary, i, value) {
        if (str_eq(json_string_value(value), name))
            return i;
    }
    json_array_foreach (arms, i, value) {
        if (str_eq(json_get_str(value, "name", NULL), name))
            return json_array_size(primary) + i;
    }
    return SIZE_MAX;
}

/* Puts the arms, met in random order, into the report's order. */
static void order_arms(struct loader *l)
{
    struct analysis_run *run = l->run;
    size_t n = l->arms.n;
    size_t *rank = xcalloc(n + 1, sizeof *rank), *place = xcalloc(n + 1, sizeof *place);
    for (size_t i = 0; i < n; i++)
        rank[i] = arm_rank(run, l->arms.met[i]);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            place[i] += rank[j] < rank[i] || (rank[j] == rank[i] && j < i);
    for (size_t i = 0; i < n; i++)
        run->arms[place[i]] = l->arms.met[i];
    for (size_t i = 0; i < l->n; i++)
        l->episodes[i].arm = (uint32_t)place[l->episodes[i].arm];
    free(rank);
    free(place);
}

/* What is left of the episodes: those of complete sets. */
static void keep_played(struct loader *l)
{
    struct analysis_run *run = l->run;
    for (size_t i = 0; i < l->n; i++) {
        if (!l->episodes[i].counts)
            continue;
        run->untagged += l->episodes[i].untagged;
        run->disputed += l->episodes[i].disputed;
        l->episodes[run->n_played++] = l->episodes[i];
    }
    run->played = l->episodes;
    l->episodes = NULL;
}

static void add_up(struct loader *l)
{
    struct analysis_run *run = l->run;
    run->n_arms = l->arms.n;
    run->n_tasks = l->tasks.n;
    run->n_groups = l->groups.n;
    run->n_roles = l->roles.n;
    run->roles = l->roles.met;
    run->arms = arena_alloc(run->arena, (run->n_arms + 1) * sizeof *run->arms);
    run->groups = arena_alloc(run->arena, (run->n_groups + 1) * sizeof *run->groups);
    order_arms(l);
    for (size_t i = 0; i < run->n_groups; i++)
        run->groups[i] = l->groups.name[i];
    run->tasks = xcalloc(run->n_tasks + 1, sizeof *run->tasks);
    run->tallies = xcalloc(run->n_tasks * run->n_arms + 1, sizeof *run->tallies);
    run->episodes = (long)l->n;
    for (size_t i = 0; i < run->n_tasks; i++)
        run->tasks[i].id = l->tasks.met[i];
    run->curriculum = run->manifest.curriculum != NULL;
    for (size_t i = 0; i < l->n; i++)
        run->seeds = l->episodes[i].sample >= run->seeds ? l->episodes[i].sample + 1 : run->seeds;
    run->open = xcalloc(run->n_arms * (size_t)run->seeds + 1, sizeof *run->open);
    double *scratch = xcalloc(l->n + 1, sizeof *scratch);
    for (size_t i = 0, m; i < l->n; i += m) { /* the store reads task by task */
        for (m = 1; i + m < l->n && l->episodes[i + m].task == l->episodes[i].task;)
            m++;
        qsort(l->episodes + i, m, sizeof *l->episodes, by_set);
        add_task(run, l->episodes + i, m, scratch);
    }
    free(scratch);
    analysis_cluster_tasks(run);
    keep_played(l);
}

int analysis_load(struct store *store, struct analysis_run *out, struct err *err)
{
    int rc = store_check(store, false, err);
    return rc < 0 ? rc : analysis_load_checked(store, out, err);
}

int analysis_load_checked(struct store *store, struct analysis_run *out, struct err *err)
{
    struct analysis_run run = {.arena = arena_new(), .store = store};
    run.kept = arena_alloc(run.arena, sizeof *run.kept);
    struct loader l = {.run = &run};
    l.groups.arena = run.arena;
    int rc = manifest_read(store, &run.manifest, err);
    if (rc >= 0)
        rc = read_ids(store, STORE_ARMS, &l.arms, run.arena, err);
    if (rc == 0)
        rc = read_ids(store, STORE_TASKS, &l.tasks, run.arena, err);
    if (rc == 0)
        rc = read_ids(store, STORE_ROLES, &l.roles, run.arena, err);
    if (rc == 0)
        rc = store_numbered(store, keep_row, &l, err);
    if (rc == 0)
        rc = keep_spent(&l, store, err);
    if (rc == 0)
        rc = store_disputed(store, keep_disputed, &l, err);
    if (rc == 0 && l.n > 0) {
        add_up(&l);
        analysis_price(&run);
        rc = store_ways(store, keep_way, &l, err);
    }
    names_free(&l.groups);
    free(l.by_id);
    free(l.episodes);
    if (rc == 0)
        *out = run;
    else
        analysis_run_free(&run);
    return rc;
}

void analysis_run_free(struct analysis_run *run)
{
    if (!run)
        return;
    manifest_free(&run->manifest);
    free(run->tasks);
    free(run->tallies);
    free(run->played);
    free(run->moments);
    free(run->open);
    free(run->shares);
    arena_free(run->arena);
    *run = (struct analysis_run){0};
}

size_t analysis_task_means(const struct analysis_run *run, size_t arm, analysis_value_fn *value,
                           const void *ctx, double *x)
{
    size_t n = 0;
    double sum = 0, samples = 0;
    for (size_t i = 0; i < run->n_played; i++) {
        const struct analysis_episode *e = &run->played[i];
        if (e->arm == arm) {
            sum += value(e, ctx);
            samples++;
        }
        if (i + 1 < run->n_played && e[1].task == e->task)
            continue;
        x[n++] = sum / samples;
        sum = samples = 0;
    }
    return n;
}
