/* See budget.h. */
#include "analysis/budget.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "analysis/curves.h"
#include "stats/mean.h"
#include "stats/summary.h"

/* ---- accuracy at smaller budgets ---- */

static bool moment_step(const struct analysis_run *run, const struct analysis_episode *e, int what,
                        uint32_t i, struct curve_step *out)
{
    if (i >= e->n_moments)
        return false;
    const struct analysis_moment *m = &run->moments[e->first_moment + i];
    const double x[ANALYSIS_RESOURCES] = {[ANALYSIS_TOKENS] = m->generated_tokens,
                                          [ANALYSIS_CALLS] = m->calls,
                                          [ANALYSIS_TOOL_RUNS] = m->tool_runs,
                                          [ANALYSIS_SECONDS] = m->seconds};
    *out = (struct curve_step){x[what], m->passed};
    return true;
}

struct analysis_curves analysis_budget_curves(const struct analysis_run *run,
                                              enum analysis_resource resource)
{
    static const struct {
        const char *name, *unit;
    } what[ANALYSIS_RESOURCES] = {[ANALYSIS_TOKENS] = {"generated tokens", ""},
                                  [ANALYSIS_CALLS] = {"model calls", ""},
                                  [ANALYSIS_TOOL_RUNS] = {"tool runs", ""},
                                  [ANALYSIS_SECONDS] = {"seconds", "s"}};
    struct analysis_curves c =
        curves_make(run, moment_step, (int)resource, resource != ANALYSIS_SECONDS);
    c.x_name = what[resource].name;
    c.x_unit = what[resource].unit;
    c.title = arena_printf(run->arena, "Accuracy by %s", c.x_name);
    c.note = arena_printf(
        run->arena,
        "Share of episodes whose best candidate so far passes the hidden tests when the %s are cut "
        "there, averaged inside tasks; n = %ld tasks. Bands are 95 %%, pointwise: Wilson for "
        "rates, t over tasks for differences.",
        c.x_name, c.tasks);
    return c;
}

double analysis_passed_within(const struct analysis_run *run, const struct analysis_episode *e,
                              double seconds)
{
    double passed = 0;
    for (uint32_t i = 0; i < e->n_moments; i++) {
        const struct analysis_moment *m = &run->moments[e->first_moment + i];
        if (m->seconds <= seconds)
            passed = m->passed;
    }
    return passed;
}

/* ---- what was allowed and spent ---- */

static const struct {
    const char *key, *name, *unit;
} caps[N_CAPS] = {
    [CAP_ITERATIONS] = {"max_iters", "iterations", ""},
    [CAP_CALLS] = {"max_calls", "model calls", ""},
    [CAP_TOOL_RUNS] = {"max_tool_runs", "tool runs", ""},
    [CAP_GENERATED_TOKENS] = {"max_generated_tokens", "generated tokens", ""},
    [CAP_TOTAL_TOKENS] = {"max_total_tokens", "total tokens", ""},
    [CAP_SECONDS] = {"max_seconds", "seconds", "s"},
};

double analysis_cap_allowed(const struct analysis_run *run, int cap)
{
    const json_t *budget = run->manifest.budget;
    return json_get_num(budget, caps[cap].key, 0);
}

static double spent_on(const struct analysis_episode *e, const void *of)
{
    int cap = *(const int *)of;
    const double spent[N_CAPS] = {
        [CAP_ITERATIONS] = e->iterations,
        [CAP_CALLS] = e->calls,
        [CAP_TOOL_RUNS] = e->tool_runs,
        [CAP_GENERATED_TOKENS] = e->generated_tokens,
        [CAP_TOTAL_TOKENS] = e->generated_tokens + e->prompt_tokens,
        [CAP_SECONDS] = e->seconds,
    };
    return spent[cap];
}

/* The mean over tasks of the mean over samples. x: room for one number per task. */
static struct stats_estimate mean_over_tasks(const struct analysis_run *run, size_t arm, int cap,
                                             double *x)
{
    size_t n = analysis_task_means(run, arm, spent_on, &cap, x);
    double allowed = analysis_cap_allowed(run, cap);
    return stats_mean(x, n, 0, allowed > 0 ? allowed : INFINITY);
}

static struct analysis_spent spent_by(const struct analysis_run *run, size_t arm, int cap,
                                      double *x)
{
    struct analysis_spent s = {.mean = mean_over_tasks(run, arm, cap, x)};
    size_t n = 0;
    for (size_t i = 0; i < run->n_played; i++) {
        const struct analysis_episode *e = &run->played[i];
        if (e->arm != arm)
            continue;
        x[n++] = spent_on(e, &cap);
        s.hit += (int)e->cap == cap;
    }
    s.episodes = (long)n;
    s.p95 = stats_quantile(x, n, 0.95);
    s.max = n ? x[n - 1] : NAN; /* stats_quantile sorts */
    return s;
}

const struct analysis_cap *analysis_caps(const struct analysis_run *run, size_t *n)
{
    struct analysis_cap *out = arena_alloc(run->arena, N_CAPS * sizeof *out);
    double *x CLEANUP_FREE = xcalloc(run->n_played + 1, sizeof *x);
    for (int i = 0; i < N_CAPS; i++) {
        out[i] =
            (struct analysis_cap){caps[i].name, caps[i].unit, analysis_cap_allowed(run, i),
                                  arena_alloc(run->arena, (run->n_arms + 1) * sizeof *out[i].arms)};
        for (size_t a = 0; a < run->n_arms; a++)
            out[i].arms[a] = spent_by(run, a, i, x);
    }
    *n = N_CAPS;
    return out;
}
