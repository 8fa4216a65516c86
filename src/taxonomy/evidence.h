/* A transcript as the rules read it: with the task, what the arm was, and what was submitted.
 *
 * Borrowed from the transcript and the task. Text of the row is "" where there is none, never NULL:
 * a record from elsewhere must not crash a rule. */
#pragma once
#include "store/transcript.h"
#include "suite/suite.h"
#include "taxonomy/taxonomy.h"

struct evidence {
    const struct task *task;
    const struct taxonomy_arm *arm;
    struct arena *arena;
    bool math; /* the task has a numeric answer */
    bool done; /* else a fault of server or harness ended it */
    bool passed;
    const char *error, *verdict, *stop;
    const char *submission;                /* program (code) or answer (math); "" = none */
    const char *hash;                      /* of the submitted program; "" = none */
    const struct transcript_event *submit; /* NULL = nothing was submitted */
    const struct store_call *calls;        /* [n_calls] */
    const struct transcript_run *runs;     /* [n_runs] */
    const struct transcript_event *events; /* [n_events] */
    size_t n_calls, n_runs, n_events;
};

struct evidence evidence_of(const struct transcript *t, const struct task *task,
                            const struct taxonomy_arm *arm, struct arena *arena);

/* "" for NULL. */
const char *evidence_text(const char *text);
/* The call that led to an event: the last one before it. NULL = none. */
const struct store_call *evidence_call_of(const struct evidence *e,
                                          const struct transcript_event *v);
/* What a call asked, a list of messages; NULL = not in the record. Caller decrefs. */
json_t *evidence_messages(const struct store_call *call);
/* Did two calls ask the very same, so that the second is a fresh sample which knows nothing of the
 * first? That it says the same again is no fault of the model. */
bool evidence_same_question(const struct evidence *e, const struct transcript_event *a,
                            const struct transcript_event *b);
/* A test that a role of the arm wrote, not one of the task's. */
bool evidence_self_written(const struct evidence *e, const char *test);
/* The runs of that kind on the submitted program, one after the other: start with i = 0; NULL at
 * the end. */
const struct transcript_run *evidence_submission_run(const struct evidence *e, enum run_kind kind,
                                                     size_t *i);
/* Was nothing ever run, since replies that should hold a program were prose? */
bool evidence_only_prose(const struct evidence *e);
/* The plan in force when event `at` happened: its event, or NULL. */
const struct transcript_event *evidence_plan_before(const struct evidence *e, size_t at);
/* Its steps (code) or subgoals (math); n = 0: the reply held none. */
struct transcript_steps evidence_steps(const struct transcript_event *plan);
