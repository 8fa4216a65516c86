/* See episode_name.h. */
#include "cli/episode_name.h"
#include "base/mem.h"
#include "base/str.h"

bool episode_has_name(const char *name, long long id, const struct store_episode *row)
{
    char *number CLEANUP_FREE = xasprintf("%lld", id);
    char *key CLEANUP_FREE = xasprintf("%s/%s/%d", row->arm, row->task, row->sample);
    return str_eq(name, number) || str_eq(name, key);
}

int episode_unknown(const char *run, const char *name, struct err *err)
{
    return err_input(err,
                     "%s has no episode '%s': expected a number from 'hrm show %s', or "
                     "ARM/TASK/SAMPLE",
                     run, name, run);
}
