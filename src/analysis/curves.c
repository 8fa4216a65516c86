/* See curves.h. One pass over the episodes per curve: each step adds to the cell of the grid where
 * it takes effect, and running sums per task give the rates. */
#include "analysis/curves.h"
#include <math.h>
#include <string.h>
#include "analysis/measure.h"
#include "base/mem.h"
#include "stats/dist.h"
#include "stats/exact_paired.h"

static const double LEVEL = 0.95;
enum { GRID_MAX = 256, WHOLE_MAX = 24, TABLE_WHOLE = 6 };

struct grid {
    double x[GRID_MAX];
    bool of_table[GRID_MAX];
    size_t n;
};

struct work {
    const struct analysis_run *run;
    curve_step_fn *step;
    int what;
    struct grid grid;
    long tasks;
    double *rate;         /* [n_arms][n] of one task */
    double *sum, *sum_sq; /* [n_arms][n] of rates over tasks, and of their squares */
    double *gap, *gap_sq; /* [n_arms - 1][n] of differences, and of their squares */
    long *above, *below;  /* [n_arms - 1][n] tasks in which the first arm is ahead, behind */
    bool whole;           /* every rate so far is 0 or 1 */
};

/* ---- the grid ---- */

static void add_x(struct grid *g, double x, bool of_table)
{
    if (g->n == GRID_MAX)
        return;
    g->x[g->n] = x;
    g->of_table[g->n++] = of_table;
}

/* 1, 1.2, 1.5, 2, ... 10, 12, ... : from the last at or below `low` to the first at or above
 * `high`; tables show 1, 2, 5. Of whole numbers the fractions are left out. */
static void add_round(struct grid *g, double low, double high, bool whole)
{
    static const double step[] = {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8};
    enum { N = sizeof step / sizeof *step };
    int decade = (int)floor(log10(low));
    for (double last = 0; last < high && g->n < GRID_MAX; decade++)
        for (int i = 0; i < N && last < high; i++) {
            double x = step[i] * pow(10, decade);
            double next = i + 1 < N ? step[i + 1] * pow(10, decade) : pow(10, decade + 1);
            if (next <= low || (whole && x != floor(x)))
                continue;
            add_x(g, x, i == 0 || i == 3 || i == 7);
            last = x;
        }
}

static void make_grid(struct work *w, bool whole)
{
    double low = INFINITY, high = 0;
    struct curve_step s;
    for (size_t i = 0; i < w->run->n_played; i++)
        for (uint32_t k = 0; w->step(w->run, &w->run->played[i], w->what, k, &s); k++) {
            if (s.x > 0)
                low = fmin(low, s.x);
            high = fmax(high, s.x);
        }
    struct grid *g = &w->grid;
    if (high <= 0) /* no episode passed, or all at once */
        add_x(g, 1, true);
    else if (whole && high <= WHOLE_MAX)
        for (int x = 1; x <= high; x++)
            add_x(g, x, x <= TABLE_WHOLE || x == 10 || x == 20);
    else
        add_round(g, low, high, whole);
    g->of_table[g->n - 1] = true;
}

/* The first cell whose x is at least `x`. */
static size_t cell_of(const struct grid *g, double x)
{
    size_t low = 0, high = g->n - 1;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (g->x[mid] >= x)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

/* ---- the sums ---- */

static void add_episode(struct work *w, const struct analysis_episode *e)
{
    double *rate = w->rate + e->arm * w->grid.n;
    struct curve_step s;
    bool before = false;
    for (uint32_t k = 0; w->step(w->run, e, w->what, k, &s); k++) {
        if (s.passed != before)
            rate[cell_of(&w->grid, s.x)] += s.passed ? 1 : -1;
        before = s.passed;
    }
}

static void add_task(struct work *w, size_t task)
{
    size_t n = w->grid.n, n_arms = w->run->n_arms;
    for (size_t a = 0; a < n_arms; a++) {
        double *rate = w->rate + a * n, passed = 0;
        int samples = analysis_tally(w->run, task, a)->samples;
        for (size_t g = 0; g < n; g++) {
            passed += rate[g];
            rate[g] = passed / samples;
            w->whole &= rate[g] <= 0 || rate[g] >= 1;
            w->sum[a * n + g] += rate[g];
            w->sum_sq[a * n + g] += rate[g] * rate[g];
        }
    }
    for (size_t b = 1; b < n_arms; b++)
        for (size_t g = 0; g < n; g++) {
            double gap = w->rate[g] - w->rate[b * n + g];
            w->gap[(b - 1) * n + g] += gap;
            w->gap_sq[(b - 1) * n + g] += gap * gap;
            w->above[(b - 1) * n + g] += gap > 1e-12;
            w->below[(b - 1) * n + g] += gap < -1e-12;
        }
    memset(w->rate, 0, n_arms * n * sizeof *w->rate);
    w->tasks++;
}

static void add_up(struct work *w)
{
    const struct analysis_run *run = w->run;
    for (size_t i = 0; i < run->n_played; i++) {
        add_episode(w, &run->played[i]);
        if (i + 1 == run->n_played || run->played[i + 1].task != run->played[i].task)
            add_task(w, run->played[i].task);
    }
}

/* ---- the lines ---- */

static struct analysis_line line(const struct work *w, const char *name, double **y, double **low,
                                 double **high)
{
    struct arena *arena = w->run->arena;
    size_t n = w->grid.n;
    double *x = arena_alloc(arena, n * sizeof *x);
    bool *of_table = arena_alloc(arena, n * sizeof *of_table);
    memcpy(x, w->grid.x, n * sizeof *x);
    memcpy(of_table, w->grid.of_table, n * sizeof *of_table);
    *y = arena_alloc(arena, n * sizeof **y);
    *low = arena_alloc(arena, n * sizeof **low);
    *high = arena_alloc(arena, n * sizeof **high);
    return (struct analysis_line){name, n, x, *y, *low, *high, of_table};
}

static struct analysis_line arm_line(const struct work *w, size_t arm)
{
    double *y, *low, *high, n = (double)w->tasks;
    double samples = (double)w->run->n_played / (double)w->run->n_arms;
    struct analysis_line l = line(w, w->run->arms[arm], &y, &low, &high);
    for (size_t g = 0; g < l.n; g++) {
        double sum = w->sum[arm * l.n + g];
        struct stats_ci ci = stats_wilson_sums(sum, w->sum_sq[arm * l.n + g], n, samples, LEVEL);
        y[g] = sum / n;
        low[g] = ci.low;
        high[g] = ci.high;
    }
    return l;
}

static struct analysis_line pair_line(const struct work *w, size_t b)
{
    const struct analysis_run *run = w->run;
    double *y, *low, *high, n = (double)w->tasks, t = stats_t_quantile(0.5 + LEVEL / 2, n - 1);
    struct analysis_line l =
        line(w, arena_printf(run->arena, "%s - %s", run->arms[0], run->arms[b]), &y, &low, &high);
    for (size_t g = 0; g < l.n; g++) {
        double mean = w->gap[(b - 1) * l.n + g] / n;
        double spread = w->gap_sq[(b - 1) * l.n + g] / n - mean * mean;
        double half = t * sqrt(spread / (n - 1));
        bool same =
            spread < 1e-12; /* t is undefined; without any difference exact bounds are used */
        struct stats_ci none = stats_same_interval(0, w->tasks, LEVEL);
        long above = w->above[(b - 1) * l.n + g], below = w->below[(b - 1) * l.n + g];
        y[g] = mean;
        low[g] = !same ? fmax(-1, mean - half) : fabs(mean) < 1e-12 ? none.low : NAN;
        high[g] = !same ? fmin(1, mean + half) : fabs(mean) < 1e-12 ? none.high : NAN;
        if (same || !w->whole || above + below >= MEASURE_FEW || !l.of_table[g])
            continue; /* what tables show has the interval of all other tables */
        struct stats_ci few = measure_few(above, below, w->tasks);
        low[g] = few.low;
        high[g] = few.high;
    }
    return l;
}

struct analysis_curves curves_make(const struct analysis_run *run, curve_step_fn *step, int what,
                                   bool whole)
{
    struct analysis_curves c = {0};
    if (run->n_played == 0)
        return c;
    struct work w = {.run = run, .step = step, .what = what, .whole = true};
    make_grid(&w, whole);
    size_t cells = run->n_arms * w.grid.n;
    w.rate = xcalloc(cells, sizeof *w.rate);
    w.sum = xcalloc(cells, sizeof *w.sum);
    w.sum_sq = xcalloc(cells, sizeof *w.sum_sq);
    w.gap = xcalloc(cells, sizeof *w.gap);
    w.gap_sq = xcalloc(cells, sizeof *w.gap_sq);
    w.above = xcalloc(cells, sizeof *w.above);
    w.below = xcalloc(cells, sizeof *w.below);
    add_up(&w);
    c.tasks = w.tasks;
    c.arms = arena_alloc(run->arena, run->n_arms * sizeof *c.arms);
    c.pairs = arena_alloc(run->arena, run->n_arms * sizeof *c.pairs);
    for (size_t a = 0; a < run->n_arms; a++)
        c.arms[a] = arm_line(&w, a);
    for (size_t b = 1; b < run->n_arms; b++)
        c.pairs[b - 1] = pair_line(&w, b);
    free(w.rate);
    free(w.sum);
    free(w.sum_sq);
    free(w.gap);
    free(w.gap_sq);
    free(w.above);
    free(w.below);
    return c;
}
