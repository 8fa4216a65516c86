/* One episode: task x arm x sample. episode_ask and episode_run_python are the only two ways to
 * spend, and both check the budget before they do. Everything that happens is written to the store
 * at once.
 *
 * Return values: 0; EPISODE_CAP when a cap forbids the next step (the controller submits its best
 * so far); negative for a fault (the controller returns it as it is). All text lives in the
 * episode's arena. */
#pragma once
#include "control/candidate.h"
#include "control/control.h"

enum { EPISODE_CAP = 1 };

struct ledger {     /* what the episode has spent */
    int iterations; /* candidates executed */
    int calls, tool_runs;
    long prompt_tokens, generated_tokens;
    double model_seconds, tool_seconds, queue_seconds;
};

struct episode {
    const struct control_env *env;
    const struct arm *arm;
    const struct task *task;
    int sample;
    long long id;
    struct arena *arena;
    struct err *err;

    struct ledger spent;
    int replans;
    const char *stop;                   /* why it ended; set once, by whoever ends it */
    const struct candidate *submission; /* NULL = none yet */

    struct candidate *
        *candidates; /* [n_candidates] every distinct program, for the hidden grading */
    size_t n_candidates, cap_candidates;
    int n_events, n_tools;
    struct role_count *role_counts; /* calls so far, by role */
};

struct ask {            /* one question to a role */
    const char *role;   /* "planner", "coder", ... */
    const char *prompt; /* template of the profile */
    struct prompt_vars vars;
    double warmer; /* added to the base temperature (the sum is at most 1) */
    struct dialogue
        *dialogue; /* NULL: the question stands alone; else it continues this conversation */
    const char *json_schema; /* NULL = free text */
};

struct dialogue {                   /* a conversation in one context */
    struct model_message *messages; /* [n] */
    size_t n, cap;
};

struct self_tests {     /* what the tester wrote: asserts calling the entry point */
    const char **tests; /* [n], n <= SELF_TESTS_MAX */
    int n;
};

int episode_ask(struct episode *e, const struct ask *ask, struct model_reply *reply);
/* Runs the candidate on the public tests and then on the self-written ones (T may be NULL): one
 * tool run, one iteration. Fills the candidate's counts and feedback. An arm without the tool
 * executes nothing and counts nothing. */
int episode_run_python(struct episode *e, struct candidate *c, const struct self_tests *T);
/* May another candidate be executed? Asked before a model is asked for one. */
bool episode_may_iterate(struct episode *e);
/* Ends the episode: the candidate is its answer (NULL = none). `why` counts unless a cap has ended
 * it before. */
void episode_submit(struct episode *e, const struct candidate *c, const char *why);
double episode_seconds(const struct episode *e); /* ledger time */

/* Writes an event: kind, who, the candidate it concerns (NULL = none) and a JSON detail (stolen;
 * NULL = none). */
int episode_log(struct episode *e, const char *kind, const char *role, const struct candidate *c,
                json_t *detail);
/* The variables every prompt of this task starts from: statement, entry point, public tests. */
struct prompt_vars episode_vars(const struct episode *e);
/* A candidate from a reply: its program extracted. */
struct candidate *episode_candidate(struct episode *e, const char *reply);
