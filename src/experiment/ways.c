/* See ways.h. */
#include "experiment/ways.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "control/way.h"

/* Under way, by several threads. */
struct finding {
    const struct control_env *env;
    const struct task **tasks; /* [n] */
    enum tool_way *way;        /* [n] */
    size_t n, next;
    pthread_mutex_t lock; /* of next, rc and err */
    int rc;
    struct err *err;
};

static bool take(struct finding *f, size_t *i)
{
    pthread_mutex_lock(&f->lock);
    if (f->rc == 0 && stop_requested())
        f->rc = err_errno(f->err, EINTR, "grading the references");
    bool got = f->rc == 0 && f->next < f->n;
    *i = got ? f->next++ : 0;
    pthread_mutex_unlock(&f->lock);
    return got;
}

static void *find_some(void *arg)
{
    struct finding *f = arg;
    for (size_t i; take(f, &i);) {
        struct arena *arena = arena_new();
        struct err err = {0};
        int rc = way_of_task(f->env, f->tasks[i], &f->way[i], arena, &err);
        arena_free(arena);
        if (rc == 0)
            continue;
        pthread_mutex_lock(&f->lock);
        if (f->rc == 0 && f->err)
            *f->err = err;
        f->rc = rc;
        pthread_mutex_unlock(&f->lock);
    }
    return NULL;
}

static void find_all(struct finding *f)
{
    int n = 0, most = tool_slots(f->env->tool);
    pthread_t *thread CLEANUP_FREE = xcalloc((size_t)most + 1, sizeof *thread);
    pthread_mutex_init(&f->lock, NULL);
    while (n + 1 < most && (size_t)n + 1 < f->n &&
           pthread_create(&thread[n], NULL, find_some, f) == 0)
        n++;
    find_some(f);
    for (int i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    pthread_mutex_destroy(&f->lock);
}

int ways_find(const struct plan *p, const struct control_env *env, struct ways *out,
              struct err *err)
{
    size_t *number CLEANUP_FREE = plan_number_tasks(p), met = 0;
    struct finding f = {.env = env, .err = err};
    f.tasks = xcalloc(p->n_tasks + 1, sizeof *f.tasks);
    f.way = xcalloc(p->n_tasks + 1, sizeof *f.way);
    for (size_t i = 0; i < p->n; i++)
        if (number[i] == met) { /* its first episode */
            met++;
            if (way_is_open(p->tasks[i]))
                f.tasks[f.n++] = p->tasks[i];
        }
    find_all(&f);
    *out = (struct ways){.n_tasks = f.n,
                         .one_process = xcalloc(f.n + 1, sizeof *out->one_process),
                         .failing = xcalloc(f.n + 1, sizeof *out->failing)};
    for (size_t i = 0; i < f.n; i++) {
        if (f.way[i] == TOOL_ONE_PROCESS)
            out->one_process[out->n_one_process++] = f.tasks[i];
        else if (f.way[i] == TOOL_NEITHER)
            out->failing[out->n_failing++] = f.tasks[i];
        out->n_unknown += f.way[i] == TOOL_UNKNOWN;
    }
    free(f.tasks);
    free(f.way);
    if (f.rc < 0)
        ways_free(out);
    return f.rc;
}

void ways_free(struct ways *w)
{
    free(w->one_process);
    free(w->failing);
    *w = (struct ways){0};
}

enum { MOST_NAMED = 20 };

static void add_names(struct str *s, const struct task *const *tasks, size_t n)
{
    for (size_t i = 0; i < n && i < MOST_NAMED; i++)
        str_addf(s, "%s%s", i ? ", " : "", tasks[i]->id);
    if (n > MOST_NAMED)
        str_addf(s, " and %zu more", n - MOST_NAMED);
}

int ways_check_isolated(const struct ways *w, struct err *err)
{
    struct str names CLEANUP_STR = {0};
    if (w->n_one_process == 0)
        return 0;
    add_names(&names, w->one_process, w->n_one_process);
    return err_input(err,
                     "--isolated-only: the references of %zu of %zu tasks pass only in one process "
                     "with their tests: %s",
                     w->n_one_process, w->n_tasks, names.p);
}

char *ways_text(const struct ways *w)
{
    struct str s = {0};
    if (w->n_one_process) {
        str_addf(&s,
                 "%zu of %zu tasks are graded in one process (isolated: no), because their "
                 "references pass only so: ",
                 w->n_one_process, w->n_tasks);
        add_names(&s, w->one_process, w->n_one_process);
    }
    if (w->n_unknown)
        str_addf(&s,
                 "%s%zu of %zu tasks have no reference: programs for them are graded isolated, "
                 "and whether a right program can pass so is not known",
                 s.len ? "\n" : "", w->n_unknown, w->n_tasks);
    return s.len ? str_take(&s) : NULL;
}

static json_t *names_json(const struct task *const *tasks, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(tasks[i]->id));
    return list;
}

json_t *ways_json(const struct ways *w)
{
    if (w->n_tasks == 0)
        return NULL;
    return json_pack("{s:I, s:I, s:o, s:o}", "tasks", (json_int_t)w->n_tasks, "no_reference",
                     (json_int_t)w->n_unknown, "one_process",
                     names_json(w->one_process, w->n_one_process), "reference_fails",
                     names_json(w->failing, w->n_failing));
}
