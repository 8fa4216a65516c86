/* An arm: one controller configuration, as written in experiment.yaml; and the budget both arms
 * share. */
#pragma once
#include <stdbool.h>

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
    const char *controller; /* "hrm" or "flat" */
    const char *strategy;   /* flat only: a row of its table (strategy.h); NULL = the first one */
    bool planner;           /* hrm only; default true. Of math: the supervisor */
    bool verifier;          /* hrm only, math; default true */
    enum arm_tester tester; /* hrm only, code */
    enum arm_coder coder;   /* hrm only, code */
    bool as_needed;         /* hrm only, code: a flat one-shot first, more only when it fails */
    bool tool;              /* default true; false: nothing is executed before the grading */
};

struct budget {    /* caps of one episode; 0 = no cap */
    int max_iters; /* code: candidates executed; math: attempts at the answer */
    int max_calls, max_tool_runs;
    long max_generated_tokens, max_total_tokens; /* total = prompt + generated */
    double max_seconds;                          /* ledger time: model service + tool */
};
