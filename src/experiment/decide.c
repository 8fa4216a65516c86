/* See decide.h. */
#include "experiment/decide.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "base/str.h"
#include "experiment/metric.h"
#include "stats/betting.h"

/* Of one task. */
struct tally {
    int left, of[2], solved[2]; /* unfinished episodes; of either arm: in all, passed */
    bool fault, counts;         /* counts: the criterion is about it */
};

struct decide {
    const struct plan *plan;
    const struct arm *arm[2];
    bool ratio;
    double threshold;
    struct tally *task; /* [plan->n_tasks] in the plan's order */
    size_t *task_of;    /* [plan->n] */
    double *rate[2];    /* [state.tasks] of the tasks that count, by arm */
    double sum[2];      /* of these */
    size_t next;        /* the first task that is not finished */
    struct stats_bet bet;
    struct decide_state state;
};

bool decide_can(const struct criterion *c, double max_seconds)
{
    if (c->all_of)
        return false;
    return str_eq(c->metric, "pass@1") ||
           (str_eq(c->metric, "accuracy_within_seconds") && max_seconds > 0 &&
            c->seconds >= max_seconds); /* no episode lasts longer: it is pass@1 */
}

static void count_task(struct decide *d, const struct tally *t)
{
    struct decide_state *s = &d->state;
    double rate[2];
    for (int i = 0; i < 2; i++)
        rate[i] = d->rate[i][s->tasks] = (double)t->solved[i] / t->of[i];
    stats_bet_take(&d->bet, rate[0] - (d->ratio ? d->threshold : 1) * rate[1]);
    s->tasks++;
    s->won += rate[0] > rate[1];
    s->lost += rate[0] < rate[1];
    s->e_value = stats_bet_e(&d->bet);
    s->decided = s->e_value >= s->decides;
    d->sum[0] += rate[0];
    d->sum[1] += rate[1];
    s->estimate = d->ratio ? d->sum[0] / d->sum[1] : (d->sum[0] - d->sum[1]) / (double)s->tasks;
}

/* Counts finished tasks in order, until one is unfinished or the result is decided. */
static void advance(struct decide *d)
{
    for (; d->next < d->plan->n_tasks && !d->state.decided; d->next++) {
        const struct tally *t = &d->task[d->next];
        if (t->left > 0)
            return;
        if (t->counts && !t->fault)
            count_task(d, t);
    }
}

/* 0 or 1, or -1 when it is of another arm. */
static int side_of(const struct decide *d, size_t item)
{
    const struct arm *arm = d->plan->arms[item];
    return arm == d->arm[0] ? 0 : arm == d->arm[1] ? 1 : -1;
}

static void take(struct decide *d, size_t item, bool fault, bool passed)
{
    struct tally *t = &d->task[d->task_of[item]];
    int side = side_of(d, item);
    if (side < 0)
        return;
    t->left--;
    t->fault |= fault;
    t->solved[side] += passed && !fault;
}

static bool in_part(const struct criterion *c, const struct task *task)
{
    return !c || !c->steps[0] || (task->steps >= c->steps[0] && task->steps <= c->steps[1]);
}

struct decide *decide_new(const struct plan *plan, const struct arm *a, const struct arm *b,
                          const struct criterion *c, double level)
{
    struct decide *d = xcalloc(1, sizeof *d);
    *d = (struct decide){.plan = plan,
                         .arm = {a, b},
                         .ratio = c && c->ratio,
                         .threshold = c ? c->threshold : 0,
                         .state = {.e_value = 1, .decides = 1 / level, .estimate = NAN}};
    d->bet = d->ratio ? stats_bet_start(0, -d->threshold, 1) : stats_bet_start(d->threshold, -1, 1);
    d->task = xcalloc(plan->n_tasks + 1, sizeof *d->task);
    for (int i = 0; i < 2; i++)
        d->rate[i] = xcalloc(plan->n_tasks + 1, sizeof *d->rate[i]);
    d->task_of = plan_number_tasks(plan);
    for (size_t i = 0; i < plan->n; i++) {
        struct tally *t = &d->task[d->task_of[i]];
        int side = side_of(d, i);
        t->counts = in_part(c, plan->tasks[i]);
        if (side >= 0) {
            t->left++;
            t->of[side]++;
        }
    }
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
    free(d->rate[0]);
    free(d->rate[1]);
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

struct stats_ci decide_interval(const struct decide *d)
{
    size_t n = (size_t)d->state.tasks;
    if (d->ratio)
        return stats_bet_ratio_interval(d->rate[0], d->rate[1], n, 0.95);
    double *gap CLEANUP_FREE = xcalloc(n + 1, sizeof *gap);
    for (size_t i = 0; i < n; i++)
        gap[i] = d->rate[0][i] - d->rate[1][i];
    return stats_bet_interval(gap, n, -1, 1, 0.95);
}
