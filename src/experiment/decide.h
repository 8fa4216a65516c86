/* --stop_when decided: ends a run once the evidence suffices, at whatever moment that is.
 *
 * Hypothesis: on every task, either arm is as likely as the other to solve more of its samples.
 * Each task counts once, when all its samples in both arms are in: for the arm that solved more, or
 * for neither. Of m tasks with a winner, b won by the first arm, e = 2^m / ((m+1) C(m,b)) is a
 * martingale with mean 1 under the hypothesis (stats/mcnemar.h), so that e >= 20 happens at most
 * once in 20 such runs however often one looks (Ville).
 *
 * That needs an order of the tasks that the outcomes do not choose: tasks are played in random
 * order (plan_shuffle), and only those count before which every other task is in. A slow failure
 * cannot be overtaken by a quick success. A task lost to a fault of ours is passed over. */
#pragma once
#include "experiment/plan.h"

#define DECIDE_E 20.0

struct decide_state {
    double e_value; /* 1 before anything is known */
    long tasks, only_a, only_b;
    bool decided; /* stays; the numbers are those of that moment */
};

struct decide;

/* Borrows the plan, in the order in which it will run; what is finished in it counts. */
struct decide *decide_new(const struct plan *plan, const struct arm *a, const struct arm *b);
void decide_free(struct decide *d); /* NULL is legal */
/* An item of the plan is over. fault: not played to its end. */
void decide_note(struct decide *d, size_t item, bool fault, bool passed);
struct decide_state decide_look(const struct decide *d);
