/* The end of a task: is the shard complete, was it stopped, or did it fail, and why? */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cluster/slurm.h"
#include "cluster/task_impl.h"

enum { FRUITLESS_LIVES = 3 };

static long progress(const struct task_run *t)
{
    return t->now.done - t->before.done + t->now.calls - t->before.calls;
}

/* ---- complete ---- */

static json_t *read_manifest(const struct task_run *t)
{
    char *path CLEANUP_FREE = file_join(t->life.scratch, "manifest.json");
    return json_read_file(path, NULL);
}

static bool is_complete(const struct task_run *t)
{
    return WIFEXITED(t->child.status) && WEXITSTATUS(t->child.status) == 0 && t->store &&
           t->now.done == t->now.planned;
}

static int finish(struct task_run *t, struct err *err)
{
    json_t *m CLEANUP_JSON = read_manifest(t);
    bool direct = str_eq(t->life.scratch, t->life.dir);
    json_t *facts CLEANUP_JSON = json_pack(
        "{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:f, s:s}", "place", direct ? "direct" : "node",
        "journal", json_get_str(m, "journal", ""), "planned", (json_int_t)t->now.planned, "done",
        (json_int_t)t->now.done, "errors", (json_int_t)t->now.errors, "calls",
        (json_int_t)t->now.calls, "here", (json_int_t)(t->now.done - t->before.done), "seconds",
        clock_seconds() - t->began, "config_hash", json_get_str(m, "config_hash", ""));
    if (life_is_superseded(&t->life))
        return life_finish(&t->life, LIFE_SUPERSEDED, "a later life has begun", 0, err);
    int rc = life_finish(&t->life, LIFE_DONE, "", progress(t), err);
    if (rc == 0)
        rc = shard_write_done(t->job->study, t->job->shard, &t->life, facts, err);
    return rc < 0 ? rc : 0;
}

/* ---- stopped ---- */

/* Three lives in a row that recorded nothing: going on would not help. */
static bool is_fruitless(const struct task_run *t)
{
    if (progress(t) > 0)
        return false;
    for (int i = 1; i < FRUITLESS_LIVES; i++) {
        json_t *end CLEANUP_JSON = life_read(t->life.shard_dir, t->life.number - i, "end.json");
        if (!end || json_get_int(end, "progress", 1) > 0)
            return false;
    }
    return true;
}

/* Why the job is not to be put back into the queue; NULL = it is. Caller frees. *fruitless: since
 * lives have come to nothing, so that the shard has failed. */
static char *reason_to_stay(const struct task_run *t, bool *fruitless)
{
    const struct life_owner *owner = &t->job->owner;
    const struct study *s = t->job->study;
    char *state CLEANUP_FREE = NULL;
    if (!*owner->job)
        return xstrdup("stopped");
    if (study_is_cancelled(s))
        return xstrdup("the study was cancelled");
    *fruitless = is_fruitless(t);
    if (*fruitless)
        return xasprintf("stopped; %d lives in a row have recorded nothing: is the time too short?",
                         FRUITLESS_LIVES);
    *fruitless = owner->restarts >= s->requeues;
    if (*fruitless)
        return xasprintf("stopped; it was requeued %d times already", owner->restarts);
    state = slurm_job_state(owner->job);
    if (state && !str_eq(state, "RUNNING")) /* preempted or requeued: Slurm does it; or cancelled */
        return xasprintf("stopped by Slurm (%s)", state);
    return NULL;
}

static int stop(struct task_run *t, struct err *err)
{
    bool fruitless = false;
    char *why CLEANUP_FREE = reason_to_stay(t, &fruitless);
    int rc = life_finish(&t->life, fruitless ? LIFE_FAILED : LIFE_STOPPED,
                         why ? why : "stopped, and requeued", progress(t), err);
    log_info("shard %u: %s", t->job->shard, why ? why : "stopped; the job is requeued");
    if (rc == 0 && !why)
        slurm_requeue(t->job->owner.job); /* it may end this process, too */
    return rc;
}

/* ---- failed ---- */

static char *reason_of(const struct task_run *t)
{
    int status = t->child.status;
    const char *said = t->child.said ? t->child.said : "it said nothing";
    if (WIFSIGNALED(status))
        return xasprintf("hrm was killed by signal %d (%s)%s", WTERMSIG(status),
                         strsignal(WTERMSIG(status)),
                         WTERMSIG(status) == SIGKILL ? ": out of memory, or by hand" : "");
    if (WEXITSTATUS(status) == 1 && t->now.errors)
        return xasprintf("%ld of %ld episodes are in error; %s", t->now.errors, t->now.planned,
                         said);
    return xasprintf("%s (exit code %d)", said, WEXITSTATUS(status));
}

static int fail(struct task_run *t, struct err *err)
{
    char *reason CLEANUP_FREE = reason_of(t);
    log_warn("shard %u failed: %s", t->job->shard, reason);
    return life_finish(&t->life, LIFE_FAILED, reason, progress(t), err);
}

int task_conclude(struct task_run *t, struct err *err)
{
    if (t->superseded) {
        int rc = life_finish(&t->life, LIFE_SUPERSEDED, "a later life has begun", 0, err);
        return rc < 0 ? rc : TASK_STOPPED;
    }
    int rc = is_complete(t) ? finish(t, err) : stop_requested() ? stop(t, err) : fail(t, err);
    return rc < 0 ? rc : is_complete(t) ? TASK_DONE : stop_requested() ? TASK_STOPPED : TASK_FAILED;
}
