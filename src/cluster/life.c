/* See life.h. */
#include "cluster/life.h"
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/patience.h"
#include "base/str.h"

static const double TERM_S = 25; /* for a former life on this machine, before it is killed */
static const double LOOK_S = 0.2;

const char *const life_end_names[] = {"", "done", "stopped", "failed", "superseded"};

/* ---- files ---- */

char *life_dir(const char *shard_dir, int number)
{
    return xasprintf("%s/life%d", shard_dir, number);
}

json_t *life_read(const char *shard_dir, int number, const char *name)
{
    char *path CLEANUP_FREE = xasprintf("%s/life%d/%s", shard_dir, number, name);
    return json_read_file(path, NULL);
}

static int write_json(const struct life *l, const char *name, const json_t *json, struct err *err)
{
    char *path CLEANUP_FREE = file_join(l->dir, name);
    char *text CLEANUP_FREE = json_text_pretty(json);
    return file_write(path, text, strlen(text), err);
}

static bool is_claimed(const char *shard_dir, int number)
{
    char *path CLEANUP_FREE = xasprintf("%s/life%d/claim.json", shard_dir, number);
    return file_exists(path);
}

int life_newest(const char *shard_dir)
{
    DIR *d = opendir(shard_dir);
    const struct dirent *f;
    int newest = 0, number, end;
    while (d && (f = readdir(d)) != NULL)
        if (sscanf(f->d_name, "life%d%n", &number, &end) == 1 && !f->d_name[end] &&
            number > newest && is_claimed(shard_dir, number))
            newest = number;
    if (d)
        closedir(d);
    return newest;
}

enum life_end life_ended(const char *shard_dir, int number)
{
    json_t *end CLEANUP_JSON = life_read(shard_dir, number, "end.json");
    for (int i = LIFE_DONE; end && i <= LIFE_SUPERSEDED; i++)
        if (str_eq(json_get_str(end, "end", ""), life_end_names[i]))
            return (enum life_end)i;
    return LIFE_NOT_ENDED;
}

bool life_is_superseded(const struct life *l)
{
    return life_newest(l->shard_dir) > l->number;
}

/* ---- processes ---- */

/* Of this boot of this machine; process numbers mean nothing elsewhere. Caller frees. */
static char *machine(void)
{
    char host[64] = "", *boot CLEANUP_FREE = NULL;
    size_t n;
    gethostname(host, sizeof host - 1);
    if (file_read("/proc/sys/kernel/random/boot_id", 256, &boot, &n, NULL) < 0)
        return xstrdup(host);
    return xasprintf("%s %.*s", host, (int)strcspn(boot, "\n"), boot);
}

/* When the process was started, in ticks since boot (field 22 of stat); 0 = it is gone, or only its
 * exit status is left. */
static long long started(long long pid)
{
    char *path CLEANUP_FREE = xasprintf("/proc/%lld/stat", pid), *text CLEANUP_FREE = NULL;
    char state;
    long long at = 0;
    size_t n;
    if (pid < 1 || file_read(path, 4096, &text, &n, NULL) < 0)
        return 0;
    const char *rest = strrchr(text, ')'); /* the name may hold anything */
    if (!rest || sscanf(rest + 1,
                        " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d "
                        "%*d %*d %*d %*d %lld",
                        &state, &at) != 2)
        return 0;
    return state == 'Z' || state == 'X' ? 0 : at;
}

int life_process(const json_t *claim)
{
    char *here CLEANUP_FREE = machine();
    if (!str_eq(json_get_str(claim, "machine", ""), here))
        return -1;
    long long was = json_get_int(claim, "started", 0);
    return was > 0 && started(json_get_int(claim, "pid", 0)) == was;
}

/* ---- the former life ---- */

struct former {
    const char *shard_dir;
    int number;
    json_t *claim;
};

static bool is_over(const struct former *f)
{
    return life_ended(f->shard_dir, f->number) != LIFE_NOT_ENDED || life_process(f->claim) == 0;
}

/* Ends one that was left on this machine: it hears that it is superseded, or is killed. */
static int end_here(const struct former *f, struct err *err)
{
    pid_t pid = (pid_t)json_get_int(f->claim, "pid", 0);
    double since = clock_seconds();
    for (bool killed = false; !is_over(f);) {
        double waited = clock_seconds() - since;
        if (waited > 2 * TERM_S)
            return err_env(err, "life %d (process %d) does not end", f->number, (int)pid);
        if (waited > TERM_S && !killed) {
            kill(pid, SIGKILL); /* what it has started ends with it */
            killed = true;
        }
        if (!patience_sleep(LOOK_S))
            return err_interrupted(err);
    }
    return 0;
}

/* "beat 17"; what it says does not matter, only that it changes. Caller frees. */
static char *sign_of(const struct former *f)
{
    json_t *beat CLEANUP_JSON = life_read(f->shard_dir, f->number, "beat.json");
    return beat ? json_text(beat) : xstrdup("");
}

/* 1 when it ended, or showed no sign for stale_s by this machine's clock; 0 as soon as it shows one
 * and `impatient`. */
static int wait_for_end(const struct former *f, double stale_s, bool impatient, struct err *err)
{
    char *last = sign_of(f);
    double since = clock_seconds();
    int rc = 1;
    while (rc == 1 && !is_over(f) && clock_seconds() - since < stale_s) {
        if (!patience_sleep(LOOK_S * 5)) {
            rc = err_interrupted(err);
            break;
        }
        char *now = sign_of(f);
        if (!str_eq(now, last)) {
            since = clock_seconds();
            if (impatient)
                rc = 0;
        }
        free(last);
        last = now;
    }
    free(last);
    return rc;
}

/* Is it another job's, and alive? An earlier start of the same job is not asked: Slurm has ended
 * it. */
static int is_played_elsewhere(const struct former *f, const struct life_owner *owner,
                               double stale_s, char **why, struct err *err)
{
    const char *job = json_get_str(f->claim, "job", "");
    if (is_over(f) || (*job && str_eq(job, owner->job) &&
                       json_get_int(f->claim, "restarts", 0) < owner->restarts))
        return 0;
    int alive = life_process(f->claim);
    int rc = alive == 1 ? 0 : wait_for_end(f, stale_s, true, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    *why = xasprintf("job %s plays this shard now, on %s (life %d)", *job ? job : "(none)",
                     json_get_str(f->claim, "host", "?"), f->number);
    return 1;
}

static int end_former(const struct former *f, double stale_s, struct err *err)
{
    if (is_over(f))
        return 0;
    if (life_process(f->claim) == 1)
        return end_here(f, err);
    int rc = wait_for_end(f, stale_s, false, err);
    return rc < 0 ? rc : 0;
}

/* ---- beginning ---- */

static json_t *claim_of(const struct life_owner *owner, int number)
{
    char host[64] = "", *now CLEANUP_FREE = clock_utc_now(), *here CLEANUP_FREE = machine();
    gethostname(host, sizeof host - 1);
    return json_pack("{s:i, s:s, s:i, s:s, s:s, s:I, s:I, s:s, s:s}", "life", number, "job",
                     owner->job, "restarts", owner->restarts, "host", host, "machine", here, "pid",
                     (json_int_t)getpid(), "started", (json_int_t)started(getpid()), "log",
                     owner->log, "at", now);
}

/* 1 when somebody else has this number. */
static int claim(const char *shard_dir, const struct life_owner *owner, int number,
                 struct life *out, struct err *err)
{
    struct life l = {.shard_dir = xstrdup(shard_dir),
                     .dir = life_dir(shard_dir, number),
                     .number = number,
                     .claim = claim_of(owner, number)};
    char *path CLEANUP_FREE = file_join(l.dir, "claim.json");
    char *text CLEANUP_FREE = json_text_pretty(l.claim);
    int rc = file_mkdirs(l.dir, err);
    if (rc == 0)
        rc = file_write_new(path, text, strlen(text), err);
    if (rc != 0)
        life_close(&l);
    else
        *out = l;
    return rc;
}

int life_begin(const char *shard_dir, const struct life_owner *owner, double stale_s,
               struct life *out, char **why, struct err *err)
{
    for (;;) {
        int newest = life_newest(shard_dir);
        json_t *before CLEANUP_JSON = newest ? life_read(shard_dir, newest, "claim.json") : NULL;
        struct former f = {shard_dir, newest, before};
        int rc = newest ? is_played_elsewhere(&f, owner, stale_s, why, err) : 0;
        if (rc != 0)
            return rc;
        rc = claim(shard_dir, owner, newest + 1, out, err);
        if (rc == 1)
            continue; /* two began at once: look at the other */
        if (rc == 0 && newest)
            rc = end_former(&f, stale_s, err);
        if (rc < 0 && out->dir) {
            life_finish(out, LIFE_STOPPED, "ended before it began to play", 0, NULL);
            life_close(out);
        }
        return rc;
    }
}

void life_close(struct life *l)
{
    free(l->shard_dir);
    free(l->dir);
    free(l->scratch);
    json_decref(l->claim);
    *l = (struct life){0};
}

/* ---- going on and ending ---- */

int life_set_place(struct life *l, const char *place, const char *path, struct err *err)
{
    free(l->scratch);
    l->scratch = xstrdup(path);
    json_t *o CLEANUP_JSON = json_pack("{s:s, s:s}", "place", place, "path", path);
    return write_json(l, "place.json", o, err);
}

int life_beat(const struct life *l, json_t *progress, struct err *err)
{
    return write_json(l, "beat.json", progress, err);
}

int life_finish(const struct life *l, enum life_end how, const char *reason, long progress,
                struct err *err)
{
    char *now CLEANUP_FREE = clock_utc_now();
    json_t *o CLEANUP_JSON =
        json_pack("{s:s, s:o, s:I, s:s}", "end", life_end_names[how], "reason",
                  json_bytes(reason, strlen(reason)), "progress", (json_int_t)progress, "at", now);
    return write_json(l, "end.json", o, err);
}
