/* See decide.h. */
#include "experiment/decide.h"
#include <stdlib.h>
#include "base/mem.h"
#include "stats/mcnemar.h"

struct tally {      /* of one task, both arms */
    int left, lead; /* unfinished episodes; solved by a minus solved by b */
    bool fault;
};

struct decide {
    const struct plan *plan;
    const struct arm *a, *b;
    struct tally *task; /* [plan->n_tasks] in the plan's order */
    size_t *task_of;    /* [plan->n] */
    size_t next;        /* the first task that is not finished */
    struct decide_state state;
};

/* Counts finished tasks in order, until one is unfinished or the result is decided. */
static void advance(struct decide *d)
{
    struct decide_state *s = &d->state;
    for (; d->next < d->plan->n_tasks && !s->decided; d->next++) {
        const struct tally *t = &d->task[d->next];
        if (t->left > 0)
            return;
        if (t->fault)
            continue;
        s->tasks++;
        s->only_a += t->lead > 0;
        s->only_b += t->lead < 0;
        s->e_value = stats_e_value(s->only_a, s->only_b);
        s->decided = s->e_value >= DECIDE_E;
    }
}

static void take(struct decide *d, size_t item, bool fault, bool passed)
{
    struct tally *t = &d->task[d->task_of[item]];
    const struct arm *arm = d->plan->arms[item];
    if (arm != d->a && arm != d->b)
        return;
    t->left--;
    t->fault |= fault;
    if (passed && !fault)
        t->lead += arm == d->a ? 1 : -1;
}

struct decide *decide_new(const struct plan *plan, const struct arm *a, const struct arm *b)
{
    struct decide *d = xcalloc(1, sizeof *d);
    *d = (struct decide){.plan = plan, .a = a, .b = b, .state = {.e_value = 1}};
    d->task = xcalloc(plan->n_tasks + 1, sizeof *d->task);
    d->task_of = plan_number_tasks(plan);
    for (size_t i = 0; i < plan->n; i++)
        d->task[d->task_of[i]].left += plan->arms[i] == a || plan->arms[i] == b;
    for (size_t i = 0; i < plan->n; i++)
        if (plan->items[i].status == STORE_DONE)
            take(d, i, false, plan->items[i].passed);
    advance(d);
    return d;
}

void decide_free(struct decide *d)
{
    if (!d)
        return;
    free(d->task);
    free(d->task_of);
    free(d);
}

void decide_note(struct decide *d, size_t item, bool fault, bool passed)
{
    take(d, item, fault, passed);
    advance(d);
}

struct decide_state decide_look(const struct decide *d)
{
    return d->state;
}
