/* The numbers of a report, computed once; tables, summary.json and progress all show these.
 *
 * The task is the unit throughout (reference: methods of the paired design): samples of a task are
 * averaged first, and every n is a number of tasks. All text belongs to the analysis_run. */
#pragma once
#include "analysis/run.h"
#include "stats/estimate.h"
#include "stats/mcnemar.h"
#include "stats/paired.h"
#include "stats/rate.h"

struct analysis_arm {
    const char *name;
    long tasks, episodes, solved;  /* of complete sets */
    struct stats_estimate pass_1;  /* Wilson, effective number of samples */
    struct stats_estimate pass_k;  /* k = samples of the run; over the tasks that have k */
    struct stats_estimate solve_s; /* median over tasks solved at least once */
    struct stats_estimate iterations, calls, tool_runs, seconds; /* means per episode */
    struct stats_estimate generated_tokens, prompt_tokens;
};

/* Arm a minus arm b. */
struct analysis_pair {
    const char *a, *b;
    struct stats_estimate pass_1;  /* mean difference of task rates; t, within [-1, 1] */
    double p;                      /* two-sided; paired t, or exact; NaN = none */
    double equivalence_p;          /* two one-sided tests within +-5 pp; NaN = none */
    const char *method;            /* "t"; "Tango" or "exact" where few tasks differ; "none" */
    struct stats_mcnemar majority; /* tasks solved in more than half of their samples */
    long both, neither;            /* majority: tasks solved by both, by neither */
};

/* A part of the tasks, or all. */
struct analysis_slice {
    int group;                   /* index into run->groups, -1 = all */
    int steps;                   /* -1 = all */
    long tasks;                  /* with at least one complete set */
    struct analysis_arm *arms;   /* [n_arms] */
    struct analysis_pair *pairs; /* [n_arms - 1] the first arm minus each other one */
};

/* Bounds on the difference of pass@1 with the dropped sets included: every unknown outcome counted
 * against the first arm, and for it. Tasks with dropped sets only are included, too. */
struct stats_ci analysis_fault_bounds(const struct analysis_run *run, size_t arm_a, size_t arm_b);
/* Solved in more than half of the samples; half is not enough. */
bool analysis_majority(const struct analysis_tally *t);
/* pass@k of an arm, over the tasks that have all samples of the run; NaN when k is more than these.
 * Wilson over tasks. */
struct stats_estimate analysis_pass_at(const struct analysis_run *run, size_t arm, int k);
/* Computes the slice; its arrays live in run->arena. */
struct analysis_slice analysis_slice(const struct analysis_run *run, int group, int steps);
/* Did even the best arm solve less than a tenth of it? Then it says little about the arms. */
bool analysis_at_floor(const struct analysis_run *run, const struct analysis_slice *slice);
/* All slices of the run that hold tasks, by group, by steps, or by both. Count in *n. */
struct analysis_slice *analysis_slices(const struct analysis_run *run, bool by_group, bool by_steps,
                                       size_t *n);
