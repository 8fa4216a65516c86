/* Ratio of two paired rates, for claims like "at least 20 % fewer". */
#pragma once
#include "stats/rate.h"

struct stats_ratio {
    double value;       /* rate of arm A over rate of arm B */
    struct stats_ci ci; /* log-normal; paired variance (Nam & Blackwelder 2002) */
};

/* Of n units: `both` have the event in both arms, only_a and only_b in one. RR = (both + only_a) /
 * (both + only_b), Var ln RR = (only_a + only_b) / ((both + only_a)(both + only_b)). NaN when B
 * never has it; with none in A the value is 0 and the interval is [0, NaN]: its upper end is
 * unknown. */
struct stats_ratio stats_paired_ratio(long both, long only_a, long only_b, double level);
