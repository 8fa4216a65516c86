/* See live.h. */
#include "experiment/live.h"
#include <stdlib.h>
#include "base/mem.h"

struct place { /* of an item */
    size_t set, task;
};

struct live {
    const struct plan *plan;
    const struct experiment *x;
    size_t n_arms;          /* planned: a set has so many items */
    struct place *place;    /* [plan->n] */
    int *left;              /* [sets] items to come */
    bool *passed;           /* [plan->n] */
    int *sets;              /* [n_tasks] complete ones */
    int *solved;            /* [n_tasks][x->n_arms] in these */
    struct live_rate *rate; /* [x->n_arms] */
};

/* Every arm's share of the task moves from what it was to what it is. */
static void add_set(struct live *l, size_t first)
{
    size_t task = l->place[first].task;
    int before = l->sets[task]++, after = l->sets[task];
    for (size_t i = first; i < first + l->n_arms; i++) {
        size_t arm = (size_t)(l->plan->arms[i] - l->x->arms);
        int *solved = &l->solved[task * l->x->n_arms + arm];
        l->rate[arm].sum -= before ? (double)*solved / before : 0;
        *solved += l->passed[i];
        l->rate[arm].sum += (double)*solved / after;
        l->rate[arm].tasks += before == 0;
    }
}

void live_note(struct live *l, size_t item, bool passed)
{
    size_t set = l->place[item].set;
    l->passed[item] = passed;
    if (--l->left[set] == 0)
        add_set(l, set * l->n_arms);
}

struct live *live_new(const struct plan *plan, const struct experiment *x)
{
    struct live *l = xcalloc(1, sizeof *l);
    *l = (struct live){.plan = plan, .x = x};
    for (size_t a = 0; a < x->n_arms; a++)
        l->n_arms += plan_has_arm(plan, &x->arms[a]);
    l->place = xcalloc(plan->n + 1, sizeof *l->place);
    l->left = xcalloc(plan->n + 1, sizeof *l->left);
    l->passed = xcalloc(plan->n + 1, sizeof *l->passed);
    l->sets = xcalloc(plan->n_tasks + 1, sizeof *l->sets);
    l->solved = xcalloc(plan->n_tasks * x->n_arms + 1, sizeof *l->solved);
    l->rate = xcalloc(x->n_arms + 1, sizeof *l->rate);
    for (size_t i = 0, task = 0; i < plan->n;
         i++) { /* a set's items stand together, a task's too */
        task += i > 0 && plan->tasks[i] != plan->tasks[i - 1];
        l->place[i] = (struct place){i / l->n_arms, task};
        l->left[i / l->n_arms]++;
    }
    for (size_t i = 0; i < plan->n; i++)
        if (plan->items[i].status == STORE_DONE)
            live_note(l, i, plan->items[i].passed);
    return l;
}

void live_free(struct live *l)
{
    if (!l)
        return;
    free(l->place);
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
