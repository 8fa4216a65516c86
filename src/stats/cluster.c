/* See cluster.h. */
#include "stats/cluster.h"
#include <math.h>
#include "base/mem.h"
#include "stats/dist.h"

struct stats_paired stats_clustered(const double *d, const size_t *cluster, size_t n,
                                    size_t clusters, double level)
{
    struct stats_paired r = {.mean = NAN, .se = NAN, .ci = {NAN, NAN}, .p = NAN};
    double *sum CLEANUP_FREE = xcalloc(clusters + 1, sizeof *sum);
    size_t *size CLEANUP_FREE = xcalloc(clusters + 1, sizeof *size);
    double total = 0, squares = 0;
    if (n == 0)
        return r;
    for (size_t i = 0; i < n; i++)
        total += d[i];
    r.mean = total / (double)n;
    for (size_t i = 0; i < n; i++) {
        sum[cluster[i]] += d[i] - r.mean;
        size[cluster[i]]++;
    }
    for (size_t g = 0; g < clusters; g++) {
        r.n += size[g] > 0;
        squares += sum[g] * sum[g];
    }
    double G = (double)r.n, se = sqrt(squares * G / (G - 1)) / (double)n;
    if (r.n < 2 || !(se > 1e-12))
        return r;
    double half = se * stats_t_quantile(0.5 + level / 2, G - 1);
    r.se = se;
    r.ci = (struct stats_ci){fmax(-1, r.mean - half), fmin(1, r.mean + half)};
    r.p = stats_t_two_sided(r.mean / se, G - 1);
    return r;
}
