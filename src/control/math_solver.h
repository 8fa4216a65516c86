/* The solver of the math hierarchy: one subgoal at a time, seeing the problem, the subgoal, and the
 * values of the subgoals it depends on. */
#pragma once
#include "control/episode.h"
#include "control/math_plan.h"

/* A plan that is being worked on. */
struct math_work {
    struct episode *e;
    struct math_plan P;
    const char **value;   /* [P.n] NULL = unresolved */
    const char **program; /* [P.n] that gave it; NULL = none did */
    double warmer;        /* every question of this round */
    const char *error;    /* why the last try of the last subgoal failed */
    const char *said;     /* the reply that states the goal's value, without the tool; else NULL */
};

/* All values of the plan are unresolved. */
void math_work_reset(struct math_work *w);
/* At most three tries at subgoal g, each with the error of the one before (the first with `hint`,
 * NULL = none). Sets value[g], or leaves it NULL and sets error. */
int math_solve(struct math_work *w, size_t g, const char *hint);
/* "id. description = value", one line for each resolved subgoal. */
const char *math_values_text(const struct math_work *w);
/* How much a retry raises the temperature, for models that cannot read feedback. */
double math_warmer(const struct episode *e, int earlier_tries);
