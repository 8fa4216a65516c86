/* A quantity of two arms with its interval and its test against a threshold, from one number per
 * task and arm. Used for criteria, for comparing runs, and for tables of outcomes. */
#pragma once
#include <math.h>
#include "analysis/analysis.h"

struct measure {
    struct stats_estimate e; /* a minus b, or a / b; n = tasks */
    const char *method;      /* "t", "Tango", "log-normal", "exact", "none" */
    double se, df;  /* of the difference, or of ln of the ratio; NaN where the method has none */
    double mean[2]; /* of either arm; NaN where there are none */
    double p;       /* two-sided, of "the quantity equals the threshold"; NaN = no test */
    double tost_p;  /* of "they differ by the margin or more"; NaN where there is none */
    long needed;    /* tasks needed to tell this estimate from the threshold with power 80 %; -1 =
                     * unknown
                     */
};

/* Means per task in [0, 1] or costs, a[n] and b[n]. margin: of equivalence, 0 = not asked; rates:
 * values are shares, so differences stay within [-1, 1]. */
struct measure measure_difference(const double *a, const double *b, size_t n, double threshold,
                                  double margin, bool rates);
/* The 95 % interval where fewer than MEASURE_FEW of n tasks differ and every rate is 0 or 1: exact
 * up to STATS_EXACT_TASKS, else Tango's. */
enum { MEASURE_FEW = 10 };
struct stats_ci measure_few(long above, long below, long n);
struct measure measure_ratio(const double *a, const double *b, size_t n, double threshold);

/* What cannot be measured. */
static inline struct measure measure_nothing(void)
{
    return (struct measure){{NAN, {NAN, NAN}, 0}, "none", NAN, NAN, {NAN, NAN}, NAN, NAN, -1};
}
