/* See ratio.h. */
#include "stats/ratio.h"
#include <math.h>
#include "stats/dist.h"

static struct stats_ratio never_in_a(const double *b, size_t n, double level)
{
    long m = 0;
    for (size_t i = 0; i < n; i++)
        m += b[i] > 0;
    double u = stats_clopper_pearson(0, m, level).high;
    return (struct stats_ratio){0, {0, u / (1 - u)}};
}

struct stats_task_ratio stats_task_ratio(const double *a, const double *b, size_t n, double level)
{
    struct stats_task_ratio r = {{NAN, {NAN, NAN}}, NAN};
    double sum_a = 0, sum_b = 0, var = 0;
    for (size_t i = 0; i < n; i++) {
        sum_a += a[i];
        sum_b += b[i];
    }
    if (sum_b <= 0)
        return r;
    if (sum_a <= 0) {
        r.ratio = never_in_a(b, n, level);
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
