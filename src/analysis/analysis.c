/* From tallies to estimates. */
#include "analysis/analysis.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "base/str.h"
#include "analysis/budget.h"
#include "analysis/measure.h"
#include "stats/dist.h"
#include "stats/mean.h"
#include "stats/summary.h"

static const double LEVEL = 0.95, EQUIVALENCE = 0.05;
static const double FLOOR = 0.10; /* a rate of solved samples */

/* The tasks of a slice, and room for two numbers per task. */
struct part {
    const struct analysis_run *run;
    size_t *task; /* [n] */
    size_t n;
    double *x, *y; /* [n] */
};

/* The mean of the tasks' rates, which rest on so many trials in all. */
static struct stats_estimate estimate_rate(const double *rate, size_t n, double trials)
{
    struct stats_estimate e = {.value = NAN, .ci = {NAN, NAN}, .n = (long)n};
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += rate[i];
    if (n) {
        e.value = sum / (double)n;
        e.ci = stats_wilson_tasks(rate, n, trials, LEVEL);
    }
    return e;
}

/* The median, with the interval of the order statistics that the sign test does not reject. */
static struct stats_estimate estimate_median(double *x, size_t n)
{
    struct stats_estimate e = {.value = stats_quantile(x, n, 0.5), .ci = {NAN, NAN}, .n = (long)n};
    long low = -1, high = (long)n / 2; /* the largest cut on either side that the test allows */
    while (low < high) {
        long cut = low + (high - low + 1) / 2;
        if (stats_binomial_cdf(cut, (long)n, 0.5) <= (1 - LEVEL) / 2)
            low = cut;
        else
            high = cut - 1;
    }
    if (n && low >= 0)
        e.ci = (struct stats_ci){x[low + 1], x[(long)n - 2 - low]};
    return e;
}

/* The mean per episode of the tally's field at `offset`, which this cap limits. */
static struct stats_estimate mean_of(struct part *p, size_t arm, size_t offset, int cap)
{
    double allowed = cap < N_CAPS ? analysis_cap_allowed(p->run, cap) : 0;

    for (size_t i = 0; i < p->n; i++) {
        const struct analysis_tally *t = analysis_tally(p->run, p->task[i], arm);
        p->x[i] = *(const double *)((const char *)t + offset) / t->samples;
    }
    return stats_mean(p->x, p->n, 0, allowed > 0 ? allowed : INFINITY);
}

static double solved_rate(const struct analysis_tally *t)
{
    return (double)t->solved / t->samples;
}

static struct analysis_arm analyse_arm(struct part *p, size_t arm)
{
    const struct analysis_run *run = p->run;
    struct analysis_arm a = {.name = run->arms[arm], .tasks = (long)p->n};
    size_t n_k = 0, n_solved = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct analysis_tally *t = analysis_tally(run, p->task[i], arm);
        a.episodes += t->samples;
        a.solved += t->solved;
        p->x[i] = solved_rate(t);
        if (t->samples == run->samples)
            p->y[n_k++] = stats_pass_at_k(t->samples, t->solved, run->samples);
    }
    a.pass_1 = estimate_rate(p->x, p->n, (double)a.episodes);
    a.pass_k = estimate_rate(p->y, n_k, (double)n_k);
    for (size_t i = 0; i < p->n; i++)
        if (analysis_tally(run, p->task[i], arm)->solved)
            p->x[n_solved++] = analysis_tally(run, p->task[i], arm)->solve_seconds;
    a.solve_s = estimate_median(p->x, n_solved);
    a.iterations = mean_of(p, arm, offsetof(struct analysis_tally, iterations), CAP_ITERATIONS);
    a.calls = mean_of(p, arm, offsetof(struct analysis_tally, calls), CAP_CALLS);
    a.tool_runs = mean_of(p, arm, offsetof(struct analysis_tally, tool_runs), CAP_TOOL_RUNS);
    a.seconds = mean_of(p, arm, offsetof(struct analysis_tally, seconds), CAP_SECONDS);
    a.generated_tokens =
        mean_of(p, arm, offsetof(struct analysis_tally, generated_tokens), CAP_GENERATED_TOKENS);
    a.prompt_tokens = mean_of(p, arm, offsetof(struct analysis_tally, prompt_tokens), N_CAPS);
    return a;
}

bool analysis_majority(const struct analysis_tally *t)
{
    return 2 * t->solved > t->samples;
}

static struct analysis_pair analyse_pair(struct part *p, size_t arm_a, size_t arm_b)
{
    struct analysis_pair r = {.a = p->run->arms[arm_a], .b = p->run->arms[arm_b]};
    long only_a = 0, only_b = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct analysis_tally *a = analysis_tally(p->run, p->task[i], arm_a);
        const struct analysis_tally *b = analysis_tally(p->run, p->task[i], arm_b);
        p->x[i] = solved_rate(a);
        p->y[i] = solved_rate(b);
        only_a += analysis_majority(a) && !analysis_majority(b);
        only_b += analysis_majority(b) && !analysis_majority(a);
        r.both += analysis_majority(a) && analysis_majority(b);
        r.neither += !analysis_majority(a) && !analysis_majority(b);
    }
    struct measure m = measure_difference(p->x, p->y, p->n, 0, EQUIVALENCE, true);
    r.method = m.method;
    r.pass_1 = m.e;
    r.p = m.p;
    r.equivalence_p = m.tost_p;
    r.majority = stats_mcnemar(only_a, only_b);
    return r;
}

struct stats_estimate analysis_pass_at(const struct analysis_run *run, size_t arm, int k)
{
    double *rate CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *rate);
    size_t n = 0;
    for (size_t i = 0; i < run->n_tasks; i++) {
        const struct analysis_tally *t = analysis_tally(run, i, arm);
        if (t->samples > 0 && t->samples == run->samples)
            rate[n++] = stats_pass_at_k(t->samples, t->solved, k);
    }
    if (k > run->samples)
        n = 0;
    int groups = run->samples / k; /* of k samples, of each task */
    return estimate_rate(rate, n, (double)n * groups);
}

struct analysis_slice analysis_slice(const struct analysis_run *run, int group, int steps)
{
    struct analysis_slice s = {.group = group, .steps = steps};
    struct part p = {.run = run,
                     .task = xcalloc(run->n_tasks + 1, sizeof *p.task),
                     .x = xcalloc(run->n_tasks + 1, sizeof *p.x),
                     .y = xcalloc(run->n_tasks + 1, sizeof *p.y)};
    for (size_t i = 0; i < run->n_tasks; i++) {
        const struct analysis_task *t = &run->tasks[i];
        if (t->sets && (group < 0 || t->group == group) && (steps < 0 || t->steps == steps))
            p.task[p.n++] = i;
    }
    s.tasks = (long)p.n;
    s.arms = arena_alloc(run->arena, (run->n_arms + 1) * sizeof *s.arms);
    s.pairs = arena_alloc(run->arena, (run->n_arms + 1) * sizeof *s.pairs);
    for (size_t a = 0; a < run->n_arms; a++)
        s.arms[a] = analyse_arm(&p, a);
    for (size_t b = 1; b < run->n_arms; b++)
        s.pairs[b - 1] = analyse_pair(&p, 0, b);
    free(p.task);
    free(p.x);
    free(p.y);
    return s;
}

struct stats_ci analysis_fault_bounds(const struct analysis_run *run, size_t arm_a, size_t arm_b)
{
    double low = 0, high = 0, n = 0;
    for (size_t i = 0; i < run->n_tasks; i++) {
        int sets = run->tasks[i].sets + run->tasks[i].dropped;
        if (!sets)
            continue;
        const struct analysis_tally *a = analysis_tally(run, i, arm_a);
        const struct analysis_tally *b = analysis_tally(run, i, arm_b);
        int known = a->solved + a->dropped_solved - b->solved - b->dropped_solved;
        low += (double)(known - b->dropped_unknown) / sets;
        high += (double)(known + a->dropped_unknown) / sets;
        n++;
    }
    return n > 0 ? (struct stats_ci){low / n, high / n} : (struct stats_ci){NAN, NAN};
}

static int by_number(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

bool analysis_at_floor(const struct analysis_run *run, const struct analysis_slice *slice)
{
    double best = 0;
    for (size_t a = 0; a < run->n_arms; a++)
        best = fmax(best, slice->arms[a].pass_1.value);
    return best < FLOOR;
}

/* The different step counts of the tasks, rising. Caller frees. */
static int *distinct_steps(const struct analysis_run *run, size_t *n)
{
    int *steps = xcalloc(run->n_tasks + 1, sizeof *steps);
    for (size_t i = 0; i < run->n_tasks; i++)
        steps[i] = run->tasks[i].steps;
    qsort(steps, run->n_tasks, sizeof *steps, by_number);
    *n = 0;
    for (size_t i = 0; i < run->n_tasks; i++)
        if (*n == 0 || steps[*n - 1] != steps[i])
            steps[(*n)++] = steps[i];
    return steps;
}

struct analysis_slice *analysis_slices(const struct analysis_run *run, bool by_group, bool by_steps,
                                       size_t *n)
{
    size_t n_groups = by_group ? run->n_groups : 1, n_steps = 1;
    int *steps CLEANUP_FREE = distinct_steps(run, &n_steps);
    if (!by_steps)
        n_steps = 1;
    struct analysis_slice *all = arena_alloc(run->arena, (n_groups * n_steps + 1) * sizeof *all);
    *n = 0;
    for (size_t g = 0; g < n_groups; g++)
        for (size_t s = 0; s < n_steps; s++) {
            all[*n] = analysis_slice(run, by_group ? (int)g : -1, by_steps ? steps[s] : -1);
            *n += all[*n].tasks > 0;
        }
    return all;
}
