/* Several comparisons at once. */
#pragma once
#include <stddef.h>

/* Holm's (1979) step-down adjustment: adjusted[i] <= alpha rejects hypothesis i with the
 * family-wise error held at alpha. Ties get equal values. p and adjusted: [n], may be the same
 * array. */
void stats_holm(const double *p, double *adjusted, size_t n);
