/* What a run cost in money, by the prices of its manifest (store/prices.h). */
#pragma once
#include "analysis/run.h"
#include "stats/estimate.h"

/* Of one arm, in run->prices.currency. */
struct analysis_cost {
    long episodes, solved; /* of complete sets */
    double total;          /* of these */
    struct stats_estimate
        episode; /* mean of one, its task's samples averaged first; t-interval over tasks */
    struct stats_estimate solved_one; /* cost of all over those solved, as a ratio of task means
                                         (stats_task_ratio); NaN when none is */
};

/* Fills run->prices, what shares and tallies cost. analysis_load calls it; again after the
 * manifest's prices were changed. */
void analysis_price(struct analysis_run *run);
/* Caller: run->prices.currency is not NULL. */
struct analysis_cost analysis_cost(const struct analysis_run *run, size_t arm);
/* What all calls of the record cost, those of episodes that are not compared included. NaN where
 * the record cannot be read. */
double analysis_money_spent(const struct analysis_run *run);
/* Digits after the point with which amounts like this one, and larger ones, are told apart. */
int analysis_money_digits(double amount);
