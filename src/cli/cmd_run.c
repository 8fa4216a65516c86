/* hrm run: plays an experiment, or goes on with it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/run_job.h"
#include "cli/run_progress.h"
#include "experiment/manifest.h"
#include "experiment/runner.h"
#include "report/report.h"
#include "store/export.h"

/* ---- options ---- */

enum {
    OPT_SUITE = 0x100,
    OPT_BACKEND,
    OPT_MODEL,
    OPT_PROMPTS,
    OPT_CONNECTIONS,
    OPT_STRICT,
    OPT_ARMS,
    OPT_LIMIT,
    OPT_TASK,
    OPT_SHARD,
    OPT_OUTDIR,
    OPT_SANDBOX,
    OPT_DRY_RUN,
    OPT_JSON,
    OPT_SETTING, /* from here on: numbers of the experiment, named as in its file */
    OPT_SETTING_LAST = OPT_SETTING + 10,
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "What to run:", 1},
    {"suite", OPT_SUITE, "FILE", 0, "tasks (default: the experiment's)"},
    {"arms", OPT_ARMS, "A,B", 0, "only these arms"},
    {"samples", OPT_SETTING, "K", 0, "repeats of each task"},
    {"limit", OPT_LIMIT, "N|A-B", 0, "only the first N tasks, or tasks A to B"},
    {"task", OPT_TASK, "ID", 0, "only this task (may be given again)"},
    {"shard", OPT_SHARD, "I/N", 0, "only the tasks of shard I of N"},
    {0, 0, 0, 0, "The model:", 2},
    {"model-backend", OPT_BACKEND, "NAME", 0, "embedded (default)"},
    {"model-name", OPT_MODEL, "NAME", 0, "the model; for embedded a GGUF file"},
    {"prompts", OPT_PROMPTS, "PROFILE", 0, "a folder of prompts/ (default: by backend)"},
    {"temperature", OPT_SETTING + 1, "T", 0, "0 = greedy"},
    {"top-p", OPT_SETTING + 2, "P", 0, "1 = off"},
    {"max-tokens", OPT_SETTING + 3, "N", 0, "tokens a single reply may have"},
    {"seed", OPT_SETTING + 4, "S", 0, "all others are derived from it"},
    {0, 0, 0, 0, "The budget of an episode, the same for every arm (0 = no cap):", 3},
    {"max-iters", OPT_SETTING + 5, "N", 0, "candidates executed"},
    {"max-calls", OPT_SETTING + 6, "N", 0, "model calls"},
    {"max-tool-runs", OPT_SETTING + 7, "N", 0, "executions of Python"},
    {"max-generated-tokens", OPT_SETTING + 8, "N", 0, "tokens the model writes"},
    {"max-total-tokens", OPT_SETTING + 9, "N", 0, "tokens read and written"},
    {"max-seconds", OPT_SETTING_LAST, "S", 0, "model service and tool time"},
    {0, 0, 0, 0, "How to run it:", 4},
    {"max-connections", OPT_CONNECTIONS, "N", 0, "episodes at once (default: the model's slots)"},
    {"strict", OPT_STRICT, 0, 0, "one episode at a time, for timing"},
    {"outdir", OPT_OUTDIR, "DIR", 0, "where runs live (default: runs)"},
    {"sandbox", OPT_SANDBOX, "weak", 0, "accept a weaker jail where the full one cannot be built"},
    {"dry-run", OPT_DRY_RUN, 0, 0, "print the plan and the first prompts, run nothing"},
    {"json", OPT_JSON, 0, 0, "print the summary as JSON instead of tables"},
    {0}};

static void add_setting(struct run_args *args, int key, const char *value)
{
    const struct argp_option *o = options;
    while (o->key != key)
        o++;
    if (args->n_settings == sizeof args->settings / sizeof *args->settings)
        args->n_settings--; /* the same flag over and over: the last one counts */
    args->settings[args->n_settings++] = (struct run_setting){o->name, value};
}

static error_t refuse(const struct argp_state *state, const struct err *err)
{
    fprintf(stderr, "%s: %s\n", state->name, err->msg);
    return EINVAL;
}

static error_t parse_connections(struct argp_state *state, const char *value, int *out)
{
    char *end;
    long n = strtol(value, &end, 10);
    if (end == value || *end || n < 1 || n > 4096) {
        fprintf(stderr, "%s: --max-connections: expected a number from 1 to 4096, found '%s'\n",
                state->name, value);
        return EINVAL;
    }
    *out = (int)n;
    return 0;
}

static error_t parse_selection(int key, const char *value, struct argp_state *state)
{
    struct run_args *args = state->input;
    struct plan_selection *sel = &args->selection;
    struct err err;
    switch (key) {
    case OPT_ARMS:
        sel->arms = value;
        return 0;
    case OPT_TASK:
        args->tasks = xrealloc(args->tasks, (sel->n_tasks + 1) * sizeof *args->tasks);
        args->tasks[sel->n_tasks++] = value;
        sel->tasks = args->tasks;
        return 0;
    case OPT_LIMIT:
        return plan_parse_limit(value, sel, &err) < 0 ? refuse(state, &err) : 0;
    case OPT_SHARD:
        return plan_parse_shard(value, sel, &err) < 0 ? refuse(state, &err) : 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct run_args *args = state->input;
    if (key >= OPT_SETTING && key <= OPT_SETTING_LAST) {
        add_setting(args, key, value);
        return 0;
    }
    switch (key) {
    case OPT_SUITE:
        args->suite = value;
        return 0;
    case OPT_BACKEND:
        args->backend = value;
        return 0;
    case OPT_MODEL:
        args->model_name = value;
        return 0;
    case OPT_PROMPTS:
        args->prompts = value;
        return 0;
    case OPT_CONNECTIONS:
        return parse_connections(state, value, &args->max_connections);
    case OPT_STRICT:
        args->strict = true;
        return 0;
    case OPT_OUTDIR:
        args->outdir = value;
        return 0;
    case OPT_SANDBOX:
        args->weak = str_eq(value, "weak");
        if (!args->weak)
            argp_error(state, "--sandbox: expected weak, found '%s'", value);
        return 0;
    case OPT_DRY_RUN:
        args->dry_run = true;
        return 0;
    case OPT_JSON:
        args->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (args->experiment)
            argp_error(state, "one experiment at a time: '%s' is one too many", value);
        args->experiment = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name an experiment; 'hrm list' shows them");
        return EINVAL;
    default:
        return parse_selection(key, value, state);
    }
}

static const struct argp argp = {
    options, parse_option, "EXPERIMENT",
    "Run an experiment, or go on with one: what is finished is not asked again.\v"
    "EXPERIMENT is a name under experiments/, a directory or a YAML file; flags override the "
    "file. The run lives in DIR/<experiment>/<model>-<hash>/."};

/* ---- Ctrl-C ---- */

static void on_signal(int number)
{
    (void)number;
    if (stop_requested())
        _exit(EXIT_INTERRUPTED);
    stop_request();
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* ---- the run ---- */

static int play(struct run_job *job, struct runner_progress *end, struct err *err)
{
    struct runner_job what = {.play = control_run,
                              .env = &job->env,
                              .plan = &job->plan,
                              .experiment = &job->experiment,
                              .workers = job->workers};
    struct runner *runner = NULL;
    char *title CLEANUP_FREE = xasprintf("%s on %s", job->experiment.name,
                                         json_get_str(job->identity, "name", "the model"));
    int rc = runner_start(&what, &runner, err);
    if (rc < 0)
        return rc;
    struct run_screen *screen = run_screen_open(title);
    for (runner_look(runner, 0, end); !end->over; runner_look(runner, 0.2, end))
        run_screen_show(screen, end);
    run_screen_close(screen);
    end->arms = NULL; /* they go with the runner */
    return runner_finish(runner, err);
}

/* results.csv, summary.json, and the tables or the summary on stdout. */
static int write_results(struct run_job *job, bool print, bool json, struct err *err)
{
    struct report_run report;
    struct str text CLEANUP_STR = {0};
    char *csv CLEANUP_FREE = file_join(job->dir.path, "results.csv");
    char *path CLEANUP_FREE = file_join(job->dir.path, "summary.json");
    int rc = store_write_csv(job->store, csv, err);
    if (rc == 0)
        rc = report_load(job->store, &report, err);
    if (rc < 0)
        return rc;
    json_t *summary CLEANUP_JSON = report_summary_json(&report);
    char *summary_text CLEANUP_FREE = json_text_pretty(summary);
    rc = file_write(path, summary_text, strlen(summary_text), err);
    if (rc == 0 && print && json)
        puts(summary_text);
    else if (rc == 0 && print && (rc = report_render(&report, "text", &text, err)) == 0)
        fwrite(str_text(&text), 1, text.len, stdout);
    report_run_free(&report);
    return rc;
}

static int conclude(struct run_job *job, json_t *manifest, const struct runner_progress *end,
                    bool json, struct err *err)
{
    bool complete = end->done == end->total;
    bool stopped = !complete && stop_requested();
    const char *status = complete ? "complete" : stopped ? "interrupted" : "errors";
    int rc = manifest_save(manifest, status, &job->dir, job->store, err);
    if (rc == 0)
        rc = write_results(job, !stopped, json, err);
    if (rc < 0)
        return cmd_fail(err);
    fprintf(stderr, "hrm: %s: %zu of %zu episodes done, %zu here in %.1f s\n", job->dir.path,
            end->done, end->total, end->done_here, end->seconds);
    if (stopped)
        fprintf(stderr, "hrm: interrupted; the same command continues\n");
    else if (!complete)
        fprintf(stderr, "hrm: %zu episodes are in error; the same command tries them again\n",
                end->errors);
    return complete ? EXIT_DONE : stopped ? EXIT_INTERRUPTED : EXIT_EPISODES_IN_ERROR;
}

static int run(struct run_job *job, const struct run_args *args, struct err *err)
{
    struct runner_progress end = {0};
    if (run_job_record(job, err) < 0)
        return cmd_fail(err);
    struct manifest_facts facts = {.experiment = &job->experiment,
                                   .suite = &job->suite,
                                   .prompts = job->prompts,
                                   .selection = &args->selection,
                                   .plan = &job->plan,
                                   .model = job->identity,
                                   .tool = tool_describe(job->tool),
                                   .version = HRM_VERSION,
                                   .workers = job->workers};
    json_t *manifest CLEANUP_JSON = manifest_make(&facts, &job->dir, job->store);
    watch_signals();
    if (manifest_save(manifest, "running", &job->dir, job->store, err) < 0 ||
        play(job, &end, err) < 0)
        return cmd_fail(err);
    return conclude(job, manifest, &end, args->json, err);
}

int cmd_run(int argc, char **argv)
{
    struct run_args args = {.backend = "embedded", .outdir = "runs"};
    struct run_job job;
    struct err err = {0};
    int code = cmd_parse(&argp, argc, argv, &args);
    if (code) {
        free(args.tasks);
        return code - 1;
    }
    if (run_job_open(&args, &job, &err) < 0)
        code = cmd_fail(&err);
    else if (args.dry_run)
        code = run_job_show(&job, args.json, &err) < 0 ? cmd_fail(&err) : EXIT_DONE;
    else
        code = run(&job, &args, &err);
    run_job_close(&job);
    free(args.tasks);
    return code;
}
