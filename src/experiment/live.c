/* See live.h. */
#include "experiment/live.h"
#include <stdlib.h>
#include "base/mem.h"

struct live {
    const struct plan *plan;
    const struct experiment *x;
    size_t *task_of;        /* [plan->n] */
    int *left;              /* [n_tasks][samples] unfinished items of the set */
    bool *passed;           /* [n_tasks][samples][x->n_arms] */
    int *sets;              /* [n_tasks] complete ones */
    int *solved;            /* [n_tasks][x->n_arms] in these */
    struct live_rate *rate; /* [x->n_arms] */
};

static size_t set_of(const struct live *l, size_t item)
{
    return l->task_of[item] * (size_t)l->x->samples + (size_t)l->plan->items[item].sample;
}

static size_t arm_of(const struct live *l, size_t item)
{
    return (size_t)(l->plan->arms[item] - l->x->arms);
}

/* Replaces every arm's share of the task by the new one. */
static void add_set(struct live *l, size_t task, size_t set)
{
    int before = l->sets[task]++, after = l->sets[task];
    for (size_t arm = 0; arm < l->x->n_arms; arm++) {
        int *solved = &l->solved[task * l->x->n_arms + arm];
        l->rate[arm].sum -= before ? (double)*solved / before : 0;
        *solved += l->passed[set * l->x->n_arms + arm];
        l->rate[arm].sum += (double)*solved / after;
        l->rate[arm].tasks += before == 0;
    }
}

void live_note(struct live *l, size_t item, bool passed)
{
    size_t set = set_of(l, item);
    l->passed[set * l->x->n_arms + arm_of(l, item)] = passed;
    if (--l->left[set] == 0)
        add_set(l, l->task_of[item], set);
}

struct live *live_new(const struct plan *plan, const struct experiment *x)
{
    struct live *l = xcalloc(1, sizeof *l);
    size_t sets = plan->n_tasks * (size_t)x->samples;
    *l = (struct live){.plan = plan, .x = x, .task_of = plan_number_tasks(plan)};
    l->left = xcalloc(sets + 1, sizeof *l->left);
    l->passed = xcalloc(sets * x->n_arms + 1, sizeof *l->passed);
    l->sets = xcalloc(plan->n_tasks + 1, sizeof *l->sets);
    l->solved = xcalloc(plan->n_tasks * x->n_arms + 1, sizeof *l->solved);
    l->rate = xcalloc(x->n_arms + 1, sizeof *l->rate);
    for (size_t i = 0; i < plan->n; i++)
        l->left[set_of(l, i)]++;
    for (size_t i = 0; i < plan->n; i++)
        if (plan->items[i].status == STORE_DONE)
            live_note(l, i, plan->items[i].passed);
    return l;
}

void live_free(struct live *l)
{
    if (!l)
        return;
    free(l->task_of);
    free(l->left);
    free(l->passed);
    free(l->sets);
    free(l->solved);
    free(l->rate);
    free(l);
}

struct live_rate live_rate(const struct live *l, size_t arm)
{
    return l->rate[arm];
}
