/* hrm slurm status: how far a study is, by its files first and by the queue where it answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/patience.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/run_steps.h"
#include "cli/slurm_cmds.h"
#include "cli/values.h"
#include "cluster/overview.h"

enum { OPT_WATCH = 0x100, OPT_JSON, WATCH_S = 10, LIST_MAX = 20 };

struct status_args {
    const char *dir;
    unsigned watch_s; /* 0 = once */
    bool json;
};

static const struct argp_option options[] = {
    {"watch", OPT_WATCH, "S", OPTION_ARG_OPTIONAL,
     "again every S seconds (default: 10) until nothing is left to wait for"},
    {"json", OPT_JSON, 0, 0, "print JSON"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct status_args *args = state->input;
    switch (key) {
    case OPT_WATCH:
        args->watch_s = value ? (unsigned)value_whole(value, "watch", 1, 86400, state) : WATCH_S;
        return 0;
    case OPT_JSON:
        args->json = true;
        return 0;
    default:
        return slurm_take_dir(key, value, &args->dir, state);
    }
}

const struct argp slurm_status_argp = {
    options, parse_option, "DIR",
    "How far a study is: shards done, running, pending and failed, episodes, rate, time left, and "
    "why a shard failed and where its log is. It is read from the study's files; the queue is "
    "asked "
    "for what is not in them, and where it does not answer, that is said. No accounting database "
    "is "
    "needed. Exit codes: 0, or 1 when a shard failed."};

/* ---- as text ---- */

/* "2 h 5 min"; caller frees. */
static char *duration(double seconds)
{
    long minutes = (long)(seconds / 60);
    if (seconds < 120)
        return xasprintf("%.0f s", seconds);
    return minutes < 120 ? xasprintf("%ld min", minutes)
                         : xasprintf("%ld h %ld min", minutes / 60, minutes % 60);
}

static void print_shard(const struct shard_state *st)
{
    printf("  shard %u: %s after %ld of %ld episodes%s%s\n", st->shard, shard_kind_names[st->kind],
           st->counts.done, st->counts.planned, *st->reason ? ": " : "", st->reason);
    if (*st->log && st->kind == SHARD_FAILED)
        printf("    log: %s\n", st->log);
}

static void print_kind(const struct overview *o, enum shard_kind kind)
{
    size_t shown = 0;
    for (size_t i = 0; i < o->n; i++)
        if (o->shards[i].kind == kind && shown++ < LIST_MAX)
            print_shard(&o->shards[i]);
    if (shown > LIST_MAX)
        printf("  ... and %zu more; --json lists all\n", shown - LIST_MAX);
}

static void print_text(const struct study *s, const struct overview *o)
{
    char *merged CLEANUP_FREE = study_path(s, "merged");
    printf("%s: %s, %u shards\n", s->dir, s->experiment, s->shards);
    printf("shards    %zu done, %zu running, %zu pending, %zu failed%s\n", o->of[SHARD_DONE],
           o->of[SHARD_RUNNING], o->of[SHARD_PENDING], o->of[SHARD_FAILED],
           study_is_cancelled(s) ? " (cancelled)" : "");
    printf("episodes  %ld of %ld done, %ld in error\n", o->sum.done, o->sum.planned, o->sum.errors);
    if (o->per_minute > 0) {
        char *left CLEANUP_FREE = duration(o->seconds_left);
        printf("rate      %.1f episodes a minute on %zu shards; at this rate %s left\n",
               o->per_minute, o->of[SHARD_RUNNING], left);
    }
    if (o->queue_error.code)
        printf("queue     no answer (%s); what follows is from files alone\n", o->queue_error.msg);
    print_kind(o, SHARD_FAILED);
    print_kind(o, SHARD_RUNNING);
    print_kind(o, SHARD_PENDING);
    if (file_exists(merged))
        printf("merged    %s\n", merged);
    else if (o->of[SHARD_DONE] == o->n)
        printf("merged    not yet; 'hrm slurm merge %s' does it\n", s->dir);
    else if (o->of[SHARD_FAILED] || o->of[SHARD_RUNNING] + o->of[SHARD_DONE] < o->n)
        printf("'hrm slurm resume %s' submits what is neither done nor in the queue\n", s->dir);
}

/* ---- as JSON ---- */

static json_t *shard_json(const struct study *s, const struct overview *o, size_t i)
{
    const struct shard_state *st = &o->shards[i];
    json_t *done CLEANUP_JSON = shard_read_done(s, st->shard);
    return json_pack("{s:I, s:s, s:i, s:I, s:I, s:I, s:f, s:b, s:s, s:s, s:s, s:o, s:s, s:s}",
                     "shard", (json_int_t)st->shard, "state", shard_kind_names[st->kind], "life",
                     st->life, "planned", (json_int_t)st->counts.planned, "done",
                     (json_int_t)st->counts.done, "errors", (json_int_t)st->counts.errors,
                     "seconds", st->seconds, "queued", o->queued[i], "job", st->job, "host",
                     st->host, "log", st->log, "reason", json_bytes(st->reason, strlen(st->reason)),
                     "place", json_get_str(done, "place", ""), "journal",
                     json_get_str(done, "journal", ""));
}

static void print_json(const struct study *s, const struct overview *o)
{
    json_t *list = json_array();
    for (size_t i = 0; i < o->n; i++)
        json_array_append_new(list, shard_json(s, o, i));
    json_t *all CLEANUP_JSON = json_pack(
        "{s:s, s:s, s:b, s:b, s:{s:I, s:I, s:I, s:I}, s:{s:I, s:I, s:I}, s:f, s:o, s:o}", "study",
        s->dir, "experiment", s->experiment, "cancelled", study_is_cancelled(s), "queue_answered",
        o->queue_answered, "shards", "done", (json_int_t)o->of[SHARD_DONE], "running",
        (json_int_t)o->of[SHARD_RUNNING], "pending", (json_int_t)o->of[SHARD_PENDING], "failed",
        (json_int_t)o->of[SHARD_FAILED], "episodes", "planned", (json_int_t)o->sum.planned, "done",
        (json_int_t)o->sum.done, "errors", (json_int_t)o->sum.errors, "episodes_per_minute",
        o->per_minute, "seconds_left", o->per_minute > 0 ? json_real(o->seconds_left) : json_null(),
        "each", list);
    char *text CLEANUP_FREE = json_text_pretty(all);
    puts(text);
}

/* ---- once, or again and again ---- */

static bool is_quiet(const struct overview *o)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->queued[i])
            return false;
    return true;
}

static int show(const struct study *s, const struct status_args *args, bool *quiet)
{
    struct overview o;
    overview_read(s, true, &o);
    if (args->watch_s && isatty(STDOUT_FILENO))
        fputs("\x1b[H\x1b[2J", stdout);
    if (args->json)
        print_json(s, &o);
    else
        print_text(s, &o);
    fflush(stdout);
    *quiet = is_quiet(&o);
    bool failed = o.of[SHARD_FAILED] > 0;
    overview_free(&o);
    return failed ? EXIT_EPISODES_IN_ERROR : EXIT_DONE;
}

int slurm_cmd_status(int argc, char **argv)
{
    struct status_args args = {0};
    struct study study = {0};
    struct err err = {0};
    int code = cmd_parse(&slurm_status_argp, argc, argv, &args);
    if (code)
        return code - 1;
    bool quiet = false;
    run_watch_signals();
    do {
        if (study_open(args.dir, &study, &err) < 0) /* each time: it may have been resumed */
            return cmd_fail(&err);
        code = show(&study, &args, &quiet);
        study_close(&study);
    } while (args.watch_s && !quiet && patience_sleep(args.watch_s));
    return code;
}
