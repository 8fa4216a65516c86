/* --stop_when decided: ends a run as soon as the evidence on a criterion suffices.
 *
 * Tested is the criterion itself: the difference of success rates (or their ratio) against the
 * number that it names, by betting on the tasks' differences (stats/betting.h). Each task counts
 * once, when all its samples in both arms are finished. The e-value reaches 1 / level at most with
 * that probability while the quantity is what the criterion names, however often it is computed
 * (Ville's inequality), and the interval that belongs to it is valid at any stopping time: it is
 * the conclusion of such a run (analysis/conclusion.h).
 *
 * The order of the tasks must not depend on their outcomes: tasks run in random order
 * (plan_shuffle), and a task counts only when all tasks before it are finished, so that a quick
 * success cannot overtake a slow failure. A task with a fault is skipped. */
#pragma once
#include "experiment/criteria.h"
#include "experiment/plan.h"
#include "stats/rate.h"

struct decide_state {
    double e_value;        /* 1 at the beginning */
    double decides;        /* the e-value at which it is decided: 1 / level */
    long tasks, won, lost; /* counted; of them with a higher, a lower rate in the first arm */
    double estimate;       /* difference or ratio over these tasks; NaN without one */
    bool decided;          /* does not change back; the numbers are those of that moment */
};

struct decide;

/* Can it be seen while a run goes on, from what passes and what does not? */
bool decide_can(const struct criterion *c, double max_seconds);
/* Borrows the plan, in the order in which it will run; episodes that are finished already count. c:
 * NULL = a difference against 0. level: of the two-sided test, 0.05 over the number of criteria. */
struct decide *decide_new(const struct plan *plan, const struct arm *a, const struct arm *b,
                          const struct criterion *c, double level);
void decide_free(struct decide *d); /* NULL is legal */
/* An item of the plan has ended; fault: in error. */
void decide_note(struct decide *d, size_t item, bool fault, bool passed);
struct decide_state decide_look(const struct decide *d);
/* 95 % for the quantity after the tasks counted, valid at any stopping time. */
struct stats_ci decide_interval(const struct decide *d);
