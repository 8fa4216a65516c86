/* Tests and intervals for paired differences by resampling; no normal distribution is assumed. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "stats/rate.h"

struct stats_bootstrap {
    double sd;          /* of the resampled means */
    struct stats_ci ci; /* percentile, inverse-distribution (type 1) quantiles */
    size_t reps;        /* resamples used; n^n when all were enumerated */
};

/* Resamples tasks with replacement: all n^n ways when that is at most `reps`, else `reps` draws
 * from the seed. */
struct stats_bootstrap stats_bootstrap_mean(const double *d, size_t n, size_t reps, double level,
                                            uint64_t seed);

enum { STATS_FLIP_EXACT = 20 }; /* tasks up to which all patterns are enumerated */

struct stats_flips {
    uint64_t total;     /* sign patterns looked at */
    uint64_t two_sided; /* of them, |sum| at least as large as observed */
    uint64_t upper;     /* of them, sum at least as large as observed */
    double p;           /* two-sided; the observed pattern is counted among random ones too */
};

/* Sign-flip permutation test: exact (2^n patterns) for n <= STATS_FLIP_EXACT, else `draws` random
 * patterns from the seed. */
struct stats_flips stats_sign_flip(const double *d, size_t n, size_t draws, uint64_t seed);
