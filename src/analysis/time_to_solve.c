/* See survival.h. */
#include "analysis/time_to_solve.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "analysis/curves.h"
#include "analysis/seconds.h"
#include "stats/mean.h"

static bool solved_step(const struct analysis_run *run, const struct analysis_episode *e, int what,
                        uint32_t i, struct curve_step *out)
{
    (void)run, (void)what;
    *out = (struct curve_step){e->solve_seconds, true};
    return i == 0 && e->passed;
}

static double horizon(const struct analysis_run *run, bool *is_cap)
{
    const json_t *budget = run->manifest.budget;
    double cap = json_get_num(budget, "max_seconds", 0), longest = analysis_longest(run);
    *is_cap = cap > 0 && (longest >= cap || longest <= 0);
    return *is_cap ? cap : longest;
}

/* min(T, tau) */
static double time_of(const struct analysis_episode *e, const void *of)
{
    double tau = *(const double *)of;
    return e->passed ? fmin(e->solve_seconds, tau) : tau;
}

/* Cuts the interval to [low, high], the range of the numbers. */
static struct stats_estimate mean(const double *x, size_t n, double low, double high, double *p)
{
    struct stats_paired t = stats_paired_t(x, n, 0.95);
    *p = t.se > 0 ? t.p : NAN;
    return stats_mean(x, n, low, high);
}

/* The times and events of one arm's episodes. How many. */
static size_t episode_times(const struct analysis_run *run, size_t arm, double tau, double *t,
                            bool *event)
{
    size_t n = 0;
    for (size_t i = 0; i < run->n_played; i++)
        if (run->played[i].arm == arm) {
            t[n] = time_of(&run->played[i], &tau);
            event[n++] = run->played[i].passed && run->played[i].solve_seconds <= tau;
        }
    return n;
}

static void compare(const struct analysis_run *run, struct analysis_survival *s, double *x)
{
    size_t n_all = run->n_played + 1;
    double *t1 CLEANUP_FREE = xcalloc(n_all, sizeof *t1), *t2 CLEANUP_FREE = xcalloc(n_all, 8);
    bool *e1 CLEANUP_FREE = xcalloc(n_all, sizeof *e1), *e2 CLEANUP_FREE = xcalloc(n_all, 1);
    double *first CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *first), none;
    size_t n = analysis_task_means(run, 0, time_of, &s->tau, first),
           n1 = episode_times(run, 0, s->tau, t1, e1);
    for (size_t a = 0; a < run->n_arms; a++) {
        analysis_task_means(run, a, time_of, &s->tau, x);
        s->rmst[a] = mean(x, n, 0, s->tau, &none);
        if (a == 0)
            continue;
        for (size_t i = 0; i < n; i++)
            x[i] = first[i] - x[i];
        s->rmst_gap[a - 1] = mean(x, n, -s->tau, s->tau, &s->rmst_p[a - 1]);
        size_t n2 = episode_times(run, a, s->tau, t2, e2);
        s->logrank[a - 1] = stats_logrank(t1, e1, n1, t2, e2, n2);
    }
}

struct analysis_survival analysis_survival(const struct analysis_run *run)
{
    struct analysis_survival s = {0};
    struct arena *arena = run->arena;
    s.tau = horizon(run, &s.tau_is_cap);
    s.solved_by = curves_make(run, solved_step, 0, false);
    s.solved_by.title = "Solved by time";
    s.solved_by.x_name = "seconds";
    s.solved_by.x_unit = "s";
    s.solved_by.note = arena_printf(
        arena,
        "Share of episodes solved by then (1 - Kaplan-Meier; episodes that gave up count as "
        "unsolved at tau = %g s), averaged inside tasks; n = %ld tasks. Bands are "
        "95 %%, pointwise: Wilson for rates, t over tasks for differences.",
        s.tau, s.solved_by.tasks);
    s.rmst = arena_alloc(arena, (run->n_arms + 1) * sizeof *s.rmst);
    s.rmst_gap = arena_alloc(arena, (run->n_arms + 1) * sizeof *s.rmst_gap);
    s.rmst_p = arena_alloc(arena, (run->n_arms + 1) * sizeof *s.rmst_p);
    s.logrank = arena_alloc(arena, (run->n_arms + 1) * sizeof *s.logrank);
    double *x CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *x);
    compare(run, &s, x);
    return s;
}
