/* See roles.h. */
#include "report/roles.h"
#include "base/mem.h"
#include "stats/paired.h"

/* Sums over a task's episodes, then a mean over tasks. */
struct sums {
    double *calls, *tokens;           /* [n_roles][n_arms] of the task at hand */
    double *task_calls, *task_tokens; /* [n_roles][n_arms][n_tasks] */
    size_t tasks;
};

static void end_task(const struct report_run *run, struct sums *s, size_t task)
{
    for (size_t i = 0; i < run->n_roles * run->n_arms; i++) {
        int samples = report_tally(run, task, i % run->n_arms)->samples;
        s->task_calls[i * run->n_tasks + s->tasks] = s->calls[i] / samples;
        s->task_tokens[i * run->n_tasks + s->tasks] = s->tokens[i] / samples;
        s->calls[i] = s->tokens[i] = 0;
    }
    s->tasks++;
}

static void add_up(const struct report_run *run, struct sums *s)
{
    for (size_t i = 0; i < run->n_played; i++) {
        const struct report_episode *e = &run->played[i];
        for (uint32_t k = 0; k < e->n_shares; k++) {
            const struct report_share *share = &run->shares[e->first_share + k];
            s->calls[share->role * run->n_arms + e->arm] += share->calls;
            s->tokens[share->role * run->n_arms + e->arm] += share->generated_tokens;
        }
        if (i + 1 == run->n_played || e[1].task != e->task)
            end_task(run, s, e->task);
    }
}

static struct report_estimate mean(const double *x, size_t n)
{
    struct stats_paired t = stats_paired_t(x, n, 0.95);
    return (struct report_estimate){.value = t.mean, .ci = t.ci, .n = (long)n};
}

const struct report_role *report_roles(const struct report_run *run, size_t *n)
{
    size_t cells = run->n_roles * run->n_arms;
    struct report_role *roles = arena_alloc(run->arena, (run->n_roles + 1) * sizeof *roles);
    struct sums s = {.calls = xcalloc(cells + 1, sizeof *s.calls),
                     .tokens = xcalloc(cells + 1, sizeof *s.tokens),
                     .task_calls = xcalloc(cells * run->n_tasks + 1, sizeof *s.task_calls),
                     .task_tokens = xcalloc(cells * run->n_tasks + 1, sizeof *s.task_tokens)};
    if (run->n_roles)
        add_up(run, &s);
    for (size_t r = 0; r < run->n_roles; r++) {
        roles[r].name = run->roles[r];
        roles[r].calls = arena_alloc(run->arena, run->n_arms * sizeof *roles[r].calls);
        roles[r].generated_tokens =
            arena_alloc(run->arena, run->n_arms * sizeof *roles[r].generated_tokens);
        for (size_t a = 0; a < run->n_arms; a++) {
            size_t at = (r * run->n_arms + a) * run->n_tasks;
            roles[r].calls[a] = mean(s.task_calls + at, s.tasks);
            roles[r].generated_tokens[a] = mean(s.task_tokens + at, s.tasks);
        }
    }
    free(s.calls);
    free(s.tokens);
    free(s.task_calls);
    free(s.task_tokens);
    *n = run->n_roles;
    return roles;
}
