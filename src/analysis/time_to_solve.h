/* Time to solve, including unsolved episodes: an episode that gave up counts as tau, the budget's
 * seconds, not as the moment at which it gave up. Where no episode reached that cap tau is the
 * longest episode's time: a larger one would only count the unsolved again.
 *
 * Every time below tau is known then, so the restricted mean is the mean of min(T, tau), and
 * 1 - Kaplan-Meier is the share solved by t. Samples of a task are averaged first; intervals are
 * over tasks. Everything lives in run->arena. */
#pragma once
#include "analysis/budget.h"
#include "stats/survival.h"

struct analysis_survival {
    double tau; /* seconds */
    bool tau_is_cap;
    struct analysis_curves solved_by; /* share solved by t seconds; Wilson over tasks */
    struct stats_estimate *rmst;      /* [n_arms] seconds; t over tasks */
    struct stats_estimate *rmst_gap;  /* [n_arms - 1] the first arm minus each other one */
    double *rmst_p;                   /* [n_arms - 1] paired t, two-sided */
    struct stats_logrank *logrank;    /* [n_arms - 1] over episodes: takes samples as independent */
};

struct analysis_survival analysis_survival(const struct analysis_run *run);
