/* A curriculum run: accuracy by the number of training problems N, for every order of learning.
 *
 * The training seed is the unit: orders are compared on the same problems, the same first weights
 * and the same tests, one difference per seed. Accuracy is the mean of the accuracies at each step
 * count, so that every step count weighs the same. Arrays and text live in run->arena. */
#pragma once
#include "analysis/analysis.h"
#include "stats/per_step.h"
#include "stats/split.h"

struct analysis_learning {
    const struct analysis_run *run;
    const char **arms; /* [n_arms] of the experiment's file: "flat" */
    const char *
        *orders; /* [n_orders] random first if there is one: the others are compared with it */
    int *sizes;  /* [n_sizes] N, rising */
    int *steps;  /* [n_steps] of the tests, rising */
    size_t n_arms, n_orders, n_sizes, n_steps;
    int n_seeds;
    int trained[2];   /* step counts that were trained on, from and to */
    double threshold; /* accuracy of "N at threshold" */
    struct learning_share {
        int solved, n;
    } * share;  /* [n_arms][n_orders][n_sizes][n_seeds][n_steps] */
    bool *full; /* [n_arms][n_orders][n_sizes][n_seeds] all that was planned is finished */
    struct learning_place {
        bool known; /* else an arm of another kind */
        size_t arm, order, size;
    } * places;      /* [run->n_arms] "flat@strict:512" as indices */
    bool same_tests; /* of all seeds */
};

/* Step counts. */
struct analysis_part {
    int from, to;
};

/* False when the run has no curriculum. */
bool analysis_learning(const struct analysis_run *run, struct analysis_learning *out);
/* Index of a name, or -1. */
int learning_arm(const struct analysis_learning *l, const char *name, size_t n);
int learning_order(const struct analysis_learning *l, const char *name);

/* Of one seed; NaN when it is not finished, or has no such tests. */
double learning_accuracy(const struct analysis_learning *l, size_t arm, size_t order, size_t size,
                         int seed, struct analysis_part part);
/* Area under accuracy against log2 N (stats/curve.h), a mean accuracy; NaN when a size is missing.
 */
double learning_aulc(const struct analysis_learning *l, size_t arm, size_t order, int seed,
                     struct analysis_part part);
/* Mean over seeds with a t-interval, n = seeds. */
struct stats_estimate learning_mean(const struct analysis_learning *l, size_t arm, size_t order,
                                    size_t size, struct analysis_part part);
struct stats_estimate learning_mean_aulc(const struct analysis_learning *l, size_t arm,
                                         size_t order, struct analysis_part part);
/* Of one seed: the accuracy at a size (its index), or the area (size -1). */
double learning_quantity(const struct analysis_learning *l, size_t arm, size_t order, int size,
                         int seed, struct analysis_part part);
/* order_a minus order_b, paired by seed. */
struct stats_estimate learning_difference(const struct analysis_learning *l, size_t arm,
                                          size_t order_a, size_t order_b, int size,
                                          struct analysis_part part);
/* Where the spread of that difference comes from (not when all seeds play the same tests). */
struct stats_split learning_split(const struct analysis_learning *l, size_t arm, size_t order_a,
                                  size_t order_b, int size, struct analysis_part part);
/* N at which the mean curve reaches the threshold; NaN when it does not. */
double learning_n_at(const struct analysis_learning *l, size_t arm, size_t order,
                     struct analysis_part part);
/* All seeds together, by step count, for per_step.h. out: [n_steps]; how many. */
size_t learning_by_steps(const struct analysis_learning *l, size_t arm, size_t order, size_t size,
                         struct stats_steps *out);

struct criterion;
struct measure;
/* Metrics whose arms are ARM@ORDER or ARM@ORDER-ORDER (experiment/criteria.h): the area under the
 * curve, and the accuracy at the largest N, on the criterion's step counts; paired by seed. */
struct measure learning_measure_area(const struct analysis_run *run, const struct criterion *c,
                                     const char **unknown, const char **limit);
struct measure learning_measure_largest(const struct analysis_run *run, const struct criterion *c,
                                        const char **unknown, const char **limit);

struct analysis_part learning_all(const struct analysis_learning *l);
struct analysis_part learning_trained(const struct analysis_learning *l);
struct analysis_part
learning_new(const struct analysis_learning *l); /* longer than was trained on */
