/* Krippendorff's alpha (2011): agreement of any number of raters who each classified some of the
 * items, and bounds on kappa's trouble with rare categories. */
#pragma once
#include <stddef.h>
#include "stats/estimate.h"

/* value[raters][items], -1 = this rater did not classify it; categories 0 .. k-1, nominal. Items
 * with fewer than two values say nothing. The interval is the delete-one jackknife over items
 * (Fleiss & Davies 1982), with t. e.n = items that say something; NaN where all values are of one
 * category. */
struct stats_estimate stats_alpha(const int *value, size_t raters, size_t items, size_t k,
                                  double level);
/* Prevalence- and bias-adjusted kappa of k categories (Byrt, Bishop & Carlin 1993): (k s - 1) / (k
 * - 1), s the share of items on which two raters agree, with Wilson's interval of s carried over.
 */
struct stats_estimate stats_pabak(long same, long n, size_t k, double level);
