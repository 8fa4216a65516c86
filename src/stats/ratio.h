/* The ratio of two paired rates, for criteria like "at least 20 % fewer". */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "stats/rate.h"

struct stats_ratio {
    double value;       /* rate of arm A over rate of arm B */
    struct stats_ci ci; /* log-normal; paired variance (Nam & Blackwelder 2002) */
};

struct stats_task_ratio {
    struct stats_ratio ratio;
    double ln_se; /* of its logarithm; NaN where that is not defined */
};

/* a[n] and b[n] are the tasks' mean rates (or costs) in the two arms. Var ln RR by the delta method
 * over tasks: the sum of (a_i / sum a - b_i / sum b)^2. For outcomes of 0 and 1, `both` tasks with
 * the event in both arms, only_a and only_b in one, this is (only_a + only_b) / ((both + only_a)
 * (both + only_b)). When A never has the event, the interval is exact and conditional on the m
 * tasks in which B does: it ends at u / (1 - u), u the Clopper-Pearson limit of 0 of m. When B
 * never has it, the ratio is infinite and its interval begins at (1 - u) / u. NaN only when neither
 * has it. */
struct stats_task_ratio stats_task_ratio(const double *a, const double *b, size_t n, double level);

/* Two-sided exact p of "the ratio is r" where one arm never has the event and the other has it in m
 * tasks: given such a task, it is A's with probability r / (1 + r). */
double stats_one_sided_ratio_p(bool in_a, long m, double r);
