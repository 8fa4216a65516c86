/* Agreement of two classifications of the same items: raters, or a verifier against the truth. */
#pragma once
#include <stddef.h>

struct stats_kappa {
    double observed, expected, kappa; /* kappa: NaN when the agreement expected by chance is 1 */
    double se;                        /* Fleiss, Cohen & Everitt 1969 */
};

/* Cohen's kappa (1960) of a k x k table of counts, row-major. */
struct stats_kappa stats_kappa(const long *table, size_t k);

/* Of a verdict against the truth; NaN where a denominator is 0. */
struct stats_binary {
    double precision, recall, false_positive_rate;
    double mcc; /* Matthews' correlation */
};

struct stats_binary stats_binary(long tp, long fp, long fn, long tn);

struct stats_marginal {
    double chi2, df, p;
};

/* Stuart's and Maxwell's test that the row and column margins of a square table are equal.
 * Categories that never differ are left out; df 0 and p 1 when none is left. */
struct stats_marginal stats_stuart_maxwell(const long *table, size_t k);
