/* --stop_when decided: ends a run as soon as the evidence suffices.
 *
 * Hypothesis: on every task, either arm is as likely as the other to solve more of its samples.
 * Each task counts once, when all its samples in both arms are finished: for the arm that solved
 * more, or for neither. Of m tasks with a winner, b won by the first arm, e = 2^m / ((m+1) C(m,b))
 * is a martingale with mean 1 under the hypothesis (stats/mcnemar.h), so that e >= 20 happens in at
 * most one of 20 such runs, however often it is computed (Ville's inequality).
 *
 * The order of the tasks must not depend on their outcomes: tasks run in random order
 * (plan_shuffle), and a task counts only when all tasks before it are finished, so that a quick
 * success cannot overtake a slow failure. A task with a fault is skipped. */
#pragma once
#include "experiment/plan.h"

#define DECIDE_E 20.0

struct decide_state {
    double e_value; /* 1 at the beginning */
    long tasks, only_a, only_b;
    bool decided; /* does not change back; the numbers are those of that moment */
};

struct decide;

/* Borrows the plan, in the order in which it will run; episodes that are finished already count. */
struct decide *decide_new(const struct plan *plan, const struct arm *a, const struct arm *b);
void decide_free(struct decide *d); /* NULL is legal */
/* An item of the plan has ended; fault: in error. */
void decide_note(struct decide *d, size_t item, bool fault, bool passed);
struct decide_state decide_look(const struct decide *d);
