/* See mean.h. */
#include "stats/mean.h"
#include <math.h>
#include "stats/paired.h"

struct stats_estimate stats_mean(const double *x, size_t n, double low, double high)
{
    struct stats_paired t = stats_paired_t(x, n, 0.95);
    struct stats_estimate e = {t.mean, {NAN, NAN}, (long)n};
    if (t.se > 0)
        e.ci = (struct stats_ci){fmax(low, t.ci.low), fmin(high, t.ci.high)};
    return e;
}
