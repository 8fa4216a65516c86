/* See episode_name.h. */
#include "cli/episode_name.h"
#include "base/mem.h"
#include "base/str.h"

struct named {
    const char *name;
    store_episode_fn *fn;
    void *ctx;
};

static int call_if_named(void *ctx, long long id, const struct store_episode *row)
{
    const struct named *n = ctx;
    char *number CLEANUP_FREE = xasprintf("%lld", id);
    char *key CLEANUP_FREE = xasprintf("%s/%s/%d", row->arm, row->task, row->sample);
    if (!str_eq(n->name, number) && !str_eq(n->name, key))
        return 0;
    int rc = n->fn(n->ctx, id, row);
    return rc < 0 ? rc : 1;
}

int episode_with_name(struct store *s, const char *run, const char *name, store_episode_fn *fn,
                      void *ctx, struct err *err)
{
    struct named n = {name, fn, ctx};
    int rc = store_episodes(s, call_if_named, &n, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    return err_input(err,
                     "%s has no episode '%s': expected a number from 'hrm show %s', or "
                     "ARM/TASK/SAMPLE",
                     run, name, run);
}
