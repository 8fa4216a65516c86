/* See corrected.h. */
#include "analysis/corrected.h"
#include <stdlib.h>
#include "base/mem.h"
#include "store/store.h"

static const double LEVEL = 0.95;

/* An episode with what its annotators said: how many there are, and how many named one of the
 * codes. */
struct judged {
    const struct analysis_episode *episode;
    int annotators, said_yes;
};

struct judging {
    struct judged *all; /* [n] by id */
    size_t n;
    taxonomy_set codes;
};

static int by_id(const void *x, const void *y)
{
    const struct judged *a = x, *b = y;
    return (a->episode->id > b->episode->id) - (a->episode->id < b->episode->id);
}

static int take_label(void *ctx, long long id, const struct store_label *l)
{
    struct judging *j = ctx;
    struct analysis_episode wanted = {.id = id};
    const struct judged key = {.episode = &wanted};
    struct judged *found = bsearch(&key, j->all, j->n, sizeof *j->all, by_id);
    taxonomy_set named = taxonomy_read_label(l->label).named;
    if (found && named) {
        found->annotators++;
        found->said_yes += (named & j->codes) != 0;
    }
    return 0;
}

static struct stats_misclass judge(const struct analysis_run *run, taxonomy_set codes)
{
    struct judged *all CLEANUP_FREE = xcalloc(run->n_played + 1, sizeof *all);
    struct judging j = {.all = all, .n = run->n_played, .codes = codes};
    struct stats_misclass m = {0};
    for (size_t i = 0; i < j.n; i++)
        all[i].episode = &run->played[i];
    qsort(all, j.n, sizeof *all, by_id);
    if (!run->store || store_labels(run->store, take_label, &j, NULL) < 0)
        return m;
    for (size_t i = 0; i < j.n; i++) {
        if (all[i].annotators == 0)
            continue;
        double yes = (double)all[i].said_yes / all[i].annotators;
        bool flagged = (all[i].episode->flags & codes) != 0;
        m.yes += yes;
        m.no += 1 - yes;
        m.hit += flagged ? yes : 0;
        m.right += flagged ? 0 : 1 - yes;
    }
    return m;
}

static double has_code(const struct analysis_episode *e, const void *codes)
{
    return (e->flags & *(const taxonomy_set *)codes) != 0;
}

struct analysis_corrected analysis_corrected(const struct analysis_run *run,
                                             const struct analysis_confrontation *pair,
                                             enum analysis_misuse_kind kind)
{
    taxonomy_set codes = pair->misuse[kind].codes;
    struct analysis_corrected c = {.judged = judge(run, codes)};
    double *a CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *a);
    double *b CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *b);
    size_t n = analysis_task_means(run, pair->a, has_code, &codes, a);
    analysis_task_means(run, pair->b, has_code, &codes, b);
    c.rate[0] = stats_corrected_rate(a, n, &c.judged, LEVEL);
    c.rate[1] = stats_corrected_rate(b, n, &c.judged, LEVEL);
    c.ratio = stats_corrected_ratio(a, b, n, &c.judged, LEVEL);
    return c;
}
