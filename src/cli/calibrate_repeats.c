/* See calibrate.h. A run of its own with three arms, all of the same requests: what differs between
 * them is when they are asked. */
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/calibrate.h"
#include "cli/run_steps.h"

enum { REPEATED_TASKS = 8 };

static int load(const struct run_job *job, const struct run_args *args, struct experiment *x,
                struct err *err)
{
    bool math = job->suite.domain == SUITE_MATH;
    const char *name =
        math ? "experiments/calibrate/repeats_math.yaml" : "experiments/calibrate/repeats.yaml";
    char *path CLEANUP_FREE = file_find_data(name);
    int rc =
        path ? experiment_load(path, args->backend, x, err) : err_env(err, "%s is not there", name);
    for (size_t i = 0; rc == 0 && i < args->n_settings; i++)
        rc = experiment_set(x, args->settings[i].name, args->settings[i].value, err);
    for (size_t i = 0; rc == 0 && i < x->n_arms; i++)
        rc = control_check(&x->arms[i], job->suite.domain, err);
    return rc;
}

/* Each task alone and at once again, then all of them once more. */
static void put_in_order(struct plan *p, const struct experiment *x)
{
    static const char *const passes[][2] = {{"alone", "cached"}, {"again", NULL}};
    struct plan sorted = {.items = xcalloc(p->n + 1, sizeof *sorted.items),
                          .arms = xcalloc(p->n + 1, sizeof *sorted.arms),
                          .tasks = xcalloc(p->n + 1, sizeof *sorted.tasks),
                          .n = p->n,
                          .n_tasks = p->n_tasks};
    size_t at = 0, per_task = x->n_arms;
    for (size_t pass = 0; pass < sizeof passes / sizeof *passes; pass++)
        for (size_t first = 0; first < p->n; first += per_task)
            for (size_t a = 0; a < 2; a++)
                for (size_t i = first; i < first + per_task; i++) {
                    if (!str_eq(p->arms[i]->name, passes[pass][a]))
                        continue;
                    sorted.items[at] = p->items[i];
                    sorted.arms[at] = p->arms[i];
                    sorted.tasks[at++] = p->tasks[i];
                }
    plan_free(p);
    *p = sorted;
}

static int make_plan(struct run_job *r, const struct run_job *job, struct err *err)
{
    const char *ids[REPEATED_TASKS];
    struct plan_selection sel = {.tasks = ids};
    for (size_t i = 0; i < job->plan.n && sel.n_tasks < REPEATED_TASKS; i++)
        ids[sel.n_tasks++] = job->plan.tasks[i]->id;
    int rc = plan_make(&r->experiment, &r->suite, &sel, &r->plan, err);
    if (rc == 0)
        put_in_order(&r->plan, &r->experiment);
    return rc;
}

/* A replay answers from the repeats of its record. False when there are none. */
static int open_record(const struct run_job *job, struct run_job *r, bool *there, struct err *err)
{
    *there = true;
    if (!run_replays(job))
        return 0;
    char *dir CLEANUP_FREE = file_dir(job->record.db);
    r->record.db = xasprintf("%s/repeats/run.db", dir);
    *there = file_exists(r->record.db);
    const struct model_config cfg = {.backend = json_get_str(job->identity, "backend", ""),
                                     .replay = r->record.db};
    r->model = NULL;
    int rc = *there ? store_open(r->record.db, STORE_READ, &r->record.store, err) : 0;
    return rc == 0 && *there ? model_open(&cfg, &r->model, err) : rc;
}

int calibrate_repeats(struct run_job *job, const struct run_args *args, struct store **store,
                      size_t *errors, struct err *err)
{
    struct run_job r = *job;
    struct runner_progress end = {0};
    bool there = true;
    r.experiment = (struct experiment){0};
    r.plan = (struct plan){0};
    r.record = (struct run_record){0};
    r.store = NULL;
    r.workers = 1;
    r.dir.path = file_join(job->dir.path, "repeats");
    r.dir.db = file_join(r.dir.path, "run.db");
    *store = NULL;
    int rc = load(job, args, &r.experiment, err);
    if (rc == 0)
        rc = make_plan(&r, job, err);
    if (rc == 0)
        rc = open_record(job, &r, &there, err);
    if (rc == 0 && there)
        rc = rundir_make(&r.dir, err);
    if (rc == 0 && there)
        rc = store_open(r.dir.db, STORE_WRITE, &r.store, err);
    if (rc == 0 && there)
        rc = plan_record(&r.plan, &r.experiment, &r.suite, r.store, err);
    r.env.store = r.store;
    r.env.model = r.model;
    r.env.recorded = job->env.recorded ? r.record.store : NULL;
    r.env.sampling = r.experiment.sampling;
    r.env.budget = r.experiment.budget;
    if (rc == 0 && there)
        rc = calibrate_play(&r, args, &end, err);
    *store = r.store;
    *errors = end.errors;
    if (r.model != job->model)
        model_close(r.model);
    store_close(r.record.store);
    free(r.record.db);
    rundir_free(&r.dir);
    plan_free(&r.plan);
    experiment_free(&r.experiment);
    return rc;
}
