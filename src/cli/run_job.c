/* Opening what a run needs. The jail comes before the model: it forks, and the model starts
 * threads. */
#include "cli/run_job.h"
#include <stdlib.h>
#include "base/mem.h"
#include "base/str.h"

static int read_experiment(const struct run_args *args, struct experiment *x, struct err *err)
{
    char *path CLEANUP_FREE = NULL;
    int rc = experiment_find(args->experiment, &path, err);
    if (rc == 0)
        rc = experiment_load(path, x, err);
    for (size_t i = 0; rc == 0 && i < args->n_settings; i++)
        rc = experiment_set(x, args->settings[i].name, args->settings[i].value, err);
    return rc;
}

static int read_suite(const struct run_args *args, struct run_job *job, struct err *err)
{
    char *path CLEANUP_FREE = args->suite ? xstrdup(args->suite) : NULL;
    int rc = path ? 0 : experiment_suite(&job->experiment, args->backend, &path, err);
    if (rc == 0)
        rc = suite_load(path, &job->suite, err);
    for (size_t i = 0; rc == 0 && i < job->experiment.n_arms; i++)
        rc = control_check(&job->experiment.arms[i], job->suite.domain, err);
    return rc;
}

static int open_model(const struct run_args *args, struct run_job *job, struct err *err)
{
    const char *name = args->model_name;
    if (!name && str_eq(args->backend, "embedded")) {
        name = job->experiment.weights;
        if (!name)
            return err_input(err, "--model-name: expected a GGUF file: %s names no weights",
                             job->experiment.path);
    }
    struct model_config cfg = {.backend = args->backend,
                               .name = name ? name : "",
                               .max_connections = args->strict ? 1 : args->max_connections};
    int rc = model_open(&cfg, &job->model, err);
    return rc < 0 ? rc : model_probe(job->model, &job->identity, err);
}

int run_job_open(const struct run_args *args, struct run_job *job, struct err *err)
{
    *job = (struct run_job){0};
    int rc = read_experiment(args, &job->experiment, err);
    const struct experiment *x = &job->experiment;
    if (rc == 0)
        rc = read_suite(args, job, err);
    if (rc == 0)
        rc = plan_make(x, &job->suite, &args->selection, &job->plan, err);
    if (rc == 0)
        rc = prompt_set_load(args->prompts ? args->prompts : experiment_prompts(x, args->backend),
                             &job->prompts, err);
    if (rc == 0 && !args->dry_run)
        rc = tool_open(&(struct tool_config){.weak = args->weak}, &job->tool, err);
    if (rc == 0)
        rc = open_model(args, job, err);
    if (rc < 0)
        return rc;
    job->workers = args->strict                ? 1
                   : args->max_connections > 0 ? args->max_connections
                                               : model_slots(job->model);
    job->dir =
        rundir_name(args->outdir, x, &job->suite, job->prompts, job->identity, &args->selection);
    job->env = (struct control_env){.model = job->model,
                                    .tool = job->tool,
                                    .prompts = job->prompts,
                                    .budget = x->budget,
                                    .sampling = x->sampling,
                                    .seed = x->seed};
    return args->dry_run ? 0 : rundir_check(&job->dir, err);
}

int run_job_record(struct run_job *job, struct err *err)
{
    int rc = rundir_make(&job->dir, err);
    if (rc == 0)
        rc = store_open(job->dir.db, STORE_WRITE, &job->store, err);
    if (rc == 0)
        rc = plan_record(&job->plan, &job->experiment, &job->suite, job->store, err);
    if (rc == 0)
        rc = rundir_mark_latest(&job->dir, err);
    job->env.store = job->store;
    return rc;
}

void run_job_close(struct run_job *job)
{
    store_close(job->store);
    rundir_free(&job->dir);
    json_decref(job->identity);
    model_close(job->model);
    tool_close(job->tool);
    prompt_set_free(job->prompts);
    plan_free(&job->plan);
    suite_free(&job->suite);
    experiment_free(&job->experiment);
}
