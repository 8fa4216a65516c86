/* See roles.h. */
#include "analysis/roles.h"
#include <math.h>
#include "base/mem.h"
#include "stats/mean.h"

/* Sums over a task's episodes, then a mean over tasks. A cell is a role of an arm. */
struct sums {
    double (*now)[ROLE_SPENT]; /* [n_roles * n_arms] of the task at hand */
    double *task;              /* [n_roles * n_arms][ROLE_SPENT][n_tasks] */
    size_t tasks;
};

static double *of_tasks(const struct analysis_run *run, const struct sums *s, size_t cell, int what)
{
    return s->task + (cell * ROLE_SPENT + (size_t)what) * run->n_tasks;
}

static void end_task(const struct analysis_run *run, struct sums *s, size_t task)
{
    for (size_t i = 0; i < run->n_roles * run->n_arms; i++) {
        int samples = analysis_tally(run, task, i % run->n_arms)->samples;
        for (int k = 0; k < ROLE_SPENT; k++) {
            of_tasks(run, s, i, k)[s->tasks] = s->now[i][k] / samples;
            s->now[i][k] = 0;
        }
    }
    s->tasks++;
}

static void add_up(const struct analysis_run *run, struct sums *s)
{
    for (size_t i = 0; i < run->n_played; i++) {
        const struct analysis_episode *e = &run->played[i];
        for (uint32_t n = 0; n < e->n_shares; n++) {
            const struct analysis_share *share = &run->shares[e->first_share + n];
            for (int k = 0; k < ROLE_SPENT; k++)
                s->now[share->role * run->n_arms + e->arm][k] += (double)share->spent[k];
        }
        if (i + 1 == run->n_played || e[1].task != e->task)
            end_task(run, s, e->task);
    }
}

const struct analysis_role *analysis_roles(const struct analysis_run *run, size_t *n)
{
    size_t cells = run->n_roles * run->n_arms;
    struct analysis_role *roles = arena_alloc(run->arena, (run->n_roles + 1) * sizeof *roles);
    struct sums s = {.now = xcalloc(cells + 1, sizeof *s.now),
                     .task = xcalloc(cells * ROLE_SPENT * run->n_tasks + 1, sizeof *s.task)};
    if (run->n_roles)
        add_up(run, &s);
    for (size_t r = 0; r < run->n_roles; r++) {
        roles[r].name = run->roles[r];
        roles[r].spent = arena_alloc(run->arena, run->n_arms * sizeof *roles[r].spent);
        for (size_t a = 0; a < run->n_arms; a++)
            for (int k = 0; k < ROLE_SPENT; k++)
                roles[r].spent[a][k] =
                    stats_mean(of_tasks(run, &s, r * run->n_arms + a, k), s.tasks, 0, INFINITY);
    }
    free(s.now);
    free(s.task);
    *n = run->n_roles;
    return roles;
}
