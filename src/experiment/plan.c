/* See plan.h. A task's shard is the hash of its id, so shards do not change when the suite grows.
 */
#include "experiment/plan.h"
#include <stdlib.h>
#include <string.h>
#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"

enum { STEPS_KNOWN = 64 };

/* Digits at *text, moved past; at most nine. 0 when there are none. */
static size_t whole_number(const char **text)
{
    size_t n = strspn(*text, "0123456789"), value = 0;
    for (size_t i = 0; i < n && n < 10; i++)
        value = 10 * value + (size_t)((*text)[i] - '0');
    *text += n;
    return value;
}

int plan_parse_limit(const char *text, struct plan_selection *sel, struct err *err)
{
    const char *at = text;
    size_t first = 1, last = whole_number(&at);
    if (*at == '-') {
        at++;
        first = last;
        last = whole_number(&at);
    }
    if (*at || first < 1 || last < first)
        return err_input(
            err, "--limit: expected a number of tasks or a range like 11-20, found '%s'", text);
    sel->first = first;
    sel->last = last;
    return 0;
}

int plan_parse_shard(const char *text, struct plan_selection *sel, struct err *err)
{
    const char *at = text;
    size_t shard = whole_number(&at);
    bool slash = *at == '/';
    at += slash;
    size_t n = whole_number(&at);
    if (*at || !slash || shard < 1 || shard > n)
        return err_input(err, "--shard: expected I/N with I from 1 to N, found '%s'", text);
    sel->shard = (unsigned)shard;
    sel->n_shards = (unsigned)n;
    return 0;
}

static unsigned shard_of_task(const struct task *task, unsigned n)
{
    uint8_t digest[32];
    uint64_t h = 0;
    hash_sha256(task->id, strlen(task->id), digest);
    for (int i = 0; i < 8; i++)
        h = h << 8 | digest[i];
    return (unsigned)(h % n) + 1;
}

/* In a curriculum the cells are dealt out instead, so that each model is trained by one shard only.
 */
static unsigned shard_of_cell(const struct experiment *x, const struct arm *arm, int sample,
                              unsigned n)
{
    struct curriculum_cell cell;
    return curriculum_cell_of(x->curriculum, arm->name, sample, &cell)
               ? (unsigned)(curriculum_cell_number(x->curriculum, &cell) % n) + 1
               : 1;
}

static bool in_shard(const struct experiment *x, const struct plan_selection *sel,
                     const struct task *task)
{
    return x->curriculum || sel->n_shards == 0 || shard_of_task(task, sel->n_shards) == sel->shard;
}

static bool cell_in_shard(const struct experiment *x, const struct plan_selection *sel,
                          const struct arm *arm, int sample)
{
    return !x->curriculum || sel->n_shards == 0 ||
           shard_of_cell(x, arm, sample, sel->n_shards) == sel->shard;
}

unsigned plan_shard_of(const struct plan *p, size_t i, const struct experiment *x, unsigned n)
{
    return x->curriculum ? shard_of_cell(x, p->arms[i], p->items[i].sample, n)
                         : shard_of_task(p->tasks[i], n);
}

/* Which tests a training seed of a curriculum plays: `tests` of each step count, another part of
 * the suite for the next seed (unless same_tests), so that all of them are used although no seed
 * plays all. Orders and sizes of one seed play the same. */
struct parts {
    int of[STEPS_KNOWN];   /* parts that the tasks of a step count make */
    int seen[STEPS_KNOWN]; /* tasks seen so far */
};

static int known_steps(const struct task *task)
{
    return task->steps > 0 && task->steps < STEPS_KNOWN ? task->steps : 0;
}

static void parts_count(const struct experiment *x, const struct suite *suite, struct parts *p)
{
    int wanted = x->curriculum ? x->curriculum->tests : 0;
    for (size_t t = 0; t < suite->n_tasks; t++)
        p->of[known_steps(&suite->tasks[t])]++;
    for (int k = 0; k < STEPS_KNOWN; k++)
        p->of[k] = wanted && p->of[k] > wanted ? p->of[k] / wanted : 1;
}

static bool sample_plays(const struct experiment *x, const struct task *task, int sample, int place,
                         const struct parts *p)
{
    int wanted = x->curriculum ? x->curriculum->tests : 0;
    int part = x->curriculum && x->curriculum->same_tests ? 0 : sample;
    return wanted == 0 || place / wanted == part % p->of[known_steps(task)];
}

static bool is_named(const struct plan_selection *sel, const struct task *task)
{
    for (size_t i = 0; i < sel->n_tasks; i++)
        if (str_eq(sel->tasks[i], task->id))
            return true;
    return sel->n_tasks == 0;
}

static int refuse_task(const struct suite *suite, const char *id, struct err *err)
{
    const char **ids CLEANUP_FREE = xcalloc(suite->n_tasks + 1, sizeof *ids);
    for (size_t i = 0; i < suite->n_tasks; i++)
        ids[i] = suite->tasks[i].id;
    const char *near = str_nearest(id, ids, suite->n_tasks);
    return near ? err_input(err, "--task: there is no task '%s' in %s; did you mean '%s'?", id,
                            suite->path, near)
                : err_input(err, "--task: there is no task '%s' in %s", id, suite->path);
}

static int check_names(const struct suite *suite, const struct plan_selection *sel, struct err *err)
{
    for (size_t i = 0; i < sel->n_tasks; i++)
        if (!suite_find(suite, sel->tasks[i]))
            return refuse_task(suite, sel->tasks[i], err);
    if (sel->last && sel->first > suite->n_tasks)
        return err_input(err, "--limit: %s has only %zu tasks", suite->path, suite->n_tasks);
    return 0;
}

/* Of a curriculum the arms of its file are named, not those of all cells. */
static int refuse_arm(const struct experiment *x, const char *name, struct err *err)
{
    const struct arm *arms = x->curriculum ? x->curriculum->base : x->arms;
    size_t n = x->curriculum ? x->curriculum->n_base : x->n_arms;
    struct str names CLEANUP_STR = {0};
    for (size_t i = 0; i < n; i++)
        str_addf(&names, "%s%s", i ? ", " : "", arms[i].name);
    return err_input(err, "--arms: there is no arm '%s' in %s; it has %s", name, x->path,
                     str_text(&names));
}

/* The arms to run, in the experiment's order; the name of an arm of the file stands for those of
 * all its cells. Caller frees. */
static int select_arms(const struct experiment *x, const char *names, const struct arm ***out,
                       size_t *n_out, struct err *err)
{
    char *list CLEANUP_FREE = xstrdup(names ? names : ""), *rest = NULL;
    bool *keep CLEANUP_FREE = xcalloc(x->n_arms, sizeof *keep);
    size_t n = 0;
    for (char *name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        bool found = false;
        for (size_t i = 0; i < x->n_arms; i++)
            if (str_eq(x->arms[i].name, name) || curriculum_is_arm_of(x, i, name))
                keep[i] = found = true;
        if (!found)
            return refuse_arm(x, name, err);
    }
    const struct arm **arms = xcalloc(x->n_arms, sizeof *arms);
    for (size_t i = 0; i < x->n_arms; i++)
        if (!names || keep[i])
            arms[n++] = &x->arms[i];
    if (n == 0) {
        free(arms);
        return err_input(err, "--arms: expected names of arms, separated by commas");
    }
    *out = arms;
    *n_out = n;
    return 0;
}

static void add_task(struct plan *p, const struct experiment *x, const struct task *task,
                     const struct plan_selection *sel, const struct parts *parts, int place,
                     const struct arm **arms, size_t n_arms)
{
    size_t before = p->n;
    for (int sample = 0; sample < x->samples; sample++) {
        if (!sample_plays(x, task, sample, place, parts))
            continue;
        struct rng dice = rng_make(seed_derive(x->seed, "order/%s/%d", task->id, sample));
        rng_shuffle(&dice, arms, n_arms, sizeof *arms);
        for (size_t a = 0; a < n_arms; a++) {
            if (!cell_in_shard(x, sel, arms[a], sample))
                continue;
            p->items[p->n] =
                (struct store_plan_item){.arm = arms[a]->name, .task = task->id, .sample = sample};
            p->arms[p->n] = arms[a];
            p->tasks[p->n++] = task;
        }
    }
    p->n_tasks += p->n > before;
}

int plan_make(const struct experiment *x, const struct suite *suite,
              const struct plan_selection *sel, struct plan *out, struct err *err)
{
    const struct arm **arms CLEANUP_FREE = NULL, **order CLEANUP_FREE = NULL;
    size_t n_arms = 0;
    struct parts parts = {0};
    int rc = check_names(suite, sel, err);
    if (rc == 0)
        rc = select_arms(x, sel->arms, &arms, &n_arms, err);
    if (rc < 0)
        return rc;
    size_t most = suite->n_tasks * (size_t)x->samples * n_arms;
    struct plan p = {.items = xcalloc(most, sizeof *p.items),
                     .arms = xcalloc(most, sizeof *p.arms),
                     .tasks = xcalloc(most, sizeof *p.tasks)};
    order = xcalloc(n_arms, sizeof *order);
    parts_count(x, suite, &parts);
    for (size_t t = 0; t < suite->n_tasks; t++) {
        const struct task *task = &suite->tasks[t];
        int place = parts.seen[known_steps(task)]++;
        if (sel->last && (t + 1 < sel->first || t + 1 > sel->last))
            continue;
        if (!is_named(sel, task) || !in_shard(x, sel, task))
            continue;
        memcpy(order, arms, n_arms * sizeof *order);
        add_task(&p, x, task, sel, &parts, place, order, n_arms);
    }
    if (x->curriculum)
        curriculum_sort(x, &p);
    if (p.n == 0 && sel->n_shards == 0) { /* a shard may be empty */
        plan_free(&p);
        return err_input(err, "the selection leaves no task of %s", suite->path);
    }
    *out = p;
    return 0;
}

struct appearance {
    const struct task *task;
    size_t item;
};

static int by_task(const void *a, const void *b)
{
    const struct appearance *x = a, *y = b;
    if (x->task != y->task)
        return (uintptr_t)x->task < (uintptr_t)y->task ? -1 : 1;
    return x->item < y->item ? -1 : x->item > y->item;
}

size_t *plan_number_tasks(const struct plan *p)
{
    struct appearance *all CLEANUP_FREE = xcalloc(p->n + 1, sizeof *all);
    size_t *task_of = xcalloc(p->n + 1, sizeof *task_of), *first CLEANUP_FREE = NULL, n = 0;
    first = xcalloc(p->n + 1, sizeof *first); /* of each item: where its task appears first */
    for (size_t i = 0; i < p->n; i++)
        all[i] = (struct appearance){p->tasks[i], i};
    if (p->n)
        qsort(all, p->n, sizeof *all, by_task);
    for (size_t i = 0; i < p->n; i++)
        first[all[i].item] =
            i > 0 && all[i].task == all[i - 1].task ? first[all[i - 1].item] : all[i].item;
    for (size_t i = 0; i < p->n; i++)
        task_of[i] = first[i] == i ? n++ : task_of[first[i]];
    return task_of;
}

bool plan_goes_by_task(const struct plan *p)
{
    size_t *task_of CLEANUP_FREE = plan_number_tasks(p);
    for (size_t i = 1; i < p->n; i++)
        if (task_of[i] < task_of[i - 1])
            return false;
    return true;
}

void plan_shuffle(struct plan *p, uint64_t seed)
{
    size_t *start CLEANUP_FREE = xcalloc(p->n_tasks + 1, sizeof *start), n = 0, at = 0;
    struct plan mixed = {.items = xcalloc(p->n + 1, sizeof *mixed.items),
                         .arms = xcalloc(p->n + 1, sizeof *mixed.arms),
                         .tasks = xcalloc(p->n + 1, sizeof *mixed.tasks),
                         .n = p->n,
                         .n_tasks = p->n_tasks};
    for (size_t i = 0; i < p->n; i++)
        if (i == 0 || p->tasks[i] != p->tasks[i - 1])
            start[n++] = i;
    struct rng dice = rng_make(seed_derive(seed, "order/tasks"));
    rng_shuffle(&dice, start, n, sizeof *start);
    for (size_t t = 0; t < n; t++)
        for (size_t i = start[t]; i < p->n && p->tasks[i] == p->tasks[start[t]]; i++, at++) {
            mixed.items[at] = p->items[i];
            mixed.arms[at] = p->arms[i];
            mixed.tasks[at] = p->tasks[i];
        }
    plan_free(p);
    *p = mixed;
}

void plan_free(struct plan *p)
{
    free(p->items);
    free(p->arms);
    free(p->tasks);
    *p = (struct plan){0};
}

bool plan_has_arm(const struct plan *p, const struct arm *arm)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->arms[i] == arm)
            return true;
    return false;
}

int plan_record(struct plan *p, const struct experiment *x, const struct suite *suite,
                struct store *store, struct err *err)
{
    const char **arms CLEANUP_FREE = xcalloc(x->n_arms + 1, sizeof *arms);
    const char **tasks CLEANUP_FREE = xcalloc(suite->n_tasks + 1, sizeof *tasks);
    for (size_t i = 0; i < x->n_arms; i++)
        arms[i] = x->arms[i].name;
    for (size_t i = 0; i < suite->n_tasks; i++)
        tasks[i] = suite->tasks[i].id;
    return store_plan(store, arms, x->n_arms, tasks, suite->n_tasks, p->items, p->n, err);
}
