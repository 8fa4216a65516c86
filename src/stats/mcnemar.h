/* One binary outcome per task and arm: only the tasks on which the arms differ are evidence. */
#pragma once
#include "stats/rate.h"

struct stats_mcnemar {
    long b, c;    /* tasks only A solved, tasks only B solved */
    double exact; /* two-sided exact p (binomial, 1/2) */
    double midp;  /* two-sided mid-p (Fagerland, Lydersen & Laake 2013) */
};

/* No discordant task: both p are 1. */
struct stats_mcnemar stats_mcnemar(long b, long c);
/* The e-value 2^m / ((m+1) C(m,b)) of m = b + c discordant pairs, against a uniform prior on P(A
 * wins a pair); e >= 20 rejects at 5 %, valid at any stopping time. 1 when m = 0. */
double stats_e_value(long b, long c);
/* Tango's (1998) score interval for the difference of paired proportions (b - c) / n, n tasks in
 * all. */
struct stats_ci stats_tango(long b, long c, long n, double level);
/* Tango's score test that the difference is d, -1 < d < 1: the upper tail, P(Z >= z) under it. The
 * interval above holds the d at which neither this nor its complement is below (1 - level) / 2. */
double stats_tango_upper(long b, long c, long n, double d);
/* The score itself, falling in d; infinite where it has no variance. */
double stats_tango_score(long b, long c, long n, double d);
/* The Wald interval of the same, for comparison only: it fails at small n. */
struct stats_ci stats_paired_wald(long b, long c, long n, double level);
