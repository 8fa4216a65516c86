/* What a plan of n tasks with K samples each can detect, before it runs (Miller 2024, "Adding
 * error bars to evals"): Var(mean difference) = (omega2 + 2 sigma2 / K) / n. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct stats_design {
    double omega2; /* variance between tasks of the true difference */
    double sigma2; /* variance of one sample's outcome inside a task, mean over arms and tasks */
    double level;  /* of the two-sided test: 0.95 */
    double power;  /* 0.8 */
};

/* The values when no pilot run is at hand: omega2 0.02, sigma2 0.10, level 0.95,
 * power 0.8. */
extern const struct stats_design stats_design_default;

/* The smallest true difference of pass@1 that n tasks x K samples find with that power; NaN for n
 * < 2, and where no difference of rates is large enough, for there is none beyond 1. */
double stats_detectable(const struct stats_design *d, long tasks, long samples);
/* The fewest tasks that find `difference`; -1 beyond ten million. */
long stats_tasks_needed(const struct stats_design *d, double difference, long samples);
/* How a t-test against a threshold ends, before it is made: the probabilities that the whole
 * interval will lie above, below, or across it. */
struct stats_outlook {
    double above, below, open;
};

/* gap: the truth minus the threshold; se: of the estimate, with df degrees of freedom (infinite:
 * the normal distribution). Noncentral t. NaN when se is. */
struct stats_outlook stats_outlook(double gap, double se, double df, double level);

/* Estimates omega2 and sigma2 from a pilot: per-task solved counts of two arms with K samples each.
 * With K = 1 the parts cannot be told apart: sigma2 is then bounded by the rates, p (1 - p), and
 * omega2 takes the rest. */
struct stats_design stats_design_from_pilot(const double *solved_a, const double *solved_b,
                                            size_t tasks, long samples);
/* False where every task of the pilot came out alike: variances of 0, by which two tasks would find
 * everything. */
bool stats_design_has_spread(const struct stats_design *d);
