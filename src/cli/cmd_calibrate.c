/* hrm calibrate: does this set-up reproduce a published value of its model? A few tasks of a
 * benchmark asked again and again, a run of one arm on all of it, and the results of both on one
 * screen. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "analysis/calibration.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/calibrate.h"
#include "cli/cmd.h"
#include "cli/command_line.h"
#include "cli/run_model.h"
#include "cli/run_steps.h"
#include "experiment/manifest_make.h"
#include "report/calibration_text.h"

struct calibrate {
    struct run_args args;
    struct run_job job;
    struct published table;
    char *experiment; /* its path */
};

/* ---- what is played ---- */

static int choose_suite(struct calibrate *c, struct err *err)
{
    static const char *const usual[] = {"humaneval.yaml", "mbpp.yaml", "gsm8k.yaml"};
    for (size_t i = 0; !c->args.suite && i < sizeof usual / sizeof *usual; i++)
        if (file_exists(usual[i]))
            c->args.suite = usual[i];
    if (c->args.suite)
        return 0;
    return err_input(err, "--suite: name a benchmark's suite; 'hrm import humaneval "
                          "HumanEval.jsonl.gz -o humaneval.yaml' makes one (or mbpp, gsm8k)");
}

/* One experiment for code, one for word problems. */
static int choose_experiment(struct calibrate *c, struct err *err)
{
    struct suite suite = {0};
    char *path CLEANUP_FREE = NULL;
    int rc = suite_locate(c->args.suite, &path, err);
    if (rc == 0)
        rc = suite_load(path, &suite, err);
    bool math = rc == 0 && suite.domain == SUITE_MATH;
    const char *name =
        math ? "experiments/calibrate/math.yaml" : "experiments/calibrate/experiment.yaml";
    if (rc < 0)
        return rc;
    suite_free(&suite);
    c->args.experiment = c->experiment = file_find_data(name);
    return c->experiment ? 0 : err_env(err, "%s is not there", name);
}

static int load_table(struct calibrate *c, struct err *err)
{
    char *path CLEANUP_FREE = file_find_data("eval/published.yaml");
    return path ? published_load(path, &c->table, err)
                : err_env(err, "eval/published.yaml is not there");
}

static int check_backend(const struct run_args *args, struct err *err)
{
    struct str servers CLEANUP_STR = {0};
    if (!model_can(args->backend, MODEL_WEIGHTS))
        return 0;
    model_list(MODEL_SERVER, " or ", &servers);
    return err_input(err,
                     "--model-backend: there is no published value of the embedded model; name "
                     "a server's (%s); 'hrm doctor' lists those that answer",
                     str_text(&servers));
}

/* Another template, context or server (or --strict) under the same model is another set-up, and not
 * a continuation: the directory's name says which. */
static void name_setup(struct run_job *job, bool strict)
{
    static const char *const keys[] = {"chat_template", "context", "num_ctx", "server",
                                       "file",          "slots",   "dialect", "quantization"};
    const json_t *model = run_real_model(job);
    json_t *o CLEANUP_JSON = json_object();
    char hex[HASH_HEX];
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (json_object_get(model, keys[i]))
            json_object_set(o, keys[i], json_object_get(model, keys[i]));
    if (strict)
        json_object_set_new(o, "strict", json_true());
    char *text CLEANUP_FREE = json_text(o), *path = job->dir.path;
    hash_sha256_hex(text, strlen(text), hex);
    job->dir.path = xasprintf("%s-%.6s", path, hex);
    free(path);
    free(job->dir.db);
    job->dir.db = file_join(job->dir.path, "run.db");
}

/* ---- the result ---- */

static int make_result(struct calibrate *c, struct store *repeats, json_t **out, struct err *err)
{
    struct run_job *job = &c->job;
    json_t *server CLEANUP_JSON = NULL;
    int rc = calibrate_server_end(job, &server, err);
    if (rc < 0)
        return rc;
    struct calibration_facts f = {.record = job->store,
                                  .repeats = repeats,
                                  .model = run_real_model(job),
                                  .server = server,
                                  .table = &c->table,
                                  .suite = job->suite.name ? job->suite.name : job->suite.path,
                                  .n_tasks = job->suite.n_tasks,
                                  .max_tokens = job->experiment.sampling.max_tokens};
    return calibration_make(&f, out, err);
}

static int write_result(const struct run_job *job, json_t *result, struct err *err)
{
    char *now CLEANUP_FREE = clock_utc_now();
    char *path CLEANUP_FREE = file_join(job->dir.path, "calibration.json");
    json_object_set_new(result, "created", json_string(now));
    json_object_set_new(result, "path", json_string(job->dir.path));
    json_object_set_new(result, "replayed", json_boolean(run_replays(job)));
    char *text CLEANUP_FREE = json_text_pretty(result);
    return file_write(path, text, strlen(text), err);
}

static int show_result(struct calibrate *c, struct store *repeats, struct err *err)
{
    json_t *result CLEANUP_JSON = NULL;
    struct str text CLEANUP_STR = {0};
    int rc = make_result(c, repeats, &result, err);
    if (rc == 0)
        rc = write_result(&c->job, result, err);
    if (rc < 0)
        return rc;
    char *json CLEANUP_FREE = c->args.json ? json_text_pretty(result) : NULL;
    if (!json)
        calibration_text(result, &text);
    fputs(json ? json : str_text(&text), stdout);
    fputs(json ? "\n" : "", stdout);
    fprintf(stderr, "hrm: %s: calibration.json, report.html\n", c->job.dir.path);
    return 0;
}

/* ---- the run ---- */

static int say_stopped(const struct err *err)
{
    if (err->code == -EHOSTDOWN) {
        fprintf(stderr, "hrm: %s\nhrm: stopped; the same command continues\n", err->msg);
        return EXIT_ENVIRONMENT;
    }
    fprintf(stderr, "hrm: interrupted; the same command continues\n");
    return EXIT_INTERRUPTED;
}

int calibrate_play(struct run_job *job, const struct run_args *args, struct runner_progress *end,
                   struct err *err)
{
    json_t *manifest CLEANUP_JSON = run_manifest(job, args);
    int rc = manifest_save(manifest, "running", job->dir.path, job->store, err);
    int played = rc < 0 ? rc : run_play(job, end, err);
    if (played < 0 && played != -EHOSTDOWN)
        return played;
    struct err saving = {0};
    bool complete = end->done == end->total, stopped = played < 0 || stop_requested();
    const char *status = complete ? "complete" : stopped ? "interrupted" : "errors";
    rc = manifest_save(manifest, status, job->dir.path, job->store, &saving);
    if (rc == 0)
        rc = run_write_results(job, RUN_PRINT_NOTHING, &saving);
    if (played < 0)
        return played;
    if (rc < 0)
        *err = saving;
    return rc < 0 ? rc : stopped && !complete ? err_interrupted(err) : 0;
}

/* The repeats come first: afterwards the server's cache would hold their prompts. */
static int run(struct calibrate *c, struct err *err)
{
    struct runner_progress end = {0};
    struct store *repeats = NULL;
    size_t errors = 0;
    int rc = run_job_record(&c->job, &c->args, err);
    if (rc == 0)
        rc = run_check_same_model(&c->job, err);
    if (rc == 0)
        rc = calibrate_server_begin(&c->job, err);
    if (rc == 0)
        rc = calibrate_repeats(&c->job, &c->args, &repeats, &errors, err);
    if (rc == 0)
        rc = calibrate_play(&c->job, &c->args, &end, err);
    if (rc == 0)
        rc = show_result(c, repeats, err);
    store_close(repeats);
    if (rc == -EHOSTDOWN || rc == -EINTR)
        return say_stopped(err);
    if (rc < 0)
        return cmd_fail(err);
    errors += end.errors;
    if (errors == 0)
        return EXIT_DONE;
    fprintf(stderr, "hrm: %zu episodes are in error; the same command tries them again\n", errors);
    return EXIT_EPISODES_IN_ERROR;
}

static int open_and_run(struct calibrate *c)
{
    struct err err = {0};
    int rc = check_backend(&c->args, &err);
    if (rc == 0)
        rc = choose_suite(c, &err);
    if (rc == 0)
        rc = choose_experiment(c, &err);
    if (rc == 0)
        rc = load_table(c, &err);
    if (rc < 0)
        return cmd_fail(&err);
    if (!c->args.dry_run)
        run_watch_signals();
    if (run_job_open(&c->args, &c->job, &err) < 0 || stop_requested())
        return run_refuse(&err);
    if (c->job.model)
        name_setup(&c->job, c->args.strict);
    if (c->args.dry_run)
        return run_job_show(&c->job, c->args.json, &err) < 0 ? cmd_fail(&err) : EXIT_DONE;
    return run_model_agreed(&c->args, &c->job) ? run(c, &err) : EXIT_INTERRUPTED;
}

int cmd_calibrate(int argc, char **argv)
{
    struct calibrate c = {0};
    char *command CLEANUP_FREE = command_line(argc, argv);
    int code = run_args_parse_calibration(argc, argv, &c.args);
    c.args.command = command;
    code = code == 0 ? open_and_run(&c) : code - 1;
    run_job_close(&c.job);
    run_args_free(&c.args);
    published_free(&c.table);
    free(c.experiment);
    return code;
}
