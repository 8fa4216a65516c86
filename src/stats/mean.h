/* A plain mean with its t-interval, as tables print it. */
#pragma once
#include <stddef.h>
#include "stats/estimate.h"

/* Of x[n], each within [low, high], and so is the mean: an interval that reaches further says no
 * more and is cut. No interval (NaN) for fewer than two numbers, nor where all are equal: numbers
 * that happen to agree do not tell how far others would lie from them. */
struct stats_estimate stats_mean(const double *x, size_t n, double low, double high);
