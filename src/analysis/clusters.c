/* See clusters.h. */
#include "analysis/clusters.h"
#include "base/str.h"
#include "analysis/names.h"

enum way { BY_NAME, BY_GROUP, BY_GROUP_AND_STEPS, WAYS };

static const char *name_of(const struct analysis_run *run, const struct analysis_task *t,
                           enum way by)
{
    const json_t *named = run->manifest.suite.clusters;
    if (by == BY_NAME)
        return json_get_str(named, t->id, NULL);
    if (by == BY_GROUP)
        return run->groups[t->group];
    return arena_printf(run->arena, "%s, %d steps", run->groups[t->group], t->steps);
}

/* False when there are too few, or a task has none. Tasks without a finished set do not count. */
static bool cluster_by(struct analysis_run *run, enum way by)
{
    struct names names = {.arena = run->arena};
    bool all = true;
    for (size_t i = 0; i < run->n_tasks && all; i++) {
        struct analysis_task *t = &run->tasks[i];
        const char *name = t->sets ? name_of(run, t, by) : NULL;
        t->cluster = name ? (int)names_index(&names, name) : 0;
        all = name || !t->sets;
    }
    if (all) {
        run->n_clusters = names.n;
        run->clusters = arena_alloc(run->arena, (names.n + 1) * sizeof *run->clusters);
        for (size_t i = 0; i < names.n; i++)
            run->clusters[i] = names.name[i];
    }
    names_free(&names);
    return all && run->n_clusters >= (by == BY_NAME ? 2 : CLUSTERS_MIN);
}

void analysis_cluster_tasks(struct analysis_run *run)
{
    static const char *const words[WAYS] = {"cluster", "group", "group and steps"};
    for (int by = 0; by < WAYS && !run->curriculum; by++)
        if (cluster_by(run, (enum way)by)) {
            run->clustered_by = words[by];
            return;
        }
    run->n_clusters = 0;
}
