/* All that `hrm run` needs, opened in an order in which bad input is refused before anything starts
 * or is written. */
#pragma once
#include "base/err.h"
#include "control/control.h"
#include "experiment/plan.h"
#include "experiment/rundir.h"

struct run_setting { /* --max-iters 3 */
    const char *name, *value;
};

struct run_args {
    const char *experiment, *suite, *backend, *model_name, *prompts, *outdir;
    struct plan_selection selection;
    const char **tasks; /* [selection.n_tasks] */
    struct run_setting settings[32];
    size_t n_settings;
    int max_connections; /* 0 = as many as the model has slots */
    bool strict, weak, dry_run, json;
};

struct run_job {
    struct experiment experiment;
    struct suite suite;
    struct prompt_set *prompts;
    struct tool *tool; /* NULL in a dry run */
    struct model *model;
    json_t *identity; /* of the model */
    struct plan plan;
    struct rundir dir;
    struct store *store; /* NULL in a dry run */
    struct control_env env;
    int workers;
};

/* On failure nothing is left open and nothing was written. In either case the caller calls
 * run_job_close. */
int run_job_open(const struct run_args *args, struct run_job *job, struct err *err);
/* Makes the run directory and records the plan. */
int run_job_record(struct run_job *job, struct err *err);
void run_job_close(struct run_job *job);
/* Prints the plan and the first prompt of each arm, or the plan as JSON. */
int run_job_show(const struct run_job *job, bool json, struct err *err);
