/* Opens what a run needs. The sandbox is opened before the model, since it forks and the model
 * starts threads. */
#include "cli/run_begun.h"
#include "cli/run_job.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/run_model.h"
#include "cli/run_money.h"
#include "cli/run_pilot.h"
#include "experiment/capsule_run.h"
#include "experiment/learner_icl.h"
#include "experiment/learner_native.h"
#include "experiment/metric.h"
#include "store/capsule.h"

static int set(struct experiment *x, const struct run_setting *s, struct err *err)
{
    if (!curriculum_has_setting(s->name))
        return experiment_set(x, s->name, s->value, err);
    if (!x->curriculum)
        return err_input(err, "--%s: %s has no curriculum", s->name, x->path);
    int rc = curriculum_set_text(x, s->name, s->value, err);
    return rc < 0 ? err_prefix(err, "--%s", s->name) : rc;
}

static int read_record(const struct run_args *args, struct run_record *r, struct err *err)
{
    int rc = args->replay ? rundir_find(args->replay, &r->db, err) : 0;
    if (rc < 0 || !r->db)
        return rc;
    rc = store_open(r->db, STORE_READ, &r->store, err);
    if (rc == 0)
        rc = store_check(r->store, true, err);
    if (rc < 0)
        return rc;
    rc = manifest_read(r->store, &r->manifest, err);
    if (rc == 0)
        return err_input(err, "%s: nothing to replay: the run never started", r->db);
    return rc < 0 ? rc : 0;
}

/* The backend whose suite, prompts and numbers the experiment uses: of a replay, the recorded one.
 */
static const char *data_backend(const struct run_args *args, const struct run_record *r)
{
    const json_t *model = r->manifest.model.identity;
    const json_t *origin = json_object_get(model, "recorded"); /* of a replay of a replay */
    return model_can(args->backend, MODEL_REPLAYS)
               ? json_get_str(origin ? origin : model, "backend", "openai")
               : args->backend;
}

static int read_experiment(const struct run_args *args, struct run_job *job, struct err *err)
{
    const char *backend = data_backend(args, &job->record);
    struct experiment *x = &job->experiment;
    char *path CLEANUP_FREE = NULL;
    int rc = args->experiment
                 ? experiment_find(args->experiment, &path, err)
                 : capsule_experiment(job->record.store, args->replay, backend, x, err);
    if (rc == 0 && path)
        rc = experiment_load(path, backend, x, err);
    if (rc == 0 && args->quick)
        rc = curriculum_set_quick(x, err);
    for (size_t i = 0; rc == 0 && i < args->n_settings; i++)
        rc = set(x, &args->settings[i], err);
    job->pilot = args->pilot;
    if (rc == 0 && args->pilot)
        rc = run_pilot_load(args->pilot, &job->pilot_run, err);
    if (rc == 0 && args->pilot)
        rc = run_pilot_limits(job->pilot_run, args->pilot, x, err);
    if (rc == 0 && x->curriculum)
        curriculum_expand(x);
    return rc;
}

static int read_suite(const struct run_args *args, struct run_job *job, struct err *err)
{
    const char *backend = data_backend(args, &job->record);
    const struct run_record *r = &job->record;
    char *path CLEANUP_FREE = NULL;
    int rc = args->suite        ? suite_locate(args->suite, &path, err)
             : args->experiment ? experiment_suite(&job->experiment, backend, &path, err)
                                : 0;
    if (rc == 0)
        rc = path ? suite_load(path, &job->suite, err)
                  : capsule_suite(r->store, &r->manifest, args->replay, &job->suite, err);
    for (size_t i = 0; rc == 0 && i < job->experiment.n_arms; i++)
        rc = control_check(&job->experiment.arms[i], job->suite.domain, err);
    return rc;
}

static int read_prompts(const struct run_args *args, struct run_job *job, struct err *err)
{
    const char *backend = data_backend(args, &job->record);
    const struct run_record *r = &job->record;
    if (!args->experiment && !args->prompts)
        return capsule_prompts(r->store, &r->manifest, args->replay, &job->prompts, err);
    const char *profile =
        args->prompts ? args->prompts : experiment_prompts(&job->experiment, backend);
    return prompt_set_load(profile, &job->prompts, err);
}

/* Recorded tool results are valid for the same suite only; those of a capsule without texts lack
 * what the programs printed. */
static struct store *recorded_tools(const struct run_job *job)
{
    const char *sha256 = job->record.manifest.suite.sha256;
    return str_eq(sha256, job->suite.sha256) && capsule_has_texts(job->record.store)
               ? job->record.store
               : NULL;
}

static int find_ways(struct run_job *job, struct err *err)
{
    const struct control_env env = {.tool = job->tool, .seed = job->experiment.seed};
    int rc = job->knows_ways ? 0 : ways_find(&job->plan, &env, &job->ways, err);
    job->knows_ways = rc == 0;
    return rc;
}

int run_job_ways(struct run_job *job, struct err *err)
{
    bool done = true;
    for (size_t i = 0; i < job->plan.n; i++)
        done &= job->plan.items[i].status == STORE_DONE;
    if (done || recorded_tools(job))
        return 0;
    int rc = find_ways(job, err);
    char *text CLEANUP_FREE = rc == 0 ? ways_text(&job->ways) : NULL, *rest = NULL;
    for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line;
         line = strtok_r(NULL, "\n", &rest))
        fprintf(stderr, "hrm: %s\n", line);
    return rc;
}

static void fill_env(const struct run_args *args, struct run_job *job)
{
    const struct experiment *x = &job->experiment;
    job->workers = args->strict                ? 1
                   : args->max_connections > 0 ? args->max_connections
                   : job->model                ? model_slots(job->model)
                                               : 0;
    if (job->files.connections && job->workers > job->files.connections)
        job->workers = job->files.connections;
    job->env = (struct control_env){.model = job->model,
                                    .tool = job->tool,
                                    .prompts = job->prompts,
                                    .recorded = recorded_tools(job),
                                    .budget = x->budget,
                                    .sampling = x->sampling,
                                    .roles = x->roles,
                                    .n_roles = x->n_roles,
                                    .shots = job->icl ? learner_icl_shots : NULL,
                                    .shots_ctx = job->icl,
                                    .seed = x->seed};
}

/* The first that can be seen while a run goes on. NULL = there is none. */
static const struct criterion *criterion_to_decide(const struct experiment *x)
{
    for (size_t i = 0; i < x->n_criteria; i++)
        if (decide_can(&x->criteria[i], x->budget.max_seconds))
            return &x->criteria[i];
    return NULL;
}

/* 5 % over all criteria, as Holm's first step: those of a joint one count once, in it. */
static double level_to_decide(const struct experiment *x)
{
    double family = (double)x->n_criteria;
    for (size_t i = 0; i < x->n_criteria; i++) {
        bool part = false;
        for (size_t j = 0; j < x->n_criteria; j++)
            for (size_t k = 0; k < x->criteria[j].n_all_of; k++)
                part |= str_eq(x->criteria[j].all_of[k], x->criteria[i].name);
        family -= part;
    }
    return 0.05 / (family > 1 ? family : 1);
}

/* The arms of that criterion, else the first two of the experiment, in random order of tasks. */
static int prepare_to_decide(struct run_job *job, struct err *err)
{
    const struct experiment *x = &job->experiment;
    const struct criterion *c = criterion_to_decide(x);
    if (x->n_criteria && !c)
        return err_input(err,
                         "--stop-when decided: looks at what passes as the run goes on, and no "
                         "criterion is about that alone (pass@1, or accuracy_within_seconds with "
                         "the budget's seconds)");
    job->decided_by = c;
    if (!plan_goes_by_task(&job->plan))
        return err_input(err, "--stop-when decided: not for an experiment with a curriculum");
    for (size_t i = 0; i < 2; i++) {
        job->rivals[i] = c ? experiment_arm(x, c->arms[i]) : i < x->n_arms ? &x->arms[i] : NULL;
        if (!job->rivals[i] || !plan_has_arm(&job->plan, job->rivals[i]))
            return err_input(err, "--stop-when decided: needs the two arms it compares%s%s",
                             job->rivals[i] ? "; missing:  " : "",
                             job->rivals[i] ? job->rivals[i]->name : "");
    }
    plan_shuffle(&job->plan, x->seed);
    return 0;
}

/* The worked problems of the learner icl. A replay finds them in its record's requests. */
static int open_demonstrations(const struct run_args *args, struct run_job *job, struct err *err)
{
    const struct curriculum *c = job->experiment.curriculum;
    if (!c || c->learner != LEARNER_ICL)
        return 0;
    (void)args;
    return learner_icl_open(&job->experiment, &job->suite, job->prompts, &job->icl, err);
}

static long context_of(const json_t *identity)
{
    long context = (long)json_get_int(identity, "context", 0);
    return context ? context : (long)json_get_int(identity, "num_ctx", 0);
}

int run_job_open(const struct run_args *args, struct run_job *job, struct err *err)
{
    *job = (struct run_job){0};
    int rc = read_record(args, &job->record, err);
    if (rc == 0)
        rc = read_experiment(args, job, err);
    if (rc == 0)
        rc = read_suite(args, job, err);
    if (rc == 0)
        rc = plan_make(&job->experiment, &job->suite, &args->selection, &job->plan, err);
    if (rc == 0 && !args->experiment)
        rc = capsule_plan(job->record.store, args->replay, &job->plan, err);
    if (rc == 0 && args->stop_when_decided)
        rc = prepare_to_decide(job, err);
    if (rc == 0)
        rc = read_prompts(args, job, err);
    if (rc == 0 && !args->dry_run)
        rc = run_descriptors_fit(args, &job->files, err);
    if (rc == 0 && !args->dry_run)
        rc = tool_open(&(struct tool_config){.weak = args->weak, .slots = job->files.slots},
                       &job->tool, err);
    if (rc == 0 && !args->dry_run && args->isolated_only)
        rc = find_ways(job, err);
    if (rc == 0 && job->knows_ways)
        rc = ways_check_isolated(&job->ways, err);
    if (rc == 0)
        rc = open_demonstrations(args, job, err);
    if (rc == 0)
        rc = run_model_open(args, job, err);
    if (rc == 0 && job->icl)
        rc = learner_icl_check(job->icl, context_of(job->identity), err);
    if (rc < 0)
        return rc;
    fill_env(args, job);
    if (!job->model)
        return run_money_open(args, job, err);
    run_descriptors_say(args, &job->files, model_slots(job->model));
    job->dir = rundir_name(args->outdir, &job->experiment, &job->suite, job->prompts, job->identity,
                           &args->selection);
    if (args->run_dir)
        rundir_place(&job->dir, args->run_dir);
    rc = args->dry_run ? 0 : rundir_check(&job->dir, err);
    return rc < 0 ? rc : run_money_open(args, job, err);
}

/* A replay does not become `latest`: it measures nothing new, and may be replaying `latest` itself.
 */
static bool yields_latest(const struct run_job *job)
{
    char *dir CLEANUP_FREE = file_dir(job->dir.path),
              *latest CLEANUP_FREE = file_join(dir, "latest");
    return model_can(json_get_str(job->identity, "backend", ""), MODEL_REPLAYS) &&
           file_exists(latest);
}

/* A directory that is named by the user may hold another run. */
static int check_configuration(const struct run_job *job, struct err *err)
{
    struct manifest was = {0};
    int rc = manifest_read(job->store, &was, err);
    if (rc == 1 && !str_eq(was.config_hash, job->dir.hash))
        rc = err_input(err,
                       "--run-dir: %s holds a run of another configuration (%s, this is %s); name "
                       "another directory",
                       job->dir.path, was.config_hash, job->dir.hash);
    manifest_free(&was);
    return rc < 0 ? rc : 0;
}

int run_job_record(struct run_job *job, const struct run_args *args, struct err *err)
{
    run_tell_begun(job);
    int rc = rundir_make(&job->dir, err);
    if (rc == 0)
        rc = store_open(job->dir.db, args->rollback ? STORE_WRITE_ROLLBACK : STORE_WRITE,
                        &job->store, err);
    if (rc == 0 && args->run_dir)
        rc = check_configuration(job, err);
    if (rc == 0)
        rc = plan_record(&job->plan, &job->experiment, &job->suite, job->store, err);
    if (rc == 0 && job->rivals[0])
        job->decide = decide_new(&job->plan, job->rivals[0], job->rivals[1], job->decided_by,
                                 level_to_decide(&job->experiment));
    if (rc == 0 && job->learner)
        rc = learner_native_start(job->learner, &job->plan, job->dir.path, args->parallel, err);
    if (rc == 0 && job->serve) {
        char *log CLEANUP_FREE = file_join(job->dir.path, "serve.log");
        rc = serve_log_to(job->serve, log, err);
    }
    if (rc == 0 && !args->run_dir && !yields_latest(job))
        rc = rundir_mark_latest(&job->dir, err);
    job->env.store = job->store;
    return rc < 0 ? rc : run_money_begin(args, job, err);
}

void run_job_close(struct run_job *job)
{
    store_close(job->store);
    rundir_free(&job->dir);
    json_decref(job->identity);
    json_decref(job->canary);
    json_decref(job->prices_json);
    learner_icl_close(job->icl);
    model_close(job->model);
    serve_stop(job->serve);
    if (job->fresh_outdir)
        rmdir(job->fresh_outdir); /* fails, as it should, if it holds a run */
    free(job->api_key);
    manifest_free(&job->record.manifest);
    store_close(job->record.store);
    free(job->record.db);
    tool_close(job->tool);
    prompt_set_free(job->prompts);
    decide_free(job->decide);
    ways_free(&job->ways);
    run_forecast_free(job->forecast);
    run_pilot_free(job->pilot_run);
    plan_free(&job->plan);
    suite_free(&job->suite);
    experiment_free(&job->experiment);
}
