/* Exact inference for the difference of paired proportions where approximations fail: few tasks, or
 * no spread. Of n tasks b are won by A alone and c by B alone. */
#pragma once
#include <stddef.h>
#include "stats/rate.h"

enum { STATS_EXACT_TASKS = 50 }; /* tasks up to which all tables are enumerated */

/* P of a table at least as far above "the difference is d" as this one, ordered by Tango's score,
 * at the share of discordant tasks that makes it largest (Hsueh, Liu & Chen 2001). -1 < d < 1;
 * n <= STATS_EXACT_TASKS, else NaN. The lower tail is that of (c, b, n, -d). */
double stats_exact_upper(long b, long c, long n, double d);
/* The d at which neither tail is below (1 - level) / 2. NaN beyond STATS_EXACT_TASKS. */
struct stats_ci stats_exact_paired(long b, long c, long n, double level);

/* All n differences are the same: `each` = -1, 0 or 1 of numbers within [-1, 1]. Then closed forms
 * hold for every n and whatever the distribution: a mean of d or more leaves P(difference > 0) >=
 * d, so n times 0 has at most (1 - d)^n, and one of d or less leaves P(difference = 1) <= (1 + d)
 * / 2.
 */
double stats_same_upper(int each, long n, double d); /* P of it when the mean is at most d */
struct stats_ci stats_same_interval(int each, long n, double level);
