/* See sensitivity.h. */
#include "analysis/sensitivity.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "stats/cluster.h"

static const double LEVEL = 0.95;

struct analysis_sensitivity analysis_sensitivity(const struct analysis_run *run, size_t arm_a,
                                                 size_t arm_b)
{
    struct analysis_sensitivity r = {0};
    double *d CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *d);
    size_t *cluster CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *cluster);
    struct stats_trials *trials CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *trials);
    size_t n = 0;
    for (size_t i = 0; i < run->n_tasks; i++) {
        const struct analysis_tally *a = analysis_tally(run, i, arm_a);
        const struct analysis_tally *b = analysis_tally(run, i, arm_b);
        if (!run->tasks[i].sets)
            continue;
        d[n] = (double)a->solved / a->samples - (double)b->solved / b->samples;
        cluster[n] = (size_t)run->tasks[i].cluster;
        trials[n++] = (struct stats_trials){a->solved, a->samples, b->solved, b->samples};
    }
    if (run->n_clusters)
        r.clusters = stats_clustered(d, cluster, n, run->n_clusters, LEVEL);
    r.odds = stats_conditional_logit(trials, n, LEVEL);
    return r;
}
