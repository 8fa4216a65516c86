/* See overview.h. */
#include "cluster/overview.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "cluster/life.h"
#include "cluster/slurm.h"

const char **overview_jobs(const struct study *s, size_t *n)
{
    const json_t *submission, *array;
    const char **jobs = NULL;
    size_t i, k, cap = 0;
    *n = 0;
    json_array_foreach (study_submissions(s), i, submission) {
        json_array_foreach (json_object_get(submission, "arrays"), k, array) {
            jobs = xgrow(jobs, &cap, *n + 1, sizeof *jobs);
            jobs[(*n)++] = json_get_str(array, "job", "");
        }
        jobs = xgrow(jobs, &cap, *n + 1, sizeof *jobs);
        jobs[(*n)++] = json_get_str(submission, "merge", "");
    }
    return jobs;
}

/* ---- the queue, by shard ---- */

/* What Slurm says of a shard: of its newest job that is not over, else of its newest. */
struct queue_word {
    char state[24], reason[64];
    bool live;
};

static void note(struct queue_word *words, unsigned shards, long shard, const struct slurm_job *j)
{
    if (shard < 1 || shard > (long)shards)
        return;
    struct queue_word *w = &words[shard - 1];
    bool live = !slurm_is_over(j->state);
    if (w->live && !live)
        return;
    w->live = live;
    snprintf(w->state, sizeof w->state, "%s", j->state);
    snprintf(w->reason, sizeof w->reason, "%s", j->reason);
}

/* The tasks of an array that wait together have one row: the shards of that array without one. */
static void note_waiting(struct queue_word *words, const struct study *s, const json_t *array,
                         const bool *has_row, const struct slurm_job *j)
{
    const json_t *shard;
    size_t i;
    json_array_foreach (json_object_get(array, "shards"), i, shard) {
        json_int_t k = json_integer_value(shard);
        if (k >= 1 && k <= s->shards && !has_row[k - 1])
            note(words, s->shards, (long)k, j);
    }
}

static void read_array(struct queue_word *words, const struct study *s, const json_t *array,
                       const struct slurm_job *jobs, size_t n)
{
    bool *has_row CLEANUP_FREE = xcalloc(s->shards, sizeof *has_row);
    const char *job = json_get_str(array, "job", "");
    long offset = (long)json_get_int(array, "offset", 0);
    for (size_t i = 0; i < n; i++) {
        long shard = offset + jobs[i].index;
        if (!str_eq(jobs[i].job, job) || jobs[i].index < 0 || shard < 1 || shard > (long)s->shards)
            continue;
        has_row[shard - 1] = true;
        note(words, s->shards, shard, &jobs[i]);
    }
    for (size_t i = 0; i < n; i++)
        if (str_eq(jobs[i].job, job) && jobs[i].index == -2)
            note_waiting(words, s, array, has_row, &jobs[i]);
}

static struct queue_word *read_queue(const struct study *s, struct overview *o)
{
    struct queue_word *words = xcalloc(s->shards, sizeof *words);
    const json_t *submission, *array;
    struct slurm_job *found = NULL;
    size_t n, n_found = 0, i, k;
    const char **jobs CLEANUP_FREE = overview_jobs(s, &n);
    if (n == 0)
        return words;
    o->queue_answered = slurm_queue(jobs, n, &found, &n_found, &o->queue_error) == 0;
    json_array_foreach (study_submissions(s), i, submission)
        json_array_foreach (json_object_get(submission, "arrays"), k, array)
            read_array(words, s, array, found, n_found);
    free(found);
    return words;
}

/* ---- both together ---- */

static void set_reason(struct shard_state *st, char *reason)
{
    free(st->reason);
    st->reason = reason;
}

static void waits(struct shard_state *st, const struct queue_word *w)
{
    st->kind = SHARD_PENDING;
    bool says = *w->reason && !str_eq(w->reason, "None");
    set_reason(st, xasprintf("in the queue%s%s", says ? ": " : "", says ? w->reason : ""));
}

/* Slurm ended it, or never began it. */
static void ended(struct shard_state *st, const struct queue_word *w)
{
    bool known = *w->state != '\0';
    if (st->life && st->kind == SHARD_FAILED && known) {
        set_reason(st, xasprintf("%s (Slurm: %s)", st->reason, w->state));
    } else if (st->kind == SHARD_RUNNING) {
        st->kind = SHARD_FAILED;
        set_reason(st, xasprintf("ended without a word (Slurm: %s)",
                                 known ? w->state : "no longer in the queue"));
    } else if (st->kind == SHARD_PENDING && known && !str_eq(w->state, "COMPLETED") && !st->life) {
        st->kind = SHARD_FAILED;
        set_reason(st, xasprintf("its job ended before it began to play (Slurm: %s)", w->state));
    } else if (st->kind == SHARD_PENDING) {
        set_reason(st, xasprintf("%s%snot in the queue", st->reason, *st->reason ? "; " : ""));
    }
}

static bool is_process_alive(const struct study *s, const struct shard_state *st)
{
    char *dir CLEANUP_FREE = study_shard_dir(s, st->shard);
    json_t *claim CLEANUP_JSON = st->life ? life_read(dir, st->life, "claim.json") : NULL;
    return claim && life_process(claim) == 1;
}

static void combine(const struct study *s, struct shard_state *st, const struct queue_word *w,
                    bool answered)
{
    if (st->kind == SHARD_DONE || !answered)
        return;
    if (w->live && str_eq(w->state, "PENDING"))
        waits(st, w);
    else if (!w->live && !(st->kind == SHARD_RUNNING && is_process_alive(s, st)))
        ended(st, w);
}

static void add_rate(struct overview *o)
{
    double per_second = 0;
    for (size_t i = 0; i < o->n; i++)
        if (o->shards[i].kind == SHARD_RUNNING && o->shards[i].seconds > 0)
            per_second += (double)o->shards[i].here / o->shards[i].seconds;
    o->per_minute = per_second * 60;
    o->seconds_left = per_second > 0 ? (double)(o->sum.planned - o->sum.done) / per_second : 0;
}

void overview_read(const struct study *s, bool ask_queue, struct overview *out)
{
    struct overview o = {.n = s->shards};
    struct queue_word *words CLEANUP_FREE = ask_queue ? read_queue(s, &o) : NULL;
    o.shards = xcalloc(o.n, sizeof *o.shards);
    o.queued = xcalloc(o.n, sizeof *o.queued);
    for (size_t i = 0; i < o.n; i++) {
        struct shard_state *st = &o.shards[i];
        shard_look(s, (unsigned)i + 1, st);
        if (words)
            combine(s, st, &words[i], o.queue_answered);
        o.queued[i] = (words && words[i].live) || st->kind == SHARD_RUNNING;
        if (st->counts.planned == 0)
            st->counts.planned = (long)json_integer_value(json_array_get(s->planned, i));
        o.of[st->kind]++;
        o.sum.planned += st->counts.planned;
        o.sum.done += st->counts.done;
        o.sum.errors += st->counts.errors;
        o.sum.calls += st->counts.calls;
    }
    add_rate(&o);
    *out = o;
}

unsigned *overview_missing(const struct overview *o, size_t *n)
{
    unsigned *missing = xcalloc(o->n + 1, sizeof *missing);
    *n = 0;
    for (size_t i = 0; i < o->n; i++)
        if (o->shards[i].kind != SHARD_DONE && !o->queued[i])
            missing[(*n)++] = o->shards[i].shard;
    return missing;
}

void overview_free(struct overview *o)
{
    for (size_t i = 0; i < o->n; i++)
        shard_state_free(&o->shards[i]);
    free(o->shards);
    free(o->queued);
    *o = (struct overview){0};
}
