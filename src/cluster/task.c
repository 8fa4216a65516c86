/* See task.h. */
#include "cluster/task.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cluster/task_impl.h"

static const double TICK_S = 0.2;
/* Slurm kills 30 s after its TERM (KillWait) unless the site says otherwise. */
static const double TERM_AGAIN_S = 15, KILL_S = 3;
enum { CRASHES_MAX = 3 };

/* ---- beginning ---- */

/* Of former lives, from the newest on: what it left on this machine, else what it copied to the
 * study. Caller frees; NULL = there is no record yet. */
static char *former_record(const struct life *l, int number)
{
    json_t *claim CLEANUP_JSON = life_read(l->shard_dir, number, "claim.json");
    json_t *place CLEANUP_JSON = life_read(l->shard_dir, number, "place.json");
    char *dir = life_dir(l->shard_dir, number);
    const char *places[] = {life_process(claim) == 0 ? json_get_str(place, "path", NULL) : NULL,
                            dir};
    char *found = NULL;
    for (size_t i = 0; i < 2 && !found; i++) {
        char *db CLEANUP_FREE = places[i] ? file_join(places[i], "run.db") : NULL;
        if (db && file_exists(db))
            found = xstrdup(places[i]);
    }
    free(dir);
    return found;
}

static int fetch(const struct life *l, struct err *err)
{
    int rc = 0;
    for (int i = l->number - 1; i > 0; i--) {
        char *from CLEANUP_FREE = former_record(l, i);
        if (!from)
            continue;
        rc = record_fetch(from, l->scratch, err);
        if (rc == 0)
            log_info("life %d goes on with the record of life %d (%s)", l->number, i, from);
        break;
    }
    return rc;
}

/* Records of former lives are in this one's now. */
static void clean_up_after_former(const struct life *l)
{
    for (int i = 1; i < l->number; i++) {
        json_t *claim CLEANUP_JSON = life_read(l->shard_dir, i, "claim.json");
        json_t *place CLEANUP_JSON = life_read(l->shard_dir, i, "place.json");
        char *dir CLEANUP_FREE = life_dir(l->shard_dir, i);
        const char *path = json_get_str(place, "path", "");
        if (life_process(claim) == 0 && str_eq(json_get_str(place, "place", ""), "node"))
            record_remove_scratch(path);
        record_remove(dir);
    }
}

/* For people: shards/0001/latest. */
static void mark_latest(const struct life *l)
{
    char *link CLEANUP_FREE = file_join(l->shard_dir, "latest");
    char *fresh CLEANUP_FREE = xasprintf("%s.%d", link, l->number);
    unlink(fresh);
    if (symlink(file_base(l->dir), fresh) < 0 || rename(fresh, link) < 0)
        unlink(fresh);
}

static int choose_place(struct task_run *t, struct err *err)
{
    char *scratch CLEANUP_FREE = record_scratch(t->job->study);
    if (!scratch)
        return life_set_place(&t->life, "direct", t->life.dir, err);
    char *path CLEANUP_FREE = xasprintf("%s/hrm-%s-%04u-life%d-XXXXXX", scratch,
                                        t->job->study->experiment, t->job->shard, t->life.number);
    if (!mkdtemp(path))
        return err_errno(err, errno, "%s", path);
    return life_set_place(&t->life, "node", path, err);
}

static int prepare(struct task_run *t, struct err *err)
{
    int rc = choose_place(t, err);
    if (rc == 0)
        rc = fetch(&t->life, err);
    if (rc == 0)
        rc = record_open(t->life.scratch, &t->store, err);
    if (rc == 0 && t->store)
        rc = store_count(t->store, &t->before, err);
    if (rc == 0)
        rc = record_publish(t->store, t->life.scratch, t->life.dir, false, err);
    if (rc < 0)
        return rc;
    t->now = t->published = t->before;
    store_close(
        t->store); /* the child makes its journal what it must be, which takes being alone */
    t->store = NULL;
    clean_up_after_former(&t->life);
    mark_latest(&t->life);
    return 0;
}

/* ---- while it plays ---- */

/* The record is opened once the child has said in its manifest that it is there. */
static void look_at_record(struct task_run *t)
{
    char *manifest CLEANUP_FREE = file_join(t->life.scratch, "manifest.json");
    struct err ignored;
    if (!t->store && file_exists(manifest))
        record_open(t->life.scratch, &t->store, &ignored);
    if (t->store)
        store_count(t->store, &t->now, &ignored);
}

static void beat(struct task_run *t, double now)
{
    struct err err = {0};
    char *at CLEANUP_FREE = clock_utc_now();
    t->beaten = now;
    look_at_record(t);
    json_t *o CLEANUP_JSON =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:f}", "at", at, "planned",
                  (json_int_t)t->now.planned, "done", (json_int_t)t->now.done, "errors",
                  (json_int_t)t->now.errors, "calls", (json_int_t)t->now.calls, "here",
                  (json_int_t)(t->now.done - t->before.done), "seconds", now - t->began);
    if (life_beat(&t->life, o, &err) < 0)
        log_warn("%s", err.msg); /* the next one may succeed */
}

static void publish(struct task_run *t, double now)
{
    struct err err = {0};
    t->copied = now;
    look_at_record(t);
    if (t->now.done == t->published.done && t->now.calls == t->published.calls)
        return;
    if (record_publish(t->store, t->life.scratch, t->life.dir, false, &err) < 0)
        log_warn("%s", err.msg);
    else
        t->published = t->now;
}

/* First the copy, in case there is no time for more. */
static void stop_child(struct task_run *t, double now)
{
    if (t->term_at == 0) {
        task_child_signal(t, SIGTERM);
        t->term_at = now;
        publish(t, now);
    } else if (t->kill_at == 0 && now > t->term_at + TERM_AGAIN_S) {
        task_child_signal(t, SIGTERM); /* it ends at once; calls under way are lost */
        t->kill_at = now + KILL_S;
    } else if (t->kill_at > 0 && now > t->kill_at) {
        task_child_signal(t, SIGKILL);
    }
}

static void tick(struct task_run *t)
{
    double now = clock_seconds();
    if (stop_requested())
        stop_child(t, now);
    if (now > t->beaten + t->job->study->beat_s) {
        t->superseded = life_is_superseded(&t->life);
        if (t->superseded)
            task_child_signal(t, SIGKILL);
        else
            beat(t, now);
    }
    if (t->superseded)
        return;
    if (now > t->copied + t->job->study->checkpoint_s)
        publish(t, now);
}

static int play_once(struct task_run *t, struct err *err)
{
    int rc = task_child_start(t, err);
    if (rc < 0)
        return rc;
    t->beaten = t->copied = clock_seconds();
    while (!t->child.ended) {
        task_child_look(t, TICK_S);
        if (!t->child.ended)
            tick(t);
    }
    look_at_record(t);
    return 0;
}

/* Killed by a signal that nobody asked for: the record is whole, and it may go on here. */
static bool has_crashed(const struct task_run *t)
{
    return !t->superseded && !stop_requested() && WIFSIGNALED(t->child.status);
}

static int play(struct task_run *t, struct err *err)
{
    int rc = play_once(t, err);
    for (int crashes = 1; rc == 0 && has_crashed(t) && crashes < CRASHES_MAX; crashes++) {
        log_warn("shard %u: hrm was killed by signal %d; started again", t->job->shard,
                 WTERMSIG(t->child.status));
        store_close(t->store);
        t->store = NULL;
        rc = play_once(t, err);
    }
    return rc;
}

/* ---- the end ---- */

static int end(struct task_run *t, struct err *err)
{
    int rc = 0;
    if (!t->superseded) {
        beat(t, clock_seconds());
        rc = record_publish(t->store, t->life.scratch, t->life.dir, true, err);
    }
    return rc < 0 ? rc : task_conclude(t, err);
}

static void close_task(struct task_run *t)
{
    store_close(t->store);
    task_child_free(t);
    if (t->life.scratch && !str_eq(t->life.scratch, t->life.dir))
        record_remove_scratch(t->life.scratch);
    life_close(&t->life);
}

int task_play(const struct task_job *job, struct err *err)
{
    struct task_run t = {.job = job, .began = clock_seconds()};
    char *dir CLEANUP_FREE = study_shard_dir(job->study, job->shard), *why CLEANUP_FREE = NULL;
    json_t *done CLEANUP_JSON = shard_read_done(job->study, job->shard);
    int rc = done ? 1 : file_mkdirs(dir, err);
    if (rc == 0)
        rc = life_begin(dir, &job->owner, job->study->stale_s, &t.life, &why, err);
    if (rc == 1) {
        log_info("shard %u: %s", job->shard, why ? why : "it is done already");
        return TASK_DONE;
    }
    if (rc == -EINTR)
        return TASK_STOPPED;
    if (rc < 0)
        return rc;
    done = shard_read_done(job->study, job->shard);
    if (done) /* the former life was at its end */
        rc = life_finish(&t.life, LIFE_SUPERSEDED, "the former life completed it", 0, err);
    else
        rc = prepare(&t, err);
    if (rc == 0 && !done)
        rc = play(&t, err);
    if (rc == 0 && !done)
        rc = end(&t, err);
    if (rc < 0)
        life_finish(&t.life, LIFE_FAILED, err->msg, 0, NULL);
    close_task(&t);
    return rc;
}
