/* One episode: task x arm x sample. episode_ask, episode_run_python and episode_run_code are the
 * only ways to spend budget, and all check the caps first. Everything that happens is written to
 * the store at once.
 *
 * Return values: 0; EPISODE_CAP when a cap forbids the next step (the controller submits its best
 * so far); negative for a fault (the controller returns it as it is). All text lives in the
 * episode's arena. */
#pragma once
#include "control/candidate.h"
#include "control/control.h"
#include "store/transcript.h"
#include "tool/finals.h"

enum { EPISODE_CAP = 1 };

/* What the episode has spent. */
struct ledger {
    int iterations; /* code: candidates executed; math: attempts at the answer */
    int calls, tool_runs;
    long prompt_tokens, generated_tokens;
    size_t prompt_bytes; /* of all prompts: how many make a token */
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
    const char *stop;                   /* why it ended; set once */
    const struct candidate *submission; /* code: NULL = none yet */
    const struct math_answer *answer;   /* math: NULL = none yet */
    const struct self_tests *self; /* code: what a tester wrote, for the gradings after closing */

    struct candidate *
        *candidates; /* [n_candidates] every distinct program, for the hidden grading */
    size_t n_candidates, cap_candidates;
    struct transcript transcript; /* all that has happened so far */
    struct store_share *shares;   /* [n_shares] what each role has spent so far */
    size_t n_shares, cap_shares;
};

/* One question to a role. */
struct ask {
    const char *role;   /* "planner", "coder", ... */
    const char *prompt; /* template of the profile */
    struct prompt_vars vars;
    double warmer; /* added to the base temperature (the sum is at most 1) */
    struct dialogue
        *dialogue; /* NULL: the question stands alone; else it continues this conversation */
    const char *json_schema; /* NULL = free text */
};

/* A conversation in one context. */
struct dialogue {
    struct model_message *messages; /* [n] */
    size_t n, cap;
    int longest; /* reply in tokens */
    bool full;   /* the last reply ran into the end of the model's context */
};

/* What the tester wrote: asserts calling the entry point. */
struct self_tests {
    const char **tests; /* [n], n <= SELF_TESTS_MAX */
    int n;
};

/* Of a math task: the text of the answer. */
struct math_answer {
    const char *text;
    double seconds; /* ledger time when it was given */
};

/* One program run within a math episode. */
struct code_run {
    const char *role;
    const char *purpose; /* "subgoal", "verify" or "tool" */
    const char *subgoal; /* id, or NULL */
    const char *program;
};

struct code_result {
    bool ok;           /* it ended by itself, without an exception */
    const char *out;   /* stdout, at most OUTPUT_MAX characters */
    const char *value; /* its value (docs/transcripts.md), NULL = none */
    const char *error; /* "NameError: ...", what went wrong; NULL when ok */
};

int episode_ask(struct episode *e, const struct ask *ask, struct model_reply *reply);
/* Do the conversation and another reply like its longest fit in the tokens that are left? A
 * prompt's tokens are estimated from those before. */
bool episode_has_room(const struct episode *e, const struct dialogue *d);
/* Takes the last question and what was replied to it back. */
void dialogue_take_back(struct dialogue *d);
/* Runs the candidate on the public tests and then on the self-written ones (T may be NULL): one
 * tool run, one iteration. Fills the candidate's counts and feedback. An arm without the tool
 * executes nothing and counts nothing. */
int episode_run_python(struct episode *e, struct candidate *c, const struct self_tests *T);
/* Runs a program for its value: one tool run. EPISODE_CAP when none is left. Text in the arena. */
int episode_run_code(struct episode *e, const struct code_run *run, struct code_result *r);
/* May another candidate be executed, another answer be worked out? Asked before a model is asked
 * for one. */
bool episode_may_iterate(struct episode *e);
/* Begins an attempt at the answer of a math task: one iteration, if another one is allowed. */
int episode_begin(struct episode *e);
/* May a program be run? 0 or EPISODE_CAP. */
int episode_check_run(struct episode *e);
/* Charges a program run to the ledger and to the role that wrote the program. */
void episode_charge_run(struct episode *e, const char *role, double seconds);
/* Ends the episode: the candidate is its answer (NULL or without a program: there is none). `why`
 * counts unless a cap has ended it before. */
void episode_submit(struct episode *e, const struct candidate *c, const char *why);
/* The same for math. */
void episode_submit_answer(struct episode *e, const struct math_answer *a, const char *why);
/* An answer stands, and is logged. `from` is "subgoal", "tool", "text" or "vote"; finals are all
 * final answers of the reply (NULL = none). */
int episode_answer(struct episode *e, const char *role, const char *text, const char *from,
                   const struct finals *finals, const struct math_answer **out);
double episode_seconds(const struct episode *e); /* ledger time */

/* Adds an event to the transcript and to the record: its kind and detail, who, and the candidate it
 * concerns (NULL = none). Its text must live in the arena. */
int episode_log(struct episode *e, const char *role, const struct candidate *c,
                const struct transcript_event *event);
/* Does this part of the reply to `ask` merely repeat the prompt (echo.h)? */
bool episode_echoes(const struct episode *e, const struct ask *ask, const char *text);
/* The reply without the lines that do so. */
const char *episode_own_lines(const struct episode *e, const struct ask *ask, const char *reply);
/* A part of a reply cannot be used, and why; `again`: it is asked for once more, else dropped. */
int episode_refuse(struct episode *e, const char *role, const char *part, const char *reason,
                   bool again);
/* Refuses the part if it is an echo; *echo says so. */
int episode_refuse_echo(struct episode *e, const struct ask *ask, const char *part,
                        const char *text, bool again, bool *echo);
/* The same as episode_log for a tool run. */
int episode_log_run(struct episode *e, const struct transcript_run *run);
/* The variables every prompt of this task starts from: statement, entry point, public tests. */
struct prompt_vars episode_vars(const struct episode *e);
/* A candidate from the reply of a role: its program extracted. A reply without one is refused; it
 * is a candidate with an empty program, which is not run and cannot be submitted. */
int episode_candidate(struct episode *e, const char *role, const char *reply,
                      struct candidate **out);
/* A reply that should hold a program holds none: refused. */
int episode_refuse_prose(struct episode *e, const char *role, bool again);
/* What the role reads of that. */
#define NO_PROGRAM "the reply holds no program"
