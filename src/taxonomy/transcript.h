/* A stored transcript as the rules read it: the JSON of one episode, taken apart once.
 *
 * Borrowed from that JSON and from the task; the arrays live in the arena. Fields a record lacks
 * are
 * "" or 0, never NULL unless said: a transcript from elsewhere must not crash a rule. */
#pragma once
#include "suite/suite.h"
#include "taxonomy/taxonomy.h"

struct tx_call {
    const char *role, *reply;
    const json_t *request; /* an object, or its text; NULL = not in the record */
};

struct tx_test {         /* one test of a public, hidden, self or reference run */
    const char *test;    /* "" = a case or a check() */
    const char *verdict; /* as 'hrm grade' prints it */
    const char *error_type, *message;
};

struct tx_run {
    const char *kind, *role, *hash, *program, *verdict;
    struct tx_test *tests; /* [n_tests] */
    size_t n_tests;
    /* kind "run" (math) */
    const char *purpose, *subgoal, *out, *error_type, *message;
    const char *value; /* text; "" = none */
};

struct tx_event {
    const char *kind, *role, *hash;
    int calls, tool_runs; /* ledger at that moment */
    int public_passed, public_total, self_passed, self_total;
    const json_t *detail; /* NULL = none */
};

struct evidence {
    const struct task *task;
    const struct taxonomy_arm *arm;
    struct arena *arena;
    bool math; /* the task has a numeric answer */
    bool done; /* else a fault of server or harness ended it */
    bool passed;
    const char *error, *verdict, *stop;
    const char *submission;        /* program (code) or answer (math); "" = none */
    const char *hash;              /* of the submitted program; "" = none */
    const struct tx_event *submit; /* NULL = it never came to that */
    struct tx_call *calls;         /* [n_calls] */
    struct tx_run *runs;           /* [n_runs] */
    struct tx_event *events;       /* [n_events] */
    size_t n_calls, n_runs, n_events;
};

void transcript_read(const json_t *episode, const struct task *task, const struct taxonomy_arm *arm,
                     struct evidence *out, struct arena *arena);

/* Text of a JSON string or number, "" for anything else. */
const char *tx_text(const struct evidence *e, const json_t *value);
bool tx_is(const struct tx_event *v, const char *kind);
/* The call that an event came out of: the last one before it. NULL = none. */
const struct tx_call *tx_call_of(const struct evidence *e, const struct tx_event *v);
/* What a call asked, a list of messages; NULL = not in the record. Caller decrefs. */
json_t *tx_messages(const struct tx_call *call);
/* A test that a role of the arm wrote, not one of the task's. */
bool tx_self_written(const struct evidence *e, const char *test);
/* The runs of that kind on the submitted program, one after the other: start with i = 0; NULL at
 * the end. */
const struct tx_run *tx_submission_run(const struct evidence *e, const char *kind, size_t *i);

/* The plan in force when event `at` happened: its event, or NULL. */
const struct tx_event *tx_plan_before(const struct evidence *e, size_t at);
/* Its list of steps (code) or subgoals (math); NULL = the reply held none. */
const json_t *tx_plan_steps(const struct tx_event *plan);
