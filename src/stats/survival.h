/* Time to solve, with unsolved episodes censored. Giving up is informative, so callers censor an
 * unsolved episode at the horizon tau, not at the moment it gave up. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* The curve falls to `s` at time t. */
struct stats_km_step {
    double t, s;
    size_t at_risk, events;
};

/* Kaplan and Meier's curve: one step per distinct event time, rising in t. steps: room for n. How
 * many. An event and a censoring at the same time: the event comes first. */
size_t stats_kaplan_meier(const double *t, const bool *event, size_t n,
                          struct stats_km_step *steps);

struct stats_rmst {
    double value, se; /* mean of min(T, tau); Greenwood */
};

struct stats_rmst stats_rmst(const double *t, const bool *event, size_t n, double tau);

struct stats_logrank {
    double chi2, p; /* one degree of freedom */
};

/* The log-rank test of two groups; chi2 0 and p 1 when no event can tell them apart. */
struct stats_logrank stats_logrank(const double *t1, const bool *event1, size_t n1,
                                   const double *t2, const bool *event2, size_t n2);
