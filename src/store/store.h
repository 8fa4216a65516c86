/* The record of a run: one SQLite file (run.db). Everything an episode asks, runs and decides is
 * written here as it happens, so that a run killed at any moment continues without asking anything
 * twice.
 *
 * Every function returns when it is done, but for four that note what an episode does on its way:
 * store_call_put, store_failure_put, store_tool_put and store_event_put copy what they are given
 * and return; it is written within moments, in that order and before the episode's end, and every
 * reading by the same thread finds it. Should it fail, no later note and no episode's end succeeds.
 *
 * struct store is shared by all threads (one connection, one mutex). Text handed out lives in
 * the caller's arena. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

struct store;

enum store_mode {
    STORE_READ,
    STORE_WRITE,          /* creates; takes the run's lock */
    STORE_WRITE_ROLLBACK, /* the same, with a rollback journal wherever the file lies */
    STORE_ANNOTATE, /* labels and facts only, of a record that is there, beside whoever runs it */
};

int store_open(const char *path, enum store_mode mode, struct store **out, struct err *err);
void store_close(struct store *s);
/* How the writer keeps what is not committed: "wal", or "rollback" on a network file system, where
 * the shared memory of a write-ahead log does not work. NULL of a reader. */
const char *store_journal(const struct store *s);
/* Copies the whole record, as it is at one moment, into the file `to`, which is a rollback-journal
 * database of its own. The record may be written meanwhile, by other processes too. */
int store_copy(struct store *s, const char *to, struct err *err);

/* How far a record is. */
struct store_counts {
    long planned, done, errors; /* episodes */
    long calls;                 /* answered, of unfinished episodes too */
};
int store_count(struct store *s, struct store_counts *out, struct err *err);

/* Key-value facts about the run: "manifest" (JSON), "schema", "status". */
int store_meta_set(struct store *s, const char *key, const char *value, struct err *err);
/* *value in the arena, NULL if there is none. */
int store_meta_get(struct store *s, const char *key, const char **value, struct arena *arena,
                   struct err *err);

/* The caps of the budget vector, in the order in which tables show them. */
enum store_cap {
    CAP_ITERATIONS,
    CAP_CALLS,
    CAP_TOOL_RUNS,
    CAP_GENERATED_TOKENS,
    CAP_TOTAL_TOKENS,
    CAP_SECONDS,
    N_CAPS,
};

const char *store_cap_stop(enum store_cap cap);     /* "budget:calls": store_episode.stop */
const char *store_cap_name(enum store_cap cap);     /* "calls" */
enum store_cap store_cap_of_stop(const char *stop); /* N_CAPS: no cap ended it */

/* What one role spent in an episode. */
struct store_share {
    const char *role;
    int calls, tool_runs;
    long prompt_tokens, generated_tokens;
    double model_seconds, tool_seconds;
};

/* Accuracy at every smaller budget: the ledger at a moment when what would have been submitted
 * began to pass the hidden tests, or ceased to. */
struct store_moment {
    long generated_tokens;
    int calls, tool_runs;
    double seconds;
    bool passed;
};

enum store_status { STORE_PENDING, STORE_DONE, STORE_ERROR };

/* One row of results.csv. */
struct store_episode {
    const char *arm, *task;
    int sample;        /* 0-based */
    const char *group; /* of the task; "" = none */
    int steps;
    uint64_t seed;
    enum store_status status;
    const char *error; /* the infra fault, when STORE_ERROR */
    /* outcome */
    bool passed; /* hidden tests, graded after the episode closed */
    const char
        *verdict; /* tool_verdict_name of the hidden grading; "none" when nothing was submitted */
    int n_hidden, n_hidden_passed;
    bool public_passed;     /* of the submission */
    const char *stop;       /* why the episode ended: "accepted", "repeated", "budget:calls", ... */
    const char *submission; /* program text, "" = none */
    /* ledger */
    int iterations, calls, tool_runs, replans;
    long prompt_tokens, generated_tokens;
    double seconds; /* ledger time: model service + tool, queueing excluded */
    double model_seconds, tool_seconds, queue_seconds;
    double
        solve_seconds; /* ledger time at which the submitted candidate stood; < 0 when not passed */
    /* how it failed, by the rules of taxonomy/; codes with spaces between: "T3 S3 R1" */
    const char *label;        /* the primary code of a failure; "" when passed, or not tagged yet */
    const char *flags;        /* every code that holds, whether passed or not */
    const char *inapplicable; /* codes that mean nothing for this arm and task: not the same as 0 */
    /* in tables of their own: read by store_read_spent, written by store_episode_finish */
    const struct store_share *shares;   /* [n_shares] by the roles' first calls */
    const struct store_moment *moments; /* [n_moments] in order of time */
    size_t n_shares, n_moments;
};

/* One model request, finished. */
struct store_call {
    const char *role;
    int index;                                    /* of this role's calls in the episode, 0-based */
    const char *request_hash;                     /* of model_request_text */
    const char *request, *reply_text, *reasoning; /* request as canonical JSON */
    const char *finish;
    uint64_t seed;
    int prompt_tokens, generated_tokens, attempts;
    const char *attempt_log; /* JSON, one object per attempt; "" when the first one succeeded */
    const char *label;       /* what was odd about the reply; "" = nothing */
    double queue_s, first_token_s, total_s;
};

/* A model request that was given up; kept when its episode is tried again. */
struct store_failure {
    const char *role;
    int index;
    const char *at; /* UTC */
    const char *error;
    const char *partial_text; /* of a reply cut short: never scored, never found again */
    int attempts;
    const char *attempt_log; /* as of a call */
};

struct store_tool_run {
    int index;
    const char *role, *kind; /* "run" | "public" | "hidden" */
    const char *program_hash, *program;
    const char *verdict, *detail; /* detail: JSON (tests, stdout, stderr, ...) */
    double seconds, cpu_seconds;
};

/* The truncation log: the state of the episode after something happened. */
struct store_event {
    int index;
    const char *kind; /* "candidate", "plan", "submit", ... */
    const char *role;
    long generated_tokens, prompt_tokens;
    int calls, tool_runs;
    double seconds;             /* ledger time */
    const char *candidate_hash; /* "" = none */
    int public_passed, public_total, self_passed, self_total;
    const char *detail; /* JSON, "" = none */
};

/* What a person says of a failed episode. */
struct store_label {
    const char *annotator;
    const char *label; /* a group, "S", or a code of it, "S3" */
    const char *note;  /* "" = none */
    const char *at;    /* UTC */
};

struct store_plan_item {
    const char *arm, *task;
    int sample;
    long long id;             /* filled */
    enum store_status status; /* filled: what the record says of it so far */
    bool passed;              /* filled: of an episode that is done */
    bool fresh;               /* filled: declared just now, so there is nothing of it yet */
};

/* Declares a whole plan in one transaction and finds what is there already. The arms and tasks are
 * all of the experiment's, in its order: reading back follows that order, whatever part was planned
 * first. */
int store_plan(struct store *s, const char *const *arms, size_t n_arms, const char *const *tasks,
               size_t n_tasks, struct store_plan_item *items, size_t n_items, struct err *err);
/* 1 and the item's id, status and outcome filled when the record has this episode, 0 when not. */
int store_plan_find(struct store *s, struct store_plan_item *item, struct err *err);
/* Declares an episode of the plan; no effect if it is there. Its id. */
int store_episode_add(struct store *s, const char *arm, const char *task, int sample, long long *id,
                      struct err *err);
/* An unfinished episode starts over: its events and tool runs go, its finished calls stay and are
 * found again. */
int store_episode_restart(struct store *s, long long id, struct err *err);
int store_episode_finish(struct store *s, long long id, const struct store_episode *row,
                         struct err *err);
/* Tags episodes that have been played anew, all in one transaction: label, flags and inapplicable,
 * nothing else of a row. */
struct store_tag {
    long long id;
    const char *label, *flags, *inapplicable;
};
int store_tags_put(struct store *s, const struct store_tag *tags, size_t n, struct err *err);
/* 1 and *out when this episode already has the reply to this very request; 0 when not. A record
 * that is being written has those of episodes that store_episode_restart took up again. A call
 * found counts as asked again, here and now: calls of an earlier attempt that this one never finds
 * are dropped when it finishes. */
int store_call_find(struct store *s, long long id, const char *role, int index,
                    const char *request_hash, struct store_call *out, struct arena *arena,
                    struct err *err);
int store_call_put(struct store *s, long long id, const struct store_call *c, struct err *err);
int store_failure_put(struct store *s, long long id, const struct store_failure *f,
                      struct err *err);
/* 1 and *out when the index-th tool run of this episode was of this kind and program; 0 when not.
 */
int store_tool_find(struct store *s, long long id, int index, const char *kind,
                    const char *program_hash, struct store_tool_run *out, struct arena *arena,
                    struct err *err);
int store_tool_put(struct store *s, long long id, const struct store_tool_run *t, struct err *err);
int store_event_put(struct store *s, long long id, const struct store_event *e, struct err *err);

/* Reading back, in plan order (calls, tool runs and events in the order they happened); a callback
 * returning non-zero stops and is returned. Text in a row is valid only during its callback. A
 * callback may use the store. */
typedef int store_episode_fn(void *ctx, long long id, const struct store_episode *row);
int store_episodes(struct store *s, store_episode_fn *fn, void *ctx, struct err *err);
/* The one with this id; 0 and no callback when there is none. */
int store_episode_read(struct store *s, long long id, store_episode_fn *fn, void *ctx,
                       struct err *err);
/* Fills the row's shares and moments. */
int store_read_spent(struct store *s, long long id, struct store_episode *row, struct arena *arena,
                     struct err *err);
/* A large run at once, by numbers in place of names: its rows in plan order, with the numbers of
 * task and arm (store_names), which the struct lacks. */
typedef int store_numbered_fn(void *ctx, long long id, long task, long arm,
                              const struct store_episode *row);
int store_numbered(struct store *s, store_numbered_fn *fn, void *ctx, struct err *err);
/* All shares and all moments, episode by episode; of a share `role` is a number of store_names and
 * the struct's own is NULL. */
typedef int store_share_fn(void *ctx, long long id, long role, const struct store_share *share);
int store_shares(struct store *s, store_share_fn *fn, void *ctx, struct err *err);
/* By role, named: what finished episodes have spent, and the answered calls of all others. Only
 * calls and tokens are filled. */
typedef int store_spent_fn(void *ctx, const struct store_share *total);
int store_spent(struct store *s, store_spent_fn *fn, void *ctx, struct err *err);
typedef int store_moment_fn(void *ctx, long long id, const struct store_moment *moment);
int store_moments(struct store *s, store_moment_fn *fn, void *ctx, struct err *err);
/* The episodes, rising, whose submission failed its hidden tests isolated and passes them in one
 * process (tool/grade_way.h). */
typedef int store_disputed_fn(void *ctx, long long id);
int store_disputed(struct store *s, store_disputed_fn *fn, void *ctx, struct err *err);
/* For each task, by number, of which a program was graded on hidden tests: was that in one process?
 */
typedef int store_way_fn(void *ctx, long task, bool one_process);
int store_ways(struct store *s, store_way_fn *fn, void *ctx, struct err *err);
/* The programs that self-written tests were run on, each once: how many it passed at best, and what
 * its hidden tests say. By episode. */
struct store_tested {
    int passed, total;
    bool right;
};
typedef int store_tested_fn(void *ctx, long long id, const struct store_tested *t);
int store_tested(struct store *s, store_tested_fn *fn, void *ctx, struct err *err);
/* The self-written tests of each episode that its task's reference was run on: how many it passed.
 */
typedef int store_referred_fn(void *ctx, long long id, int tests, int passed);
int store_referred(struct store *s, store_referred_fn *fn, void *ctx, struct err *err);
/* Did two episodes get the same replies, call by call? Fills `same`; an episode without calls is
 * like no other. */
struct store_twins {
    long long a, b;
    bool same;
};
int store_compare_replies(struct store *s, struct store_twins *twins, size_t n, struct err *err);
/* What the programs of an arm (by number) took that its episodes ran themselves, gradings apart:
 * seconds by the clock, which load stretches, and of CPU. Finished episodes only. */
typedef int store_cpu_fn(void *ctx, long arm, long episodes, double seconds, double cpu_seconds);
int store_cpu(struct store *s, store_cpu_fn *fn, void *ctx, struct err *err);
/* The names by number: those of an experiment in its order, roles as they were first met. (*out)[i]
 * is number i + 1. In the arena. */
enum store_names { STORE_ARMS, STORE_TASKS, STORE_ROLES };
int store_names(struct store *s, enum store_names of, const char *const **out, size_t *n,
                struct arena *arena, struct err *err);

/* Is the structure of the file whole? Opening asks that of small files (64 MB); it takes seconds a
 * gigabyte. ERR_INPUT when not. */
int store_check_pages(struct store *s, struct err *err);
bool store_is_small(const struct store *s);
/* Is the record what was written? `trails`: also calls, failures, tool runs and events, not only
 * facts and the rows of episodes (of a million episodes: minutes, not seconds). Damage is ERR_INPUT
 * and names the first place; labels are not looked at. */
int store_check(struct store *s, bool trails, struct err *err);
/* The same for all places: "hrm/TASK/0", "the fact 'manifest'". */
typedef int store_damage_fn(void *ctx, const char *what);
int store_damage(struct store *s, bool trails, store_damage_fn *fn, void *ctx, struct err *err);

/* Adds all that the record of another part of the same run holds. The parts must be of the same
 * arms and tasks and share no episode that has been played (ERR_INPUT); one that is only planned in
 * one of them is as the other has it. The part is only read, and may be played meanwhile. After a
 * fault some of it may have been added. */
int store_merge(struct store *into, struct store *part, struct err *err);

/* Labels by people, one per episode and annotator: put replaces, drop may find none. */
int store_label_put(struct store *s, long long id, const struct store_label *l, struct err *err);
int store_label_drop(struct store *s, long long id, const char *annotator, struct err *err);
/* All of the run, by episode and annotator; or those of one episode. */
typedef int store_label_fn(void *ctx, long long id, const struct store_label *l);
int store_labels(struct store *s, store_label_fn *fn, void *ctx, struct err *err);
int store_episode_labels(struct store *s, long long id, store_label_fn *fn, void *ctx,
                         struct err *err);
