/* The planner's reply: JSON {steps:[{id,desc,deps}], signature, constraints}, or, from models that
 * cannot write JSON, numbered lines. Parsing is tolerant; what had to be guessed is told. Text
 * lives in the arena. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "store/transcript.h"

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
/* As the transcript keeps them. */
struct transcript_steps code_plan_steps(const struct code_plan *p, struct arena *arena);
/* The JSON schema servers can enforce. */
extern const char plan_schema[];
