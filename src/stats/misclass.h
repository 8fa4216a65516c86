/* Rates of an event that is read by a rule which errs, corrected by how it errs: Rogan & Gladen
 * 1978, (p + specificity - 1) / (sensitivity + specificity - 1). Sensitivity and specificity are
 * estimated themselves, from items that people judged; the intervals include that (delta method, as
 * Rogan & Gladen; variances of the two with one success and one failure added, after Lang &
 * Reiczigel 2014, so that a perfect score of a few items is not taken for certainty). */
#pragma once
#include <stddef.h>
#include "stats/estimate.h"

/* Judged items; fractions where several people judged one. */
struct stats_misclass {
    double yes, hit;  /* the event is there, and the rule says so */
    double no, right; /* it is not there, and the rule says so */
};

/* a[n]: the tasks' rates as the rule reads them. The corrected mean, in [0, 1]; NaN where
 * sensitivity and specificity do not exceed 1 together: then the rule tells nothing. */
struct stats_estimate stats_corrected_rate(const double *a, size_t n,
                                           const struct stats_misclass *m, double level);
/* The corrected rate of a over that of b, paired over tasks. Sensitivity cancels out. NaN where
 * either is not above 0. */
struct stats_estimate stats_corrected_ratio(const double *a, const double *b, size_t n,
                                            const struct stats_misclass *m, double level);
