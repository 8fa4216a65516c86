/* A run as its tables need it: for each task and arm, what the samples came to.
 *
 * The unit of comparison is a set: one task and sample, played by every arm. A set in which any arm
 * met a fault of server or harness is dropped for all arms, so that the arms are always compared on
 * the same sets; bounds show what the dropped sets could have changed. analysis_run owns
 * everything.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/json.h"
#include "store/manifest.h"
#include "store/prices.h"
#include "store/store.h"
#include "taxonomy/taxonomy.h"

struct err;
struct analysis_samples;
struct analysis_tester;

/* What reads a whole record: computed when it is first asked for, and kept for all sections. In the
 * run's arena. */
struct analysis_kept {
    const struct analysis_samples *samples; /* NULL = not yet */
    const struct analysis_tester *testers;  /* [n_arms] the same */
};

/* One task, one arm, its complete sets only. */
struct analysis_tally {
    int samples, solved;
    double iterations, calls, tool_runs, seconds; /* sums over samples */
    double generated_tokens, prompt_tokens, cost;
    double solve_seconds;                /* median over the solved samples; NaN when none */
    int dropped_solved, dropped_unknown; /* of this task's dropped sets: solved; outcome unknown */
    long long a_solved, a_failed;        /* number of the first such episode; 0 = none */
};

/* Of a complete set, once the run is loaded. */
struct analysis_episode {
    long long id; /* in the store */
    uint32_t task, arm, group;
    int sample, steps;
    enum store_status status;
    bool done, passed, counts; /* counts: its set is complete */
    bool untagged;             /* failed and without a label: its flags are unknown */
    bool disputed;             /* failed isolated, passes in one process */
    int label;                 /* 1 + index into taxonomy_flags; 0 = none */
    taxonomy_set flags, inapplicable;
    enum store_cap cap; /* that ended it; N_CAPS = none */
    int iterations, calls, tool_runs;
    double generated_tokens, prompt_tokens, seconds;
    double solve_seconds; /* < 0 when not passed */
    uint32_t n_moments;   /* of run->moments, from first_moment on */
    size_t first_moment;
    uint32_t n_shares; /* of run->shares, from first_share on */
    size_t first_share;
};

/* What a role spends: store_share. */
enum role_spent {
    ROLE_CALLS,
    ROLE_TOOL_RUNS,
    ROLE_PROMPT_TOKENS,
    ROLE_GENERATED_TOKENS,
    ROLE_MODEL_SECONDS,
    ROLE_TOOL_SECONDS,
    ROLE_COST, /* in money; 0 without prices */
    ROLE_SPENT,
};

/* Of one role in one episode. */
struct analysis_share {
    uint32_t role;
    float spent[ROLE_SPENT];
};

/* From this state of the ledger on, what stands passes or does not. */
struct analysis_moment {
    double seconds;
    uint32_t generated_tokens, calls, tool_runs;
    bool passed;
};

struct analysis_task {
    const char *id;
    int group;                     /* index into groups */
    int steps;                     /* 0 = not given */
    int cluster;                   /* index into clusters; 0 where there are none */
    int sets, dropped, unfinished; /* complete; dropped after a fault; not finished */
    bool graded, one_process;      /* a program was, on hidden tests; in one process with them */
};

struct analysis_run {
    struct arena *arena;
    struct store *store;      /* borrowed: transcripts are read on demand */
    struct manifest manifest; /* an empty one when the run has none */
    struct prices prices;     /* of the manifest, which owns their text */
    const char **arms;        /* [n_arms] the primary comparison's first, then as planned */
    const char **groups;      /* [n_groups] by first appearance; "" = none */
    const char **clusters;    /* [n_clusters] what tasks have in common: templates, topics */
    size_t n_arms, n_groups, n_tasks;
    const char *clustered_by;        /* "cluster", "group", "group and steps"; NULL = none */
    size_t n_clusters;               /* 0 = the tasks stand for themselves */
    struct analysis_task *tasks;     /* [n_tasks] in plan order */
    struct analysis_tally *tallies;  /* [n_tasks][n_arms] */
    struct analysis_episode *played; /* [n_played] of complete sets, by task, sample and arm */
    size_t n_played;
    struct analysis_moment *moments;
    struct analysis_share *shares;
    const char **roles; /* [n_roles] by first appearance */
    size_t n_roles;
    long untagged; /* of these, failed and without a label: their flags are unknown */
    long episodes, done, faults, pending;
    long sets, dropped, unfinished;
    long tasks_graded, tasks_one_process; /* see struct analysis_task */
    long disputed;                        /* of the episodes played */
    int samples;                          /* most complete sets of any task */
    bool curriculum; /* then every finished episode is played: its cells are compared by seed */
    int seeds;       /* curriculum: one more than the highest sample */
    long *open;      /* curriculum: [n_arms][seeds] episodes that are planned and not finished */
    const char *first_fault;    /* NULL = none */
    struct analysis_kept *kept; /* NULL = a run made by hand, nothing is kept */
};

/* The store must outlive it. Its facts and the rows of its episodes are checked first
 * (store_check). */
int analysis_load(struct store *store, struct analysis_run *out, struct err *err);
/* The same of a record that the caller has just checked. */
int analysis_load_checked(struct store *store, struct analysis_run *out, struct err *err);
void analysis_run_free(struct analysis_run *run); /* NULL is legal */

typedef double analysis_value_fn(const struct analysis_episode *e, const void *ctx);
/* The mean of a value over an arm's samples, task by task. x: [n_tasks]. How many. */
size_t analysis_task_means(const struct analysis_run *run, size_t arm, analysis_value_fn *value,
                           const void *ctx, double *x);

static inline struct analysis_tally *analysis_tally(const struct analysis_run *run, size_t task,
                                                    size_t arm)
{
    return &run->tallies[task * run->n_arms + arm];
}
