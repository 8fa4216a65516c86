/* An arm: one controller configuration, as written in experiment.yaml; and the budget both arms
 * share. */
#pragma once
#include <stdbool.h>

enum arm_strategy { /* of the flat controller, reference: methods.md "Arms" */
                    ARM_ONESHOT,
                    ARM_BEST_OF_N,
                    ARM_RETRY,
                    ARM_SELF_PLAN,
};

enum arm_tester {
    ARM_TESTER_PROFILE, /* what the prompt profile says this model can do */
    ARM_TESTER_WRITE, /* the tester writes asserts blind to the code; public tests and these are run
                       */
    ARM_TESTER_EXECUTE, /* the public tests alone are run */
    ARM_TESTER_OFF,     /* nobody verifies: the first candidate is submitted */
};

enum arm_coder { ARM_CODER_PROFILE, ARM_CODER_WHOLE, ARM_CODER_PER_STEP };

struct arm {
    const char *name;
    const char *controller;     /* a row of control_table: "hrm", "flat" */
    enum arm_strategy strategy; /* flat only; default ARM_RETRY */
    bool planner;               /* hrm only; default true */
    enum arm_tester tester;     /* hrm only */
    enum arm_coder coder;       /* hrm only */
    bool as_needed; /* hrm only: a flat one-shot first, the hierarchy only when it fails */
    bool tool;      /* default true; false: nothing is executed before the hidden grading */
};

struct budget { /* caps of one episode; 0 = no cap */
    int max_iters, max_calls, max_tool_runs;
    long max_generated_tokens, max_total_tokens; /* total = prompt + generated */
    double max_seconds;                          /* ledger time: model service + tool */
};
