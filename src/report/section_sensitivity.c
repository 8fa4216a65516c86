/* Does the difference hold under other assumptions? See analysis/sensitivity.h. */
#include <math.h>
#include "analysis/sensitivity.h"
#include "report/sections.h"

static const double PERCENT = 100;

static void set(const struct doc_table *t, size_t row, const char *pair, const char *what,
                struct stats_estimate e, double p)
{
    doc_set_text(t, row, 0, pair);
    doc_set_text(t, row, 1, what);
    doc_cell(t, row, 2)->e = e;
    doc_set_value(t, row, 3, p);
}

static struct stats_estimate in_points(double value, struct stats_ci ci, size_t n)
{
    return (struct stats_estimate){value * PERCENT, {ci.low * PERCENT, ci.high * PERCENT}, (long)n};
}

void section_sensitivity(struct doc *d, const struct analysis_run *run,
                         const struct analysis_slice *all)
{
    static const struct doc_column columns[] = {{DOC_TEXT, "comparison", ""},
                                                {DOC_TEXT, "method", ""},
                                                {DOC_ESTIMATE, "value", "", 2},
                                                {DOC_P, "p of no difference", ""}};
    size_t rows = 1 + (run->n_clusters > 0), row = 0;
    if (run->n_arms < 2)
        return;
    struct doc_table *t =
        doc_add_table(d, "Sensitivity of the differences", columns, 4, rows * (run->n_arms - 1));
    for (size_t b = 1; b < run->n_arms; b++) {
        const struct analysis_pair *p = &all->pairs[b - 1];
        struct analysis_sensitivity s = analysis_sensitivity(run, 0, b);
        const char *pair = arena_printf(d->arena, "%s - %s", p->a, p->b);
        if (run->n_clusters) {
            struct stats_estimate e = in_points(s.clusters.mean, s.clusters.ci, s.clusters.n);
            set(t, row++, pair, "clusters independent, pp", e, s.clusters.p);
        }
        set(t, row++, pair, "odds ratio, task effects",
            (struct stats_estimate){s.odds.ratio, s.odds.ci, (long)s.odds.informative}, s.odds.p);
    }
    const char *clusters =
        run->n_clusters
            ? arena_printf(d->arena,
                           "Clusters: %zu, by %s; robust standard errors, t with one degree of "
                           "freedom less than clusters. ",
                           run->n_clusters, run->clustered_by)
            : "The suite names no clusters of tasks (`cluster:`). ";
    t->note =
        arena_printf(d->arena,
                     "pass@1 [95 %% interval], against the differences above, which take tasks as "
                     "independent. %sOdds "
                     "ratio: logistic regression with an effect of every task, conditional "
                     "likelihood, standard errors over tasks; 1 = no difference.",
                     clusters);
}
