/* A run as its tables need it: for each task and arm, what the samples came to.
 *
 * The unit of comparison is a set: one task and sample, played by every arm. A set in which any arm
 * met a fault of ours is dropped for all arms, so that the arms are always compared on the same
 * sets; what the dropped ones could have changed is kept as bounds. report_run owns everything. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/json.h"

struct err;
struct store;

struct report_tally { /* one task, one arm, its complete sets only */
    int samples, solved;
    double iterations, calls, tool_runs, seconds; /* sums over samples */
    double generated_tokens, prompt_tokens;
    double solve_seconds;                /* median over the solved samples; NaN when none */
    int dropped_solved, dropped_unknown; /* of this task's dropped sets: solved; outcome unknown */
};

struct report_task {
    const char *id;
    int group;                     /* index into groups */
    int steps;                     /* 0 = not given */
    int sets, dropped, unfinished; /* complete; lost to a fault; still to be played */
};

struct report_run {
    struct arena *arena;
    json_t *manifest;    /* {} when the run has none */
    const char **arms;   /* [n_arms] the primary comparison's first, then as planned */
    const char **groups; /* [n_groups] by first appearance; "" = none */
    size_t n_arms, n_groups, n_tasks;
    struct report_task *tasks;    /* [n_tasks] in plan order */
    struct report_tally *tallies; /* [n_tasks][n_arms] */
    long episodes, done, faults, pending;
    long sets, dropped, unfinished;
    int samples;             /* most complete sets of any task */
    const char *first_fault; /* NULL = none */
};

int report_load(struct store *store, struct report_run *out, struct err *err);
void report_run_free(struct report_run *run); /* NULL is legal */

static inline struct report_tally *report_tally(const struct report_run *run, size_t task,
                                                size_t arm)
{
    return &run->tallies[task * run->n_arms + arm];
}
