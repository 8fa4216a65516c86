/* One rate: successes among n independent units, and what is estimated from repeats of one task. */
#pragma once
#include <stddef.h>

/* A confidence interval. */
struct stats_ci {
    double low, high;
};

/* Wilson's score interval (1927). `successes` may be fractional: the sum of per-task rates over n
 * tasks. */
struct stats_ci stats_wilson(double successes, double n, double level);
/* The same for tasks with several samples each, `samples` in all: rate[n] of each task. n becomes
 * the number of independent trials that would spread as much, n_eff = p (1 - p) / s^2, s the
 * standard error of the mean over tasks; it is at least n (samples of a task are no evidence
 * against each other) and at most `samples` (nor more than that many trials). s is itself
 * estimated, so n_eff is first multiplied by (z / t)^2, t with n - 1 degrees of freedom (Korn &
 * Graubard 1998): without that 5 tasks of 10 samples are covered in .90, with it in .95
 * (bench/stats_coverage.c). */
struct stats_ci stats_wilson_tasks(const double *rate, size_t n, double samples, double level);
/* The same from the sums over tasks of the rates and of their squares. */
struct stats_ci stats_wilson_sums(double sum, double squares, double n, double samples,
                                  double level);
/* Clopper and Pearson's exact interval (1934); conservative. */
struct stats_ci stats_clopper_pearson(long successes, long n, double level);
/* Chen et al. 2021: the unbiased estimate of P(at least one of k samples passes) from n samples of
 * which c passed, 1 - C(n-c,k)/C(n,k). NaN when k > n or k < 1: it cannot be estimated. */
double stats_pass_at_k(long n, long c, long k);
/* P(all k samples pass), C(c,k)/C(n,k). NaN as above. */
double stats_pass_hat_k(long n, long c, long k);
