/* The paired difference under other assumptions than the primary analysis makes. */
#pragma once
#include "analysis/analysis.h"
#include "stats/conditional.h"

struct analysis_sensitivity {
    struct stats_paired
        clusters;           /* tasks of a cluster are not independent; n = clusters, 0 = none */
    struct stats_odds odds; /* logistic regression with an effect of every task */
};

struct analysis_sensitivity analysis_sensitivity(const struct analysis_run *run, size_t arm_a,
                                                 size_t arm_b);
