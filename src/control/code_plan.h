/* The planner's reply: JSON {steps:[{id,desc,deps}], signature, constraints}, or numbered
 * lines, of which the first CODE_PLAN_STEPS count. Parsing is tolerant; what had to be guessed is
 * told. Text lives in the arena. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "store/transcript.h"

enum { CODE_PLAN_STEPS = 6 };

struct code_plan_step {
    long long id;
    const char *desc;
    const long long *deps; /* [n_deps] ids of earlier steps */
    size_t n_deps;
};

struct code_plan {
    const struct code_plan_step *steps; /* [n] in the order given */
    size_t n;
    const char *signature;   /* "" = none */
    const char *constraints; /* one per line, "" = none */
    const char *text;        /* the steps as numbered lines: what the coder reads */
    bool from_json;          /* false: read from numbered lines */
    bool repaired;           /* found only after skipping chatter or fences around it */
};

/* False when there is no plan in the reply; *out untouched then. */
bool code_plan_parse(const char *reply, struct code_plan *out, struct arena *arena);
/* What is wrong with a signature for this entry point (NULL: the task's program reads standard
 * input): "stdin" it has none, "name" it names another function, "body" more stands behind it,
 * "form" it is no signature. NULL = nothing. */
const char *code_plan_signature_fault(const char *signature, const char *entry_point);
/* As the transcript keeps them. */
struct transcript_steps code_plan_steps(const struct code_plan *p, struct arena *arena);
/* The JSON schema servers can enforce. */
extern const char plan_schema[];
