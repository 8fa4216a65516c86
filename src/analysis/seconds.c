/* See seconds.h. */
#include "analysis/seconds.h"
#include <math.h>
#include "base/mem.h"
#include "stats/summary.h"

double analysis_longest(const struct analysis_run *run)
{
    double longest = 0;
    for (size_t i = 0; i < run->n_played; i++)
        longest = fmax(longest, run->played[i].seconds);
    return longest;
}

double analysis_seconds_quantile(const struct analysis_run *run, size_t arm, double share)
{
    double *x CLEANUP_FREE = xcalloc(run->n_played + 1, sizeof *x);
    size_t n = 0;
    for (size_t i = 0; i < run->n_played; i++)
        if (run->played[i].arm == arm)
            x[n++] = run->played[i].seconds;
    return n ? stats_quantile(x, n, share) : NAN;
}

const char *analysis_load_caution(const struct analysis_run *run)
{
    const json_t *strict = json_object_get(run->manifest.json, "strict");
    long long workers = json_get_int(run->manifest.json, "workers", 0);
    if (!strict || json_is_true(strict) || workers == 1)
        return NULL;
    return arena_printf(run->arena,
                        "Seconds under load: up to %lld episodes at once shared the machine, so "
                        "that waiting for each other is in them. Played with --strict, one "
                        "at a time, they are those of the arms.",
                        workers);
}
