/* Where a run lives: runs/<experiment>/<model>-<hash>/. The hash covers everything that affects an
 * episode (arms, budget, sampling, seed, suite, prompts, model), but not what selects episodes
 * (--limit, --task, --arms, --samples): so the same command continues a run, and a wider selection
 * extends it. */
#pragma once
#include "control/prompt.h"
#include "experiment/experiment.h"
#include "experiment/plan.h"
#include "suite/suite.h"

enum { RUN_HASH_HEX = 12 };

struct rundir {
    char *path; /* runs/exp1/hrm-tiny-code-0123456789ab */
    char *db;   /* its run.db */
    char hash[RUN_HASH_HEX + 1];
};

/* Names the directory; nothing is made. `model` is what model_probe gave. */
struct rundir rundir_name(const char *outdir, const struct experiment *x, const struct suite *suite,
                          const struct prompt_set *prompts, const json_t *model,
                          const struct plan_selection *sel);
/* The run lives in this directory instead. */
void rundir_place(struct rundir *d, const char *path);
void rundir_free(struct rundir *d);
/* Could it be made and written? ERR_INPUT if not. Changes nothing. */
int rundir_check(const struct rundir *d, struct err *err);
int rundir_make(const struct rundir *d, struct err *err);
/* Points runs/<experiment>/latest at it. */
int rundir_mark_latest(const struct rundir *d, struct err *err);

/* The run.db that the user names: the file itself, a run's directory, or an experiment (its latest
 * run under runs/). Caller frees. */
int rundir_find(const char *arg, char **db, struct err *err);
