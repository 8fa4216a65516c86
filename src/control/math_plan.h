/* The supervisor's reply: JSON {givens:[{name,value,quote}], unknown, type, unit,
 * subgoals:[{id,desc,deps}]}, or numbered lines in which #K stands for the result of line K, with
 * lines 'given: boxes = 3 ("3 boxes")' and 'unknown: pencils left, integer, in pencils' before them
 * (which may be missing: small models forget them). Where no line has a #, each one may need the
 * results of all before. Parsing is tolerant: whatever can be used is, and `problem` says
 * what was not as asked. Text lives in the arena. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/hash.h"
#include "store/transcript.h"

enum { MATH_PLAN_LINES = 6 }; /* of more, the first ones count */

struct math_given {
    const char *name, *value, *quote; /* "" = not given */
};

struct math_subgoal {
    const char *id, *desc;
    const size_t *deps; /* [n_deps] indexes of other subgoals */
    size_t n_deps;
};

struct math_plan {
    const struct math_given *givens; /* [n_givens] */
    size_t n_givens;
    const char *unknown, *type, *unit;   /* "" = not given */
    const struct math_subgoal *subgoals; /* [n] as given */
    size_t n;
    const size_t *order; /* [n] each after what it depends on */
    size_t goal;         /* index of the subgoal whose value is the answer */
    const char *text;    /* as other roles read it */
    char hash[HASH_HEX]; /* SHA-256 of the text */
    const char *problem; /* what is wrong with it, one sentence; NULL = nothing */
    bool from_json;
    bool repaired; /* found only after skipping chatter or fences around it */
};

/* False when there is no plan in the reply; *out untouched then. */
bool math_plan_parse(const char *reply, struct math_plan *out, struct arena *arena);
/* The plan of an arm without a supervisor: the whole problem is the one subgoal. */
struct math_plan math_plan_whole(const char *problem, struct arena *arena);
/* The id behind a '#' at p ("1" of "#1 plus 12"): its length. */
size_t math_plan_reference(const char *p);
/* The index of the subgoal with this id, or n. */
size_t math_plan_find(const struct math_plan *p, const char *id, size_t len);
/* What it says, for the event that logs it; its text and how it was asked for are left open. */
void math_plan_describe(const struct math_plan *p, struct transcript_event *plan,
                        struct arena *arena);
/* The JSON schema servers can enforce. */
extern const char math_plan_schema[];
