/* hrm slurm: a study on a cluster. Its subcommands, and those that are a few lines. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/commands.h"
#include "cli/slurm_cmds.h"
#include "cli/values.h"
#include "cluster/overview.h"
#include "cluster/slurm.h"
#include "cluster/submit.h"
#include "cluster/task.h"

error_t slurm_take_dir(int key, const char *value, const char **dir, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_ARG:
        if (*dir)
            argp_error(state, "one study at a time: '%s' is one too many", value);
        *dir = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name the directory of a study, which 'hrm slurm submit' has made");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

char *slurm_program(void)
{
    char *path = realpath("/proc/self/exe", NULL);
    return path ? path : xstrdup("hrm");
}

/* ---- resume ---- */

struct resume_args {
    const char *dir;
    bool print;
};

enum { OPT_PRINT = 0x100, OPT_OFFSET, OPT_SHARD };

static const struct argp_option resume_options[] = {
    {"print", OPT_PRINT, 0, 0, "only print what would be submitted"}, {0}};

static error_t parse_resume(int key, char *value, struct argp_state *state)
{
    struct resume_args *args = state->input;
    if (key != OPT_PRINT)
        return slurm_take_dir(key, value, &args->dir, state);
    args->print = true;
    return 0;
}

static const struct argp slurm_resume_argp = {
    resume_options, parse_resume, "DIR",
    "Submit the shards of a study that are neither done nor on their way, and a merge after them. "
    "A shard is done when its DONE file says so. Slurm requeues a job that was preempted or whose "
    "node died; it does not requeue one that was killed or ran out of time: those are submitted "
    "here. What is recorded is not asked again."};

static int resume(struct study *s, bool print, struct err *err)
{
    struct overview o;
    struct str shown CLEANUP_STR = {0};
    size_t n;
    overview_read(s, true, &o);
    unsigned *missing CLEANUP_FREE = overview_missing(&o, &n);
    size_t done = o.of[SHARD_DONE], total = o.n;
    bool blind = !o.queue_answered && json_array_size(study_submissions(s)) > 0;
    if (blind) /* what is in the queue must not be submitted twice */
        *err = o.queue_error;
    overview_free(&o);
    if (blind)
        return -EHOSTDOWN;
    if (n == 0) {
        fprintf(stderr, "hrm: %s: %zu of %zu shards are done, nothing to submit\n", s->dir, done,
                total);
        return 0;
    }
    int rc = print ? 0 : study_set_cancelled(s, false, err);
    struct slurm_limits limits = slurm_read_limits();
    if (rc == 0)
        rc = submit_shards(s, missing, n, &limits, print, &shown, err);
    if (rc < 0)
        return rc;
    fputs(str_text(&shown), stdout);
    fprintf(stderr, "hrm: %s: %zu of %zu shards are done, %zu %ssubmitted\n", s->dir, done, total,
            n, print ? "to be " : "");
    return 0;
}

int slurm_cmd_resume(int argc, char **argv)
{
    struct resume_args args = {0};
    struct study study = {0};
    struct err err = {0};
    int code = cmd_parse(&slurm_resume_argp, argc, argv, &args);
    if (code)
        return code - 1;
    int rc = study_open(args.dir, &study, &err);
    if (rc == 0)
        rc = resume(&study, args.print, &err);
    study_close(&study);
    return rc < 0 ? cmd_fail(&err) : EXIT_DONE;
}

/* ---- cancel ---- */

static error_t parse_dir(int key, char *value, struct argp_state *state)
{
    return slurm_take_dir(key, value, state->input, state);
}

static const struct argp slurm_cancel_argp = {
    NULL, parse_dir, "DIR",
    "Cancel the jobs of a study, its merge among them. What the shards have recorded stays; 'hrm "
    "slurm resume DIR' goes on."};

int slurm_cmd_cancel(int argc, char **argv)
{
    const char *dir = NULL;
    struct study study = {0};
    struct err err = {0};
    int code = cmd_parse(&slurm_cancel_argp, argc, argv, &dir);
    if (code)
        return code - 1;
    int rc = study_open(dir, &study, &err);
    if (rc == 0) /* first, so that no job puts itself back into the queue */
        rc = study_set_cancelled(&study, true, &err);
    size_t n = 0;
    const char **jobs CLEANUP_FREE = rc == 0 ? overview_jobs(&study, &n) : NULL;
    if (rc == 0)
        rc = slurm_cancel(jobs, n, &err);
    if (rc == 0)
        fprintf(stderr, "hrm: %s: cancelled; 'hrm slurm resume' goes on with it\n", study.dir);
    study_close(&study);
    return rc < 0 ? cmd_fail(&err) : EXIT_DONE;
}

/* ---- task ---- */

struct task_args {
    const char *dir;
    unsigned offset, shard; /* shard 0 = by SLURM_ARRAY_TASK_ID */
};

static const struct argp_option task_options[] = {
    {"offset", OPT_OFFSET, "N", 0, "the shard is N + SLURM_ARRAY_TASK_ID"},
    {"shard", OPT_SHARD, "K", 0, "this shard, by hand"},
    {0}};

static error_t parse_task(int key, char *value, struct argp_state *state)
{
    struct task_args *args = state->input;
    switch (key) {
    case OPT_OFFSET:
        args->offset = (unsigned)value_whole(value, "offset", 0, 100000000, state);
        return 0;
    case OPT_SHARD:
        args->shard = (unsigned)value_whole(value, "shard", 1, 100000000, state);
        return 0;
    default:
        return slurm_take_dir(key, value, &args->dir, state);
    }
}

static const struct argp slurm_task_argp = {
    task_options, parse_task, "DIR",
    "Play one shard of a study, or go on with it: what a job of the array runs. SIGTERM stops it; "
    "a "
    "job is then put back into the queue. Exit codes: 0 done, 1 failed, 130 stopped."};

static void on_stop(int number)
{
    (void)number;
    stop_request();
}

static void watch_stops(void)
{
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

/* Slurm's output file, as nothing in the environment names it. Caller frees. */
static char *own_log(void)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/fd/2", path, sizeof path - 1);
    return n > 0 && path[0] == '/' && strncmp(path, "/dev/", 5) != 0 ? xstrndup(path, (size_t)n)
                                                                     : xstrdup("");
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

static int choose_shard(const struct study *s, struct task_args *args, struct err *err)
{
    const char *index = variable("SLURM_ARRAY_TASK_ID");
    if (args->shard == 0 && !*index)
        return err_input(err, "no SLURM_ARRAY_TASK_ID: outside a job array, --shard K says which");
    if (args->shard == 0)
        args->shard = args->offset + (unsigned)strtoul(index, NULL, 10);
    if (args->shard < 1 || args->shard > s->shards)
        return err_input(err, "%s has %u shards, there is no shard %u", s->dir, s->shards,
                         args->shard);
    return 0;
}

int slurm_cmd_task(int argc, char **argv)
{
    struct task_args args = {0};
    struct study study = {0};
    struct err err = {0};
    int code = cmd_parse(&slurm_task_argp, argc, argv, &args);
    if (code)
        return code - 1;
    watch_stops();
    char *program CLEANUP_FREE = slurm_program(), *log CLEANUP_FREE = own_log();
    int rc = study_open(args.dir, &study, &err);
    if (rc == 0)
        rc = choose_shard(&study, &args, &err);
    struct task_job job = {.study = &study,
                           .shard = args.shard,
                           .program = program,
                           .owner = {.job = variable("SLURM_JOB_ID"),
                                     .restarts = atoi(variable("SLURM_RESTART_COUNT")),
                                     .log = log}};
    if (rc == 0)
        rc = task_play(&job, &err);
    study_close(&study);
    return rc < 0 ? cmd_fail(&err) : rc;
}

/* ---- all of them ---- */

const struct cmd slurm_subcommands[] = {
    {"submit", "cut an experiment into shards and submit them as a job array", slurm_cmd_submit,
     &slurm_submit_argp, .also = &run_argp},
    {"status", "how far a study is, and what failed and why", slurm_cmd_status, &slurm_status_argp},
    {"resume", "submit the shards that are missing, and only those", slurm_cmd_resume,
     &slurm_resume_argp},
    {"cancel", "cancel a study's jobs; what is recorded stays", slurm_cmd_cancel,
     &slurm_cancel_argp},
    {"merge", "merge a study's shards and write its report (a job does it)", slurm_cmd_merge,
     &slurm_merge_argp},
    {"task", "play one shard (the jobs of the array do it)", slurm_cmd_task, &slurm_task_argp},
    {0},
};

static void print_help(FILE *f)
{
    fputs("Usage: hrm slurm COMMAND [OPTION...] [ARGUMENT...]\n"
          "An experiment on a cluster: its shards are the jobs of an array.\n\nCommands:\n",
          f);
    commands_print(slurm_subcommands, f);
    fputs("\n'hrm slurm COMMAND --help' lists a command's options.\n", f);
}

int cmd_slurm(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    if (!word) {
        print_help(stderr);
        return EXIT_BAD_INPUT;
    }
    if (str_eq(word, "--help") || str_eq(word, "-?") || str_eq(word, "-h") ||
        str_eq(word, "help")) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (str_eq(word, "--version") || str_eq(word, "-V")) {
        puts(argp_program_version);
        return EXIT_DONE;
    }
    const struct cmd *c = commands_find(slurm_subcommands, word);
    return c ? commands_start(argv[0], c, argc - 1, argv + 1)
             : commands_refuse(slurm_subcommands, argv[0], word);
}
