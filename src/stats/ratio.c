/* See ratio.h. */
#include "stats/ratio.h"
#include <math.h>
#include "stats/dist.h"

/* What the limit of 0 of the m units in which x has the event comes to as odds. */
static double limit_of_odds(const double *x, size_t n, double level)
{
    long m = 0;
    for (size_t i = 0; i < n; i++)
        m += x[i] > 0;
    double u = stats_clopper_pearson(0, m, level).high;
    return u / (1 - u);
}

double stats_one_sided_ratio_p(bool in_a, long m, double r)
{
    return fmin(1, 2 * pow(in_a ? r / (1 + r) : 1 / (1 + r), (double)m));
}

struct stats_task_ratio stats_task_ratio(const double *a, const double *b, size_t n, double level)
{
    struct stats_task_ratio r = {{NAN, {NAN, NAN}}, NAN};
    double sum_a = 0, sum_b = 0, var = 0;
    for (size_t i = 0; i < n; i++) {
        sum_a += a[i];
        sum_b += b[i];
    }
    if (sum_a <= 0 && sum_b <= 0)
        return r;
    if (sum_a <= 0) {
        r.ratio = (struct stats_ratio){0, {0, limit_of_odds(b, n, level)}};
        return r;
    }
    if (sum_b <= 0) {
        r.ratio = (struct stats_ratio){INFINITY, {1 / limit_of_odds(a, n, level), INFINITY}};
        return r;
    }
    for (size_t i = 0; i < n; i++) {
        double gap = a[i] / sum_a - b[i] / sum_b;
        var += gap * gap;
    }
    double spread = exp(stats_normal_quantile(0.5 + level / 2) * sqrt(var));
    r.ln_se = sqrt(var);
    r.ratio.value = sum_a / sum_b;
    r.ratio.ci = (struct stats_ci){r.ratio.value / spread, r.ratio.value * spread};
    return r;
}
