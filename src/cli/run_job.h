/* All that `hrm run` needs, opened in an order in which bad input is refused before anything starts
 * or is written. */
#pragma once
#include "base/err.h"
#include "cli/run_args.h"
#include "cli/run_descriptors.h"
#include "cli/run_forecast.h"
#include "control/control.h"
#include "experiment/decide.h"
#include "experiment/plan.h"
#include "experiment/rundir.h"
#include "experiment/ways.h"
#include "model/serve.h"
#include "store/manifest.h"
#include "store/prices.h"

struct purse;

/* The run that --replay names. */
struct run_record {
    char *db; /* NULL = none */
    struct store *store;
    struct manifest manifest;
};

struct run_job {
    struct experiment experiment;
    struct suite suite;
    struct prompt_set *prompts;
    struct run_descriptors files;
    struct tool *tool; /* NULL in a dry run */
    struct run_record record;
    struct serve *serve;      /* NULL = none was started */
    const char *fresh_outdir; /* created for the server's log; NULL = it existed */
    char *api_key;            /* from --api-key-file; never shown, logged or stored */
    struct model *model;      /* NULL in a dry run with a server */
    struct model *learner;    /* part of model: the native learner; NULL = none */
    struct learner_icl *icl;  /* NULL = none */
    json_t *canary;           /* what the adapters' check found; NULL = no adapters */
    json_t *identity;         /* of the model */
    struct purse *purse;      /* part of model; NULL = no server is asked */
    json_t *prices_json;      /* as the manifest has them; NULL = none */
    struct prices prices;     /* the same */
    struct plan plan;
    bool knows_ways;
    struct ways ways;                   /* where that is so */
    const struct arm *rivals[2];        /* of --stop-when decided; NULL without */
    const struct criterion *decided_by; /* NULL: none is stated, a difference of 0 */
    struct decide *decide;              /* once recorded */
    struct rundir dir; /* path NULL when the model is not known without asking the server */
    struct run_forecast *forecast;  /* NULL = nobody asks, as for a calibration */
    const char *pilot;              /* that --pilot names; NULL = none */
    struct analysis_run *pilot_run; /* the same, loaded once */
    struct store *store;            /* NULL in a dry run */
    struct control_env env;
    int workers; /* 0 = as many as the server has slots */
};

/* On failure nothing was written, and in either case the caller calls run_job_close. */
int run_job_open(const struct run_args *args, struct run_job *job, struct err *err);
/* Makes the run directory and records the plan. */
int run_job_record(struct run_job *job, const struct run_args *args, struct err *err);
/* Finds out which way tasks are graded and says on stderr what a person should know of it. A run of
 * which nothing is left to do, and a replay with its recorded gradings, need not know. */
int run_job_ways(struct run_job *job, struct err *err);
void run_job_close(struct run_job *job);
/* Prints the plan and the first prompt of each arm, or the plan as JSON. */
int run_job_show(const struct run_job *job, bool json, struct err *err);
