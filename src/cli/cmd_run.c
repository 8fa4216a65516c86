/* hrm run: runs an experiment, or continues a run. */
#include <errno.h>
#include <math.h>
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
#include "cli/command_line.h"
#include "cli/print_screen.h"
#include "cli/results.h"
#include "cli/run_job.h"
#include "cli/run_live.h"
#include "cli/run_model.h"
#include "cli/run_money.h"
#include "cli/run_notes.h"
#include "cli/run_pilot.h"
#include "cli/run_power.h"
#include "cli/run_progress.h"
#include "cli/run_steps.h"
#include "cli/stop_signals.h"
#include "cli/version.h"
#include "experiment/calibrated.h"
#include "experiment/learner_native.h"
#include "experiment/manifest_make.h"
#include "experiment/merge.h"
#include "experiment/runner.h"
#include "model/flight.h"
#include "model/identity.h"
#include "model/replay.h"
#include "report/report.h"

/* ---- Ctrl-C, kill, a lost terminal ---- */

/* A signal may arrive twice at once (timeout(1) signals the process, then its group). */
static const double same_moment_s = 0.3;

/* The first signal asks to stop, a second one ends the process. */
static void on_signal(int number)
{
    static const char words[] = "\nhrm: stopped at once; the same command continues\n";
    static double first;
    double now = clock_seconds();
    (void)number;
    if (!stop_requested()) {
        first = now;
        stop_request();
    } else if (now - first > same_moment_s) {
        (void)!write(STDERR_FILENO, words, strlen(words));
        _exit(EXIT_INTERRUPTED);
    }
}

void run_watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    stop_signals_watch(&action);
}

/* ---- the run ---- */

/* "3 of 24 models trained, 180 k tokens/s". False when there is nothing to train any more. */
static bool note_training(const struct run_job *job, struct run_screen *screen)
{
    struct learner_progress p;
    if (!job->learner || !learner_native_look(job->learner, &p) || p.trained == p.total) {
        run_screen_note(screen, "");
        return false;
    }
    char *text CLEANUP_FREE = xasprintf("%zu of %zu models trained, %.0f k tokens/s", p.trained,
                                        p.total, p.tokens_per_s / 1000);
    run_screen_note(screen, text);
    return true;
}

enum { ROLES_SHOWN = 8 };

/* While models are trained most calls wait for theirs: their age would look like a server that
 * hangs.
 */
static void show_progress(const struct run_job *job, struct run_screen *screen,
                          const struct runner_progress *p, bool training)
{
    struct flight_role roles[ROLES_SHOWN];
    size_t n = training ? 0 : model_flight_roles(job->model, roles, ROLES_SHOWN);
    run_screen_show(screen, &(struct run_sight){.progress = p,
                                                .left = run_forecast_left(job, p),
                                                .tokens = (double)model_tokens(job->model),
                                                .cost = run_money_spent(job),
                                                .currency = job->prices.currency,
                                                .roles = roles,
                                                .n_roles = n});
}

int run_play(struct run_job *job, struct runner_progress *end, struct err *err)
{
    struct runner_job what = {.play = control_run,
                              .env = &job->env,
                              .plan = &job->plan,
                              .experiment = &job->experiment,
                              .workers = job->workers,
                              .prices = &job->prices,
                              .decide = job->decide};
    struct runner *runner = NULL;
    struct err gone = {0};
    char *title CLEANUP_FREE = xasprintf("%s on %s", job->experiment.name,
                                         json_get_str(job->identity, "name", "the model"));
    int rc = runner_start(&what, &runner, err);
    if (rc < 0)
        return rc;
    struct run_screen *screen = run_screen_open(title);
    struct run_live *live = run_live_open(job->dir.path);
    bool told = job->forecast == NULL;
    for (runner_look(runner, 0, end); !end->over; runner_look(runner, 0.2, end)) {
        bool training = note_training(job, screen);
        if (run_screen_due(screen))
            show_progress(job, screen, end, training);
        if (!told && run_forecast_ready(job, end)) {
            char *line CLEANUP_FREE = run_forecast_line(job, end);
            run_screen_say(screen, line);
            told = true;
        }
        run_live_show(live, job->model);
        if (job->serve && !gone.code && serve_check(job->serve, &gone) < 0)
            stop_request(); /* a server that we started does not come back */
    }
    run_screen_close(screen);
    run_live_close(live);
    end->arms = NULL; /* freed with the runner */
    rc = runner_finish(runner, err);
    if (!gone.code || end->done == end->total)
        return rc;
    *err = gone;
    return err->code = -EHOSTDOWN;
}

int run_write_results(struct run_job *job, enum run_print print, struct err *err)
{
    struct analysis_run report;
    struct str text CLEANUP_STR = {0};
    int rc = analysis_load(job->store, &report, err);
    if (rc < 0)
        return rc;
    rc = results_write(job->store, &report, job->dir.path, err);
    if (rc == 0 && print != RUN_PRINT_NOTHING)
        run_notes_say(&report);
    json_t *summary CLEANUP_JSON = print == RUN_PRINT_JSON ? report_summary_json(&report) : NULL;
    char *summary_text CLEANUP_FREE = summary ? json_text_pretty(summary) : NULL;
    if (rc == 0 && summary)
        puts(summary_text);
    else if (rc == 0 && print == RUN_PRINT_FULL)
        rc = report_render(&report, "text", &text, err);
    else if (rc == 0 && print == RUN_PRINT_SCREEN)
        print_screen(&report, job->dir.path, NULL);
    fwrite(str_text(&text), 1, text.len, stdout);
    fflush(stdout); /* messages follow, on stderr */
    analysis_run_free(&report);
    return rc;
}

static int show_error(void *ctx, long long id, const struct store_episode *row)
{
    (void)ctx;
    (void)id;
    if (row->status != STORE_ERROR)
        return 0;
    fprintf(stderr, "hrm: the first error, in %s/%s/%d: %s\n", row->arm, row->task, row->sample,
            row->error ? row->error : "");
    return 1;
}

bool run_replays(const struct run_job *job)
{
    return model_can(json_get_str(job->identity, "backend", ""), MODEL_REPLAYS);
}

const json_t *run_real_model(const struct run_job *job)
{
    const json_t *recorded = json_object_get(job->identity, "recorded");
    return recorded ? recorded : job->identity;
}

static void show_end(const struct run_job *job, const struct runner_progress *end)
{
    long recorded, asked;
    struct str cost CLEANUP_STR = {0};
    if (job->prices.currency) {
        str_add(&cost, "; ");
        run_money_add(job, run_money_spent(job), &cost);
        str_add(&cost, " spent so far");
    }
    fprintf(stderr, "hrm: %s: %zu of %zu episodes done, %zu here in %.1f s%s\n", job->dir.path,
            end->done, end->total, end->done_here, end->seconds, str_text(&cost));
    replay_counts(job->model, &recorded, &asked);
    if (recorded + asked > 0)
        fprintf(stderr, "hrm: %ld calls answered from %s, %ld %s\n", recorded, job->record.db,
                asked, run_replays(job) ? "not in it" : "asked anew");
}

static json_t *number_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

/* Into the manifest, for the report: what ended the run ("decided"), or would have ("stopping").
 * False when it is not decided. */
static bool note_decision(const struct run_job *job, json_t *manifest)
{
    if (!job->decide)
        return false;
    struct decide_state s = decide_look(job->decide);
    struct stats_ci ci = decide_interval(job->decide);
    json_object_set_new(manifest, s.decided ? "decided" : "stopping",
                        json_pack("{s:s, s:[s,s], s:I, s:I, s:I, s:f, s:f, s:o, s:o, s:o}",
                                  "criterion", job->decided_by ? job->decided_by->name : "", "arms",
                                  job->rivals[0]->name, job->rivals[1]->name, "tasks",
                                  (json_int_t)s.tasks, "won", (json_int_t)s.won, "lost",
                                  (json_int_t)s.lost, "e_value", s.e_value, "decides", s.decides,
                                  "estimate", number_or_null(s.estimate), "low",
                                  number_or_null(ci.low), "high", number_or_null(ci.high)));
    return s.decided;
}

/* Into the manifest, beside the model that the run began with: the one that answers there now. */
static void note_other_model(struct run_job *job, json_t *manifest)
{
    json_t *now CLEANUP_JSON = NULL;
    struct err ignored = {0};
    if (!job->model || model_probe(job->model, &now, &ignored) < 0)
        return;
    char *diff CLEANUP_FREE = identity_diff(job->identity, now);
    if (diff)
        json_object_set(manifest, "model_after", now);
}

/* How the run ended: *fault says why the server is gone or that the money is spent, or nothing
 * (code 0). */
static int conclude(struct run_job *job, json_t *manifest, const struct runner_progress *end,
                    enum run_print print, const struct err *fault)
{
    struct err err = {0};
    bool complete = end->done == end->total, gone = fault->code == -EHOSTDOWN;
    bool decided = note_decision(job, manifest) && !complete;
    bool spent = fault->code == -ECANCELED;
    bool stopped = !complete && !decided && (gone || spent || stop_requested());
    const char *status = complete  ? "complete"
                         : decided ? "decided"
                         : stopped ? "interrupted"
                                   : "errors";
    if (gone)
        note_other_model(job, manifest);
    if (job->learner)
        json_object_set_new(manifest, "cells", learner_native_cells(job->learner));
    int rc = manifest_save(manifest, status, job->dir.path, job->store, &err);
    show_end(job, end); /* before the results, which are what is looked for at the end */
    if (rc == 0)
        rc = run_write_results(job, stopped ? RUN_PRINT_NOTHING : print, &err);
    if (rc < 0)
        return cmd_fail(&err);
    if (decided)
        fprintf(stderr, "hrm: stopped because the result is decided; the same command without "
                        "--stop-when runs the rest\n");
    if (complete || (decided && end->errors == 0))
        return EXIT_DONE;
    if (gone && !decided) {
        fprintf(stderr, "hrm: %s\nhrm: stopped; the same command continues\n", fault->msg);
        return EXIT_ENVIRONMENT;
    }
    if (spent && stopped) {
        fprintf(stderr,
                "hrm: %s\nhrm: stopped; the same command with a larger --max_cost continues\n",
                fault->msg);
        return EXIT_INTERRUPTED;
    }
    if (stopped) {
        fprintf(stderr, "hrm: interrupted; the same command continues\n");
        return EXIT_INTERRUPTED;
    }
    fprintf(stderr, "hrm: %zu episodes are in error; the same command tries them again\n",
            end->errors);
    store_episodes(job->store, show_error, NULL, NULL);
    return EXIT_EPISODES_IN_ERROR;
}

int run_check_same_model(const struct run_job *job, struct err *err)
{
    struct manifest was = {0};
    int rc = manifest_read(job->store, &was, err);
    json_t *before CLEANUP_JSON = json_copy((json_t *)was.model.identity);
    manifest_free(&was);
    if (rc <= 0 || !model_can(json_get_str(job->identity, "backend", ""), MODEL_SERVER))
        return rc < 0 ? rc : 0;
    json_object_del(before, "context"); /* a larger one may be what the run was stopped for */
    char *diff CLEANUP_FREE = identity_diff(before, job->identity);
    return diff ? err_env(err,
                          "%s was begun with another model: %s; serve that one again, or play "
                          "this one into another --outdir",
                          job->dir.path, diff)
                : 0;
}

json_t *run_manifest(const struct run_job *job, const struct run_args *args)
{
    char *command CLEANUP_FREE = command_line_without(args->command, job->api_key);
    struct manifest_facts facts = {.experiment = &job->experiment,
                                   .suite = &job->suite,
                                   .prompts = job->prompts,
                                   .selection = &args->selection,
                                   .plan = &job->plan,
                                   .model = job->identity,
                                   .tool = tool_describe(job->tool),
                                   .version = hrm_version,
                                   .command = command,
                                   .workers = job->workers,
                                   .strict = args->strict};
    json_t *manifest = manifest_make(&facts, &job->dir, job->store);
    if (job->canary)
        json_object_set(manifest, "canary", job->canary);
    if (job->prices_json)
        json_object_set(manifest, "prices", job->prices_json);
    return manifest;
}

static int run(struct run_job *job, const struct run_args *args, struct err *err)
{
    struct runner_progress end = {0};
    if (run_job_record(job, args, err) < 0 || run_check_same_model(job, err) < 0)
        return cmd_fail(err);
    json_t *manifest CLEANUP_JSON = run_manifest(job, args);
    json_t *calibration CLEANUP_JSON = calibrated_find(args->outdir, run_real_model(job), true);
    if (calibration)
        json_object_set(manifest, "calibration", calibration);
    json_object_set_new(manifest, "journal", json_string(store_journal(job->store)));
    int rc = args->same_as ? merge_same_as(args->same_as, manifest, err) : 0;
    if (rc == 0)
        rc = manifest_save(manifest, "running", job->dir.path, job->store, err);
    if (rc == 0 && run_job_ways(job, err) < 0 && !stop_requested())
        rc = -EINVAL;
    json_t *ways CLEANUP_JSON = job->knows_ways ? ways_json(&job->ways) : NULL;
    if (rc == 0 && ways) {
        json_object_set(manifest, "grading", ways);
        rc = manifest_save(manifest, "running", job->dir.path, job->store, err);
    }
    if (rc < 0)
        return cmd_fail(err);
    run_power_warn(job);
    run_pilot_warn(&job->experiment);
    if (run_forecast_continue(job, err) < 0)
        return cmd_fail(err);
    run_forecast_say(job);
    rc = run_play(job, &end, err);
    return rc < 0 && !runner_can_continue(rc) ? cmd_fail(err)
                                              : conclude(job, manifest, &end,
                                                         args->json   ? RUN_PRINT_JSON
                                                         : args->full ? RUN_PRINT_FULL
                                                                      : RUN_PRINT_SCREEN,
                                                         err);
}

int run_refuse(const struct err *err)
{
    if (!stop_requested())
        return cmd_fail(err);
    fprintf(stderr, "hrm: interrupted before the first episode; the same command starts it\n");
    return EXIT_INTERRUPTED;
}

static int open_and_run(const struct run_args *args, struct run_job *job)
{
    struct err err = {0};
    if (!args->dry_run)
        run_watch_signals();
    if (run_job_open(args, job, &err) < 0 || run_forecast_open(args, job, &err) < 0 ||
        stop_requested())
        return run_refuse(&err);
    if (args->dry_run)
        return run_job_show(job, args->json, &err) < 0 ? cmd_fail(&err) : EXIT_DONE;
    if (!run_model_agreed(args, job))
        return EXIT_INTERRUPTED;
    return run(job, args, &err);
}

int cmd_run(int argc, char **argv)
{
    struct run_args args;
    struct run_job job = {0};
    char *command CLEANUP_FREE = command_line(argc, argv);
    int code = run_args_parse(argc, argv, &args);
    args.command = command;
    if (code == 0)
        code = open_and_run(&args, &job);
    else
        code--;
    run_job_close(&job);
    run_args_free(&args);
    return code;
}
