/* See money.h. */
#include "analysis/money.h"
#include <math.h>
#include "base/mem.h"
#include "stats/mean.h"
#include "stats/ratio.h"

void analysis_price(struct analysis_run *run)
{
    run->prices = prices_of(json_object_get(run->manifest.json, "prices"));
    for (size_t i = 0; i < run->n_tasks * run->n_arms; i++)
        run->tallies[i].cost = 0;
    for (size_t i = 0; i < run->n_played; i++) {
        const struct analysis_episode *e = &run->played[i];
        for (uint32_t k = 0; k < e->n_shares; k++) {
            struct analysis_share *s = &run->shares[e->first_share + k];
            double cost = prices_tokens(&run->prices, run->roles[s->role],
                                        (double)s->spent[ROLE_PROMPT_TOKENS],
                                        (double)s->spent[ROLE_GENERATED_TOKENS]);
            s->spent[ROLE_COST] = (float)cost;
            analysis_tally(run, e->task, e->arm)->cost += cost;
        }
    }
}

struct analysis_cost analysis_cost(const struct analysis_run *run, size_t arm)
{
    struct analysis_cost c = {.solved_one = {NAN, {NAN, NAN}, 0}};
    double *cost CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *cost);
    double *rate CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *rate);
    size_t n = 0;
    for (size_t i = 0; i < run->n_tasks; i++) {
        const struct analysis_tally *t = analysis_tally(run, i, arm);
        if (t->samples == 0)
            continue;
        c.episodes += t->samples;
        c.solved += t->solved;
        c.total += t->cost;
        cost[n] = t->cost / t->samples;
        rate[n++] = (double)t->solved / t->samples;
    }
    c.episode = stats_mean(cost, n, 0, INFINITY);
    if (c.solved == 0)
        return c;
    struct stats_ratio r = stats_task_ratio(cost, rate, n, 0.95).ratio;
    c.solved_one = (struct stats_estimate){r.value, r.ci, (long)n};
    if (c.total <= 0 || n < 2) /* nothing that could vary */
        c.solved_one.ci = (struct stats_ci){NAN, NAN};
    return c;
}

double analysis_money_spent(const struct analysis_run *run)
{
    double spent;
    if (!run->store || prices_spent(&run->prices, run->store, &spent, NULL) < 0)
        return NAN;
    return spent;
}

int analysis_money_digits(double amount)
{
    if (!(amount > 0) || amount >= 100)
        return 2;
    int digits = 2 - (int)floor(log10(amount)); /* three that mean something */
    return digits < 2 ? 2 : digits > 9 ? 9 : digits;
}
