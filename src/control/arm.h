/* An arm: one controller configuration, as written in experiment.yaml; and the budget both arms
 * share.
 *
 * All switches are rows of the table `arm_switches`, which reads the file, writes the manifest,
 * rejects switches where they would be ignored, and is shown by 'hrm run --help'. A new switch is a
 * field here, a row in arm.c and the controller's code for it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/json.h"
#include "suite/suite.h"

struct err;
struct str;
struct ynode;
struct ytree;

/* Who tests candidates. */
enum arm_tester {
    ARM_TESTER_PROFILE, /* what the prompt profile says this model can do */
    ARM_TESTER_WRITE,   /* the tester writes asserts blind to the code; public tests
                           and these are run */
    ARM_TESTER_OFF,     /* no tests: the first candidate is submitted */
    ARM_TESTER_EXECUTE, /* the public tests alone are run */
};

enum arm_coder { ARM_CODER_PROFILE, ARM_CODER_WHOLE, ARM_CODER_PER_STEP };

struct arm {
    const char *name;
    const char *controller; /* "hrm" or "flat" */
    const char *strategy;   /* flat only: a row of its table (strategy.h); NULL = the first one */
    /* switches */
    bool tool, planner, verifier, as_needed, reviewer, self_tests;
    enum arm_tester tester;
    enum arm_coder coder;
};

struct arm_switch {
    const char *name;    /* in the file and in the manifest */
    const char *meaning; /* one line */
    size_t offset;       /* in struct arm */
    /* Names of the values of an enum, in the manifest and in the file; in the file the first one is
     * the default and is not written. NULL = a bool. */
    const char *const *words, *const *in_file;
    size_t n_words;
    bool initial;      /* of a bool */
    bool of_hierarchy; /* not for flat arms */
    bool of_flat;      /* for these only */
    bool of_domain;    /* it applies to this domain only */
    enum suite_domain domain;
};

extern const struct arm_switch arm_switches[];
extern const size_t n_arm_switches;

struct arm arm_initial(void);
bool arm_is_flat(const struct arm *arm);
/* Has the arm a switch in another position than the initial one? */
bool arm_has_moved(const struct arm *arm, const struct arm_switch *s);
/* Reads the switches of a mapping in experiment.yaml; those absent stay as they are. ERR_INPUT with
 * file and line. */
int arm_read(const struct ytree *t, const struct ynode *map, struct arm *arm, struct err *err);
/* "true or false", "whole or per_step": what may be written. */
void arm_switch_values(const struct arm_switch *s, struct str *out);
/* As the manifest keeps it, and back; text is then borrowed from the JSON. */
json_t *arm_json(const struct arm *arm);
struct arm arm_from_json(const json_t *o);
/* Makes of such an arm one that an experiment's file may hold. */
void arm_json_as_file(json_t *o);

/* Caps of one episode; 0 = no cap. */
struct budget {
    int max_iters; /* code: candidates executed; math: attempts at the answer */
    int max_calls, max_tool_runs;
    long max_generated_tokens, max_total_tokens; /* total = prompt + generated */
    double max_seconds;                          /* ledger time: model service + tool */
};
