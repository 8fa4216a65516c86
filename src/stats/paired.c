/* The paired t-test and its equivalence companion. */
#include "stats/paired.h"
#include <math.h>
#include "stats/dist.h"

struct stats_paired stats_paired_t(const double *d, size_t n, double level)
{
    struct stats_paired r = {.n = n, .mean = NAN, .se = NAN, .ci = {NAN, NAN}, .p = NAN};
    if (n == 0)
        return r;
    double sum = 0, squares = 0, N = (double)n;
    for (size_t i = 0; i < n; i++)
        sum += d[i];
    r.mean = sum / N;
    if (n == 1)
        return r;
    for (size_t i = 0; i < n; i++)
        squares += (d[i] - r.mean) * (d[i] - r.mean);
    r.se = sqrt(squares / (N * (N - 1)));
    if (r.se < 1e-12) /* equal differences; what is left is rounding */
        r.se = 0;
    double half = r.se * stats_t_quantile(0.5 + level / 2, N - 1);
    r.ci = (struct stats_ci){r.mean - half, r.mean + half};
    if (r.se > 0)
        r.p = stats_t_two_sided(r.mean / r.se, N - 1);
    else
        r.p = fabs(r.mean) < 1e-12;
    return r;
}

double stats_tost(const struct stats_paired *r, double margin)
{
    if (!(r->se > 0))
        return isnan(r->se) ? NAN : fabs(r->mean) >= margin;
    double df = (double)r->n - 1;
    double above = stats_t_cdf((r->mean - margin) / r->se, df);
    double below = stats_t_cdf(-(r->mean + margin) / r->se, df);
    return fmax(above, below);
}
