/* What an episode left behind, typed: its row, calls, tool runs and events. It is filled in memory
 * while the episode plays, or read back from the record, and is the same either way. Rules, curves,
 * texts for people and exports all start from it.
 *
 * Events and tool runs have a detail, which the record keeps as JSON (docs/transcripts.md). The
 * tables of detail.h say which members it has for each kind; they read it and write it. In a record
 * from elsewhere members may be missing: text is then "" (NULL where NULL is allowed here), numbers
 * are 0 and lists are empty.
 *
 * Everything lives in the arena of whoever fills it. */
#pragma once
#include "store/store.h"

enum event_kind {
    EVENT_PLAN,
    EVENT_SELF_TESTS,
    EVENT_CANDIDATE,
    EVENT_REPEATED,
    EVENT_SUBGOAL,
    EVENT_TOOL_CALL,
    EVENT_ANSWER,
    EVENT_VERDICT,
    EVENT_REPAIR,
    EVENT_REFUSED,
    EVENT_SUBMIT,
    N_EVENT_KINDS, /* one that this hrm does not know */
};

enum run_kind {
    RUN_PUBLIC,
    RUN_PROGRAM, /* math: for its value; "run" in the record */
    RUN_HIDDEN,
    RUN_SELF,
    RUN_REFERENCE,
    N_RUN_KINDS, /* as above */
};

struct transcript_texts {
    const char *const *v; /* [n] */
    size_t n;
};

/* Of a plan: a step (code) or a subgoal (math). */
struct transcript_step {
    const char *id, *desc;
    struct transcript_texts deps; /* ids */
};

struct transcript_steps {
    const struct transcript_step *v; /* [n]; NULL = the plan has no such list */
    size_t n;
};

struct transcript_given {
    const char *name, *value, *quote;
};

struct transcript_givens {
    const struct transcript_given *v; /* [n]; NULL = the plan has no such list */
    size_t n;
};

/* The value that a subgoal took from another one. */
struct transcript_use {
    const char *id, *value;
};

struct transcript_uses {
    const struct transcript_use *v; /* [n] */
    size_t n;
};

/* One test of a graded program. */
struct transcript_test {
    const char *verdict;              /* as 'hrm grade' prints it */
    const char *test;                 /* NULL = a case or a check() */
    const char *error_type, *message; /* NULL = none */
    const char *out;                  /* what it printed; NULL = nothing, or it passed */
    int line;                         /* of the program; 0 = none */
};

struct transcript_tests {
    const struct transcript_test *v; /* [n] */
    size_t n;
    bool one_process; /* graded in one process, as the task's reference needs it; else isolated */
    bool disputed;    /* fails isolated, passes in one process */
};

struct transcript_event {
    enum event_kind kind;
    struct store_event row; /* the ledger and the counts at that moment */
    union {
        struct {
            const char *text, *hash;
            bool valid, reasked, valid_final, repaired;
            struct transcript_steps steps;    /* code */
            struct transcript_steps subgoals; /* math, as are the next four */
            struct transcript_givens givens;
            const char *unknown, *type, *unit; /* NULL = not of a math plan */
        } plan;
        struct transcript_texts self_tests;
        struct {
            const char *id;
            int attempt;
            bool ok;
            const char *value, *error; /* NULL = none */
            struct transcript_uses uses;
        } subgoal;
        struct {
            const char *form, *hash;
            const char *tool, *error; /* NULL = none */
            bool ok;
        } tool_call;
        struct {
            const char *text, *from;
            struct transcript_texts finals;
        } answer;
        struct {
            const char *verdict;
            const char *answer, *computed, *subgoal; /* NULL = none */
            bool log_failed;
        } verdict;
        struct {
            const char *id;
        } repair;
        struct {
            const char *part;   /* of the reply: "plan", "signature", "tests", ... */
            const char *reason; /* "echo", "none", ... (docs/transcripts.md) */
            bool again;         /* it was asked for once more; else it was dropped */
        } refused;
        struct {
            int times;        /* in a row */
            const char *then; /* how the next question is asked */
        } repeated;
        struct {
            const char *stop;
            const char *answer; /* NULL = none */
        } submit;
    };
};

struct transcript_run {
    enum run_kind kind;
    struct store_tool_run row;
    union {
        struct transcript_tests tests; /* all but RUN_PROGRAM */
        struct {
            const char *purpose, *out, *errout;
            const char *subgoal, *value, *error_type, *message; /* NULL = none */
        } program;
    };
};

struct transcript {
    struct store_episode row;
    struct store_call *calls;        /* [n_calls] in the order in which they were asked */
    struct store_failure *failures;  /* [n_failures] only when read back */
    struct transcript_run *runs;     /* [n_runs] */
    struct transcript_event *events; /* [n_events] */
    size_t n_calls, n_failures, n_runs, n_events;
    size_t cap_calls, cap_failures, cap_runs, cap_events;
};

const char *transcript_run_name(enum run_kind kind); /* "public"; in the record */

/* Adds what has just happened. Of an event and a run the row's index, kind and detail are filled
 * in. Text is borrowed and must live as long as the arena. The row to be recorded is returned. */
const struct store_call *transcript_add_call(struct transcript *t, const struct store_call *c,
                                             struct arena *arena);
const struct store_tool_run *
transcript_add_run(struct transcript *t, const struct transcript_run *r, struct arena *arena);
const struct store_event *
transcript_add_event(struct transcript *t, const struct transcript_event *v, struct arena *arena);

/* Reads an episode back; *row is kept as it is, its text borrowed, and its shares and moments are
 * filled. The second one leaves kinds and details of runs and events as they are in their rows. */
int transcript_read(struct store *s, long long id, const struct store_episode *row,
                    struct transcript *out, struct arena *arena, struct err *err);
int transcript_read_rows(struct store *s, long long id, const struct store_episode *row,
                         struct transcript *out, struct arena *arena, struct err *err);
/* Kind and detail of one, from its row. */
void transcript_read_run(struct transcript_run *run, struct arena *arena);
void transcript_read_event(struct transcript_event *event, struct arena *arena);
