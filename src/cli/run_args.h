/* What the command line of `hrm run` says. Text is borrowed from argv. */
#pragma once
#include <argp.h>
#include <stdbool.h>
#include "experiment/plan.h"
#include "model/model.h"

/* --max-iters 3. */
struct run_setting {
    const char *name, *value;
};

/* --role-model planner=NAME. */
struct run_role {
    char role[16];
    const char *model;
};

enum { RUN_ROLES_MAX = 16, RUN_SETTINGS_MAX = 32 };

struct run_args {
    const char *command; /* all of it, for people */
    const char *experiment, *suite, *prompts, *outdir;
    const char *run_dir, *same_as; /* of a scheduler's task; NULL = not said */
    bool rollback;                 /* the record's journal */
    struct plan_selection selection;
    const char **tasks; /* [selection.n_tasks] */
    struct run_setting settings[RUN_SETTINGS_MAX];
    size_t n_settings;

    const char *backend, *model_name;             /* backend NULL = not said */
    const char *base_url, *api_key_file, *replay; /* NULL = not said */
    const char *env_file;                         /* read by then; NULL = none */
    const char *serve;                            /* the command; NULL = none */
    const char *prices;                           /* a table of them; NULL = not said */
    const char *pilot;                            /* a run to learn from; NULL = none */
    struct run_role roles[RUN_ROLES_MAX];
    size_t n_roles;
    enum model_think think;
    int num_ctx;           /* 0 = chosen from the prompts */
    double max_cost;       /* of the whole run, in the table's currency; 0 = no limit */
    double max_outage_s;   /* 0 = the backend's own */
    int max_connections;   /* 0 = as many as the model has slots */
    int parallel;          /* native trainings at once; 0 = one per core */
    const char **adapters; /* [n_adapters] CELL=NAME */
    size_t n_adapters;
    bool stop_when_decided, strict, isolated_only, weak, dry_run, full, json, yes, quick;
};

/* 0, or an exit code + 1 to be returned as it is (cmd_parse). In either case the caller calls
 * run_args_free. Afterwards a backend is named, and flags that it ignores have been rejected. */
int run_args_parse(int argc, char **argv, struct run_args *out);
/* The same for `hrm calibrate`, which takes fewer of them and no experiment. */
int run_args_parse_calibration(int argc, char **argv, struct run_args *out);
/* What hrm calibrate takes, in the words of its help. */
const struct argp *run_args_calibration(void);
/* Of hrm run; ends with {0}. */
const struct argp_option *run_args_options(void);
/* Why these options do not go together, or with the backend; NULL when they do. Caller frees. */
char *run_args_wrong(const struct run_args *a);
void run_args_free(struct run_args *args);
