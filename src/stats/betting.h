/* Tests and intervals for the mean of bounded numbers that hold at any stopping time, by betting
 * (Waudby-Smith & Ramdas 2024, "Estimating means of bounded random variables by betting").
 *
 * A gambler who starts with 1 and bets a share of what he has that each number exceeds m cannot
 * expect to win while the mean is at most m. So P(he ever has 1/alpha or more) <= alpha (Ville),
 * whatever the distribution and however often one looks. Here STATS_BETS gamblers bet fixed shares
 * of the most that may be bet, from cautious to bold, and their mean capital is the e-value: the
 * mixture needs no tuning, does not depend on the order of the numbers, and falls in m, so that the
 * values not rejected form an interval. */
#pragma once
#include <stddef.h>
#include "stats/rate.h"

enum { STATS_BETS = 24 };

/* Against "the mean is m", numbers within [low, high], low < m < high. */
struct stats_bet {
    double m, low, high;
    double ln_above[STATS_BETS], ln_below[STATS_BETS]; /* each gambler's capital */
    size_t n;
};

struct stats_bet stats_bet_start(double m, double low, double high);
void stats_bet_take(struct stats_bet *b, double x);
/* e-values against "the mean is at most m" and "is at least m". */
double stats_bet_above(const struct stats_bet *b);
double stats_bet_below(const struct stats_bet *b);
/* Two-sided: half the larger. 1 / it is a p-value, valid at any stopping time. */
double stats_bet_e(const struct stats_bet *b);

/* The m not rejected by x[n] at (1 - level) / 2 on either side: as n grows, a confidence sequence,
 * all of whose intervals hold the mean with probability `level`. */
struct stats_ci stats_bet_interval(const double *x, size_t n, double low, double high,
                                   double level);
/* Of a ratio of means, a[n] and b[n] within [0, 1]: a bet against "the ratio is r" is one against
 * "the mean of a - r b is 0", numbers within [-r, 1]. The limits are 0 and infinity where no r is
 * rejected on that side. */
struct stats_ci stats_bet_ratio_interval(const double *a, const double *b, size_t n, double level);
