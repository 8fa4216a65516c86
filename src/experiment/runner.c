/* See runner.h. */
#include "experiment/runner.h"
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/patience.h"
#include "experiment/decide.h"
#include "experiment/tagging.h"
#include "store/store.h"

struct runner {
    struct runner_job job;
    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t ended;
    size_t next;              /* of the plan, to hand out */
    size_t running;           /* threads that have not ended */
    struct runner_arm *arms;  /* [n_arms] */
    struct runner_arm *shown; /* [n_arms] the copy handed out */
    struct live *live;
    struct runner_progress progress;
    struct err broken; /* code < 0: the record cannot be written, or the server is gone */
    double started;
    pthread_t *threads; /* [n_threads] */
    size_t n_threads;
};

bool runner_can_continue(int rc)
{
    return rc == -EHOSTDOWN || rc == -ECANCELED;
}

static struct runner_arm *arm_of(struct runner *r, size_t item)
{
    return &r->arms[r->job.plan->arms[item] - r->job.experiment->arms];
}

/* ---- one episode ---- */

static struct store_episode fault_row(const struct runner *r, size_t item, const struct err *fault)
{
    const struct store_plan_item *it = &r->job.plan->items[item];
    const struct task *task = r->job.plan->tasks[item];
    return (struct store_episode){.arm = it->arm,
                                  .task = it->task,
                                  .sample = it->sample,
                                  .group = task->group ? task->group : "",
                                  .steps = task->steps,
                                  .status = STORE_ERROR,
                                  .error = fault->msg,
                                  .verdict = "none",
                                  .stop = "error",
                                  .solve_seconds = -1};
}

/* 0 and *t when the episode is over (done or in error), -EINTR when it was interrupted,
 * -EHOSTDOWN when the server is gone, -ECANCELED when the money is spent, otherwise the record
 * failed. */
static int play(struct runner *r, size_t item, struct transcript *t, struct arena *arena,
                struct err *err)
{
    const struct store_plan_item *it = &r->job.plan->items[item];
    const struct control_env *env = r->job.env;
    struct err fault = {0};
    int rc = it->fresh ? 0 : store_episode_restart(env->store, it->id, err);
    if (rc < 0)
        return rc;
    rc = r->job.play(env, r->job.plan->arms[item], r->job.plan->tasks[item], it->sample, it->id, t,
                     arena, &fault);
    if (rc < 0 && stop_requested()) /* whatever broke, broke because we are stopping */
        return -EINTR;
    /* not a fault of this episode: it stays unfinished, and the run stops */
    if (runner_can_continue(rc)) {
        if (err)
            *err = fault;
        return rc;
    }
    if (rc < 0)
        *t = (struct transcript){.row = fault_row(r, item, &fault)};
    tagging_fill(t, r->job.plan->tasks[item], r->job.plan->arms[item], arena);
    return store_episode_finish(env->store, it->id, &t->row, err);
}

static void count(struct runner *r, size_t item, const struct store_episode *row)
{
    struct runner_arm *arm = arm_of(r, item);
    bool done = row->status == STORE_DONE;
    double took[FORECAST_KINDS];
    forecast_values(row, r->job.prices, took);
    if (done)
        forecast_note(&arm->seen, took);
    arm->done += done;
    arm->solved += done && row->passed;
    arm->errors += !done;
    r->progress.done += done;
    r->progress.errors += !done;
    r->progress.done_here++;
    r->progress.generated_tokens += row->generated_tokens;
    if (done)
        live_note(r->live, item, row->passed);
    if (r->job.decide)
        decide_note(r->job.decide, item, !done, row->passed);
}

/* ---- the pool ---- */

static bool decided(const struct runner *r)
{
    return r->job.decide && decide_look(r->job.decide).decided;
}

static bool take(struct runner *r, size_t *item)
{
    const struct plan *p = r->job.plan;
    pthread_mutex_lock(&r->mutex);
    while (r->next < p->n && p->items[r->next].status == STORE_DONE)
        r->next++;
    bool more = r->next < p->n && r->broken.code == 0 && !stop_requested() && !decided(r);
    if (more)
        *item = r->next++;
    pthread_mutex_unlock(&r->mutex);
    return more;
}

static void *work(void *arg)
{
    struct runner *r = arg;
    for (size_t item; take(r, &item);) {
        struct arena *arena = arena_new();
        struct transcript t = {0};
        struct err err = {0};
        int rc = play(r, item, &t, arena, &err);
        pthread_mutex_lock(&r->mutex);
        if (rc == 0)
            count(r, item, &t.row);
        else if (rc != -EINTR && r->broken.code == 0)
            r->broken = err;
        pthread_mutex_unlock(&r->mutex);
        arena_free(arena);
    }
    pthread_mutex_lock(&r->mutex);
    if (--r->running == 0)
        pthread_cond_broadcast(&r->ended);
    pthread_mutex_unlock(&r->mutex);
    return NULL;
}

/* Episodes that earlier sessions finished count from the start. */
static void count_earlier(struct runner *r)
{
    const struct plan *p = r->job.plan;
    for (size_t i = 0; i < p->n; i++) {
        bool done = p->items[i].status == STORE_DONE;
        arm_of(r, i)->total++;
        arm_of(r, i)->done += done;
        arm_of(r, i)->solved += done && p->items[i].passed;
        r->progress.done += done;
    }
    r->progress.total = p->n;
}

static int start_threads(struct runner *r, struct err *err)
{
    size_t left = r->progress.total - r->progress.done;
    size_t n = (size_t)r->job.workers < left ? (size_t)r->job.workers : left;
    r->threads = xcalloc(n + 1, sizeof *r->threads);
    r->running = n; /* before the first can leave */
    for (; r->n_threads < n; r->n_threads++) {
        int failed = pthread_create(&r->threads[r->n_threads], NULL, work, r);
        if (!failed)
            continue;
        pthread_mutex_lock(&r->mutex);
        r->running -= n - r->n_threads;
        pthread_mutex_unlock(&r->mutex);
        return r->n_threads ? 0 : err_errno(err, failed, "cannot start a thread");
    }
    return 0;
}

int runner_start(const struct runner_job *job, struct runner **out, struct err *err)
{
    struct runner *r = xcalloc(1, sizeof *r);
    r->job = *job;
    r->arms = xcalloc(job->experiment->n_arms, sizeof *r->arms);
    r->shown = xcalloc(job->experiment->n_arms, sizeof *r->shown);
    for (size_t i = 0; i < job->experiment->n_arms; i++)
        r->arms[i].name = job->experiment->arms[i].name;
    pthread_mutex_init(&r->mutex, NULL);
    patience_init(&r->ended);
    r->started = clock_seconds();
    count_earlier(r);
    r->live = live_new(job->plan, job->experiment);
    int rc = start_threads(r, err);
    if (rc < 0)
        runner_finish(r, NULL);
    else
        *out = r;
    return rc;
}

void runner_look(struct runner *r, double wait_s, struct runner_progress *out)
{
    double until = clock_seconds() + wait_s;
    pthread_mutex_lock(&r->mutex);
    while (r->running > 0 && patience_wait_until(&r->ended, &r->mutex, until))
        continue;
    *out = r->progress;
    out->seconds = clock_seconds() - r->started;
    out->e_value = r->job.decide ? decide_look(r->job.decide).e_value : NAN;
    out->decides = r->job.decide ? decide_look(r->job.decide).decides : NAN;
    out->over = r->running == 0;
    out->n_arms = 0;
    for (size_t i = 0; i < r->job.experiment->n_arms; i++)
        if (r->arms[i].total > 0) { /* an arm that --arms left out is not shown */
            r->shown[out->n_arms] = r->arms[i];
            r->shown[out->n_arms++].rate = live_rate(r->live, i);
        }
    out->arms = r->shown;
    pthread_mutex_unlock(&r->mutex);
}

int runner_finish(struct runner *r, struct err *err)
{
    for (size_t i = 0; i < r->n_threads; i++)
        pthread_join(r->threads[i], NULL);
    int rc = r->broken.code;
    if (rc < 0 && err)
        *err = r->broken;
    pthread_cond_destroy(&r->ended);
    pthread_mutex_destroy(&r->mutex);
    live_free(r->live);
    free(r->threads);
    free(r->arms);
    free(r->shown);
    free(r);
    return rc;
}
