/* Whether the samples of a task differed, and what that leaves to be found. */
#include <math.h>
#include "analysis/samples.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "report/plan_power.h"
#include "report/sections.h"

/* "hrm 12 and 5, flat 9 and 2" */
static const char *by_arm(struct doc *d, const struct analysis_run *run,
                          const struct analysis_samples *s)
{
    struct str out CLEANUP_STR = {0};
    for (size_t a = 0; a < run->n_arms; a++)
        str_addf(&out, "%s%s %ld and %ld", a ? ", " : "", run->arms[a], s->arms[a].replies,
                 s->arms[a].outcomes);
    return arena_strdup(d->arena, str_text(&out));
}

const char *samples_warning(const struct analysis_run *run, const struct analysis_samples *s)
{
    return analysis_samples_add_nothing(s)
               ? arena_printf(run->arena,
                              "Samples of a task never differed: they add nothing. On all %ld "
                              "tasks every sample of an arm got the replies of its first one; one "
                              "sample says as much, or a higher temperature makes them differ.",
                              s->all.tasks)
               : NULL;
}

static const char *difference(struct doc *d, double found)
{
    return isfinite(found) ? arena_printf(d->arena, "a true difference of %.1f pp", 100 * found)
                           : "no difference, not even one of 100 pp,";
}

/* What tasks and samples like these detect, with the variances of this run. */
static void add_power(struct doc *d, const struct analysis_run *run)
{
    struct stats_design seen;
    struct err ignored = {0};
    long n = run->n_tasks > 0 ? (long)run->n_tasks : 0;
    if (power_from_pilot(run, &seen, &ignored) < 0 || !stats_design_has_spread(&seen))
        return;
    doc_add_text(d,
                 "With the variance that was seen (%.4f between tasks, %.4f within), %ld tasks x "
                 "%d samples detect %s between %s and %s, one sample each %s (power 80 %%).",
                 seen.omega2, seen.sigma2, n, run->samples,
                 difference(d, stats_detectable(&seen, n, run->samples)), run->arms[0],
                 run->arms[1], difference(d, stats_detectable(&seen, n, 1)));
}

void section_samples(struct doc *d, const struct analysis_run *run)
{
    struct analysis_samples s;
    struct err ignored = {0};
    if (analysis_samples(run, &s, &ignored) < 0 || !s.known)
        return;
    const char *warning = samples_warning(run, &s);
    if (warning)
        doc_add_text(d, "%s", warning);
    else
        doc_add_text(d,
                     "The samples of a task differed in their replies on %ld of %ld tasks, in "
                     "their outcome on %ld (%s).",
                     s.all.replies, s.all.tasks, s.all.outcomes, by_arm(d, run, &s));
    add_power(d, run);
}

static json_t *varied_json(const struct analysis_varied *v)
{
    return json_pack("{s:I, s:I, s:I}", "tasks", (json_int_t)v->tasks, "replies_differ",
                     (json_int_t)v->replies, "outcomes_differ", (json_int_t)v->outcomes);
}

json_t *samples_json(const struct analysis_run *run)
{
    struct analysis_samples s;
    struct err ignored = {0};
    if (analysis_samples(run, &s, &ignored) < 0 || !s.known)
        return NULL;
    json_t *o = varied_json(&s.all), *arms = json_object();
    for (size_t a = 0; a < run->n_arms; a++)
        json_object_set_new(arms, run->arms[a], varied_json(&s.arms[a]));
    json_object_set_new(o, "arms", arms);
    return o;
}
