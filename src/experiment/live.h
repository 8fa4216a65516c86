/* pass@1 during a run, computed as in its report (analysis/analysis.h): over
 * complete sets only (a task and sample that every arm has finished), averaged inside tasks. The
 * plan is borrowed. */
#pragma once
#include "experiment/plan.h"

/* pass@1 = sum / tasks. */
struct live_rate {
    double sum;
    size_t tasks;
};

struct live;

struct live *live_new(const struct plan *plan, const struct experiment *x);
void live_free(struct live *l); /* NULL is legal */
/* An item of the plan has finished. */
void live_note(struct live *l, size_t item, bool passed);
struct live_rate live_rate(const struct live *l, size_t arm); /* index into the experiment's */
