/* Two arms compared by every method of stats/ that fits paired outcomes; see sections.h. */
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "analysis/measure.h"
#include "report/sections.h"
#include "stats/betting.h"
#include "stats/cluster.h"
#include "stats/conditional.h"
#include "stats/exact_paired.h"
#include "stats/holm.h"
#include "stats/mcnemar.h"
#include "stats/paired.h"
#include "stats/resample.h"

static const double LEVEL = 0.95, PERCENT = 100, MARGIN = 0.05;
enum { RESAMPLES = 10000, SEED = 1, BOOTSTRAP_FROM = 50 };

/* ---- single arms ---- */

/* The mean over tasks of pass@k or pass^k; NaN when a task has fewer samples. */
static double mean_pass(const struct analysis_run *run, size_t arm, long k,
                        double (*pass)(long n, long c, long k))
{
    double sum = 0;
    for (size_t i = 0; i < run->n_tasks; i++) {
        const struct analysis_tally *t = analysis_tally(run, i, arm);
        sum += pass(t->samples, t->solved, k);
    }
    return sum / (double)run->n_tasks;
}

static long fewest_samples(const struct analysis_run *run)
{
    long k = run->samples;
    for (size_t i = 0; i < run->n_tasks * run->n_arms; i++)
        if (run->tallies[i].samples < k)
            k = run->tallies[i].samples;
    return k;
}

static struct stats_ci wilson(const struct analysis_run *run, size_t arm, long samples)
{
    double *rate CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *rate);
    for (size_t i = 0; i < run->n_tasks; i++) {
        const struct analysis_tally *t = analysis_tally(run, i, arm);
        rate[i] = (double)t->solved / t->samples;
    }
    return stats_wilson_tasks(rate, run->n_tasks, (double)samples, LEVEL);
}

void section_rates(struct doc *d, const struct analysis_run *run)
{
    long k = fewest_samples(run), n = (long)run->n_tasks;
    bool single = run->samples == 1;
    const struct doc_column columns[] = {
        {DOC_TEXT, "arm", ""},
        {DOC_COUNT, "tasks", ""},
        {DOC_COUNT, "samples", ""},
        {DOC_COUNT, "solved", ""},
        {DOC_ESTIMATE, "pass@1, Wilson", "%", 1, PERCENT},
        {DOC_ESTIMATE, single ? "Clopper-Pearson" : arena_printf(d->arena, "pass@%ld", k), "%", 1,
         PERCENT},
        {DOC_ESTIMATE, arena_printf(d->arena, "pass^%ld", k), "%", 1, PERCENT},
    };
    struct doc_table *t = doc_add_table(d, "Outcomes by arm", columns, single ? 6 : 7, run->n_arms);
    for (size_t a = 0; a < run->n_arms; a++) {
        long samples = 0, solved = 0;
        for (size_t i = 0; i < run->n_tasks; i++) {
            samples += analysis_tally(run, i, a)->samples;
            solved += analysis_tally(run, i, a)->solved;
        }
        double rate = mean_pass(run, a, 1, stats_pass_at_k);
        doc_cell(t, a, 0)->text = run->arms[a];
        doc_set_count(t, a, 1, n);
        doc_set_count(t, a, 2, samples);
        doc_set_count(t, a, 3, solved);
        doc_cell(t, a, 4)->e = (struct stats_estimate){rate, wilson(run, a, samples), n};
        if (single) {
            doc_cell(t, a, 5)->e =
                (struct stats_estimate){rate, stats_clopper_pearson(solved, n, LEVEL), n};
            continue;
        }
        doc_cell(t, a, 5)->e.value = mean_pass(run, a, k, stats_pass_at_k);
        doc_cell(t, a, 6)->e.value = mean_pass(run, a, k, stats_pass_hat_k);
    }
    t->note = single ? "[95 % interval over n = tasks]"
                     : "[95 % interval over n = tasks]; samples of a task are averaged first. "
                       "pass@k: at least one of k samples passes; pass^k: all of them do.";
}

/* ---- a pair ---- */

struct pair {
    double *a, *b, *d; /* [n] rates per task, and their difference */
    size_t n;
    size_t *cluster;                    /* [n] */
    struct stats_trials *trials;        /* [n] */
    long both, only_a, only_b, neither; /* solved in more than half of the samples */
    long won, lost;                     /* tasks on which a's rate is higher, lower */
};

static struct pair make_pair(const struct analysis_run *run, size_t a, size_t b)
{
    struct pair p = {.n = run->n_tasks,
                     .a = xcalloc(run->n_tasks + 1, sizeof *p.a),
                     .b = xcalloc(run->n_tasks + 1, sizeof *p.b),
                     .d = xcalloc(run->n_tasks + 1, sizeof *p.d),
                     .cluster = xcalloc(run->n_tasks + 1, sizeof *p.cluster),
                     .trials = xcalloc(run->n_tasks + 1, sizeof *p.trials)};
    for (size_t i = 0; i < p.n; i++) {
        const struct analysis_tally *x = analysis_tally(run, i, a), *y = analysis_tally(run, i, b);
        bool x_solved = 2 * x->solved > x->samples, y_solved = 2 * y->solved > y->samples;
        p.a[i] = (double)x->solved / x->samples;
        p.b[i] = (double)y->solved / y->samples;
        p.d[i] = p.a[i] - p.b[i];
        p.cluster[i] = (size_t)run->tasks[i].cluster;
        p.trials[i] = (struct stats_trials){x->solved, x->samples, y->solved, y->samples};
        p.won += p.d[i] > 1e-12;
        p.lost += p.d[i] < -1e-12;
        p.both += x_solved && y_solved;
        p.only_a += x_solved && !y_solved;
        p.only_b += y_solved && !x_solved;
        p.neither += !x_solved && !y_solved;
    }
    return p;
}

static void free_pair(struct pair *p)
{
    free(p->a);
    free(p->b);
    free(p->d);
    free(p->cluster);
    free(p->trials);
}

struct row {
    const char *what, *method;
    double value;
    struct stats_ci ci;
    double p;
};

enum { ROWS_MAX = 20 };

static size_t add_row(struct row *rows, size_t n, struct row r)
{
    rows[n] = r;
    return n + 1;
}

static struct stats_ci times(struct stats_ci ci, double by)
{
    return (struct stats_ci){ci.low * by, ci.high * by};
}

static const struct stats_ci no_interval = {NAN, NAN};

/* Rates per task: whatever the number of samples. */
static size_t rate_rows(const struct pair *p, size_t clusters, struct row *rows, size_t n)
{
    struct measure m = measure_difference(p->a, p->b, p->n, 0, MARGIN, true);
    struct stats_bootstrap boot = stats_bootstrap_mean(p->d, p->n, RESAMPLES, LEVEL, SEED);
    struct stats_flips flips = stats_sign_flip(p->d, p->n, RESAMPLES, SEED);
    struct measure ratio = measure_ratio(p->a, p->b, p->n, 1);
    double points = m.e.value * PERCENT;
    if (m.method[0] != 'n')
        n = add_row(rows, n,
                    (struct row){"difference of rates, pp",
                                 m.method[0] == 't'   ? "t over tasks"
                                 : m.method[0] == 'e' ? "exact, few tasks differ"
                                                      : "Tango, few tasks differ",
                                 points, times(m.e.ci, PERCENT), m.p});
    if (clusters > 1) {
        struct stats_paired by = stats_clustered(p->d, p->cluster, p->n, clusters, LEVEL);
        n = add_row(rows, n,
                    (struct row){"difference of rates, pp", "t over clusters", points,
                                 times(by.ci, PERCENT), by.p});
    }
    if (boot.sd > 0 && p->n >= BOOTSTRAP_FROM) /* below, the percentile interval is too narrow */
        n = add_row(rows, n,
                    (struct row){"difference of rates, pp", "task bootstrap", points,
                                 times(boot.ci, PERCENT), NAN});
    n = add_row(rows, n,
                (struct row){"difference of rates, pp",
                             p->n <= STATS_FLIP_EXACT ? "sign flips, all" : "sign flips, 10000",
                             points, no_interval, flips.p});
    n = add_row(
        rows, n,
        (struct row){"equivalence within 5 pp", "two one-sided tests", NAN, no_interval, m.tost_p});
    n = add_row(rows, n,
                (struct row){"ratio of rates", ratio.method, ratio.e.value, ratio.e.ci, ratio.p});
    struct stats_odds odds = stats_conditional_logit(p->trials, p->n, LEVEL);
    n = add_row(rows, n,
                (struct row){"odds ratio", "logistic, task effects", odds.ratio, odds.ci, odds.p});
    return add_row(rows, n,
                   (struct row){"one arm better on a task", "sign test, exact", NAN, no_interval,
                                stats_mcnemar(p->won, p->lost).exact});
}

/* The evidence that grows with every task, as --stop_when decided counts it. */
static size_t betting_rows(const struct pair *p, struct row *rows, size_t n)
{
    struct stats_bet bet = stats_bet_start(0, -1, 1);
    double points = 0;
    for (size_t i = 0; i < p->n; i++) {
        stats_bet_take(&bet, p->d[i]);
        points += PERCENT * p->d[i] / (double)p->n;
    }
    double e = stats_bet_e(&bet);
    n = add_row(rows, n,
                (struct row){"difference of rates, pp", "betting, any stopping time", points,
                             times(stats_bet_interval(p->d, p->n, -1, 1, LEVEL), PERCENT),
                             e > 1 ? 1 / e : 1});
    return add_row(rows, n, (struct row){"e-value", "betting, 20 decides", e, no_interval, NAN});
}

/* Solved or not, by the majority of a task's samples. */
static size_t majority_rows(const struct pair *p, struct row *rows, size_t n)
{
    long b = p->only_a, c = p->only_b, all = (long)p->n;
    struct stats_mcnemar mc = stats_mcnemar(b, c);
    double points = PERCENT * (double)(b - c) / (double)all;
    n = add_row(rows, n,
                (struct row){"difference of majorities, pp", "Tango", points,
                             times(stats_tango(b, c, all, LEVEL), PERCENT), NAN});
    if (all <= STATS_EXACT_TASKS)
        n = add_row(rows, n,
                    (struct row){"difference of majorities, pp", "exact, unconditional", points,
                                 times(stats_exact_paired(b, c, all, LEVEL), PERCENT),
                                 fmin(1, 2 * fmin(stats_exact_upper(b, c, all, 0),
                                                  stats_exact_upper(c, b, all, 0)))});
    if (b + c > 0) /* as above */
        n = add_row(rows, n,
                    (struct row){"difference of majorities, pp", "Wald", points,
                                 times(stats_paired_wald(b, c, all, LEVEL), PERCENT), NAN});
    n = add_row(
        rows, n,
        (struct row){"one arm without the other", "McNemar, exact", NAN, no_interval, mc.exact});
    return add_row(
        rows, n,
        (struct row){"one arm without the other", "McNemar, mid-p", NAN, no_interval, mc.midp});
}

static void add_counts(struct doc *d, const struct analysis_run *run, const struct pair *p,
                       size_t a, size_t b)
{
    const struct doc_column columns[] = {
        {DOC_TEXT, arena_printf(d->arena, "%s", run->arms[a]), ""},
        {DOC_COUNT, arena_printf(d->arena, "%s solved", run->arms[b]), ""},
        {DOC_COUNT, arena_printf(d->arena, "%s not", run->arms[b]), ""},
    };
    struct doc_table *t = doc_add_table(
        d, arena_printf(d->arena, "%s and %s: tasks", run->arms[a], run->arms[b]), columns, 3, 2);
    doc_cell(t, 0, 0)->text = "solved";
    doc_cell(t, 1, 0)->text = "not";
    doc_set_count(t, 0, 1, p->both);
    doc_set_count(t, 0, 2, p->only_a);
    doc_set_count(t, 1, 1, p->only_b);
    doc_set_count(t, 1, 2, p->neither);
    t->note = run->samples > 1 ? "Solved: in more than half of the samples." : NULL;
}

void section_pair(struct doc *d, const struct analysis_run *run, size_t a, size_t b)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "quantity", ""},
        {DOC_TEXT, "method", ""},
        {DOC_ESTIMATE, "value", "", 2},
        {DOC_P, "p", ""},
    };
    struct pair p = make_pair(run, a, b);
    struct row rows[ROWS_MAX];
    size_t n = rate_rows(&p, run->n_clusters, rows, 0);
    n = majority_rows(&p, rows, betting_rows(&p, rows, n));
    add_counts(d, run, &p, a, b);
    if (run->samples > 1)
        doc_add_text(d, "By their rates %s wins %ld tasks, ties %ld and loses %ld.", run->arms[a],
                     p.won, (long)p.n - p.won - p.lost, p.lost);
    struct doc_table *t =
        doc_add_table(d, arena_printf(d->arena, "%s - %s", run->arms[a], run->arms[b]), columns,
                      sizeof columns / sizeof *columns, n);
    for (size_t i = 0; i < n; i++) {
        doc_cell(t, i, 0)->text = rows[i].what;
        doc_cell(t, i, 1)->text = rows[i].method;
        doc_cell(t, i, 2)->e = (struct stats_estimate){rows[i].value, rows[i].ci, (long)p.n};
        doc_cell(t, i, 3)->e.value = rows[i].p;
    }
    t->note = arena_printf(
        d->arena,
        "%zu tasks, paired [95 %% interval]; p two-sided, of no difference (of a difference of 5 "
        "pp or more for equivalence). %sRandom sign flips%s: 10000 draws from a fixed "
        "seed. Betting: an interval and a p that are valid at any stopping time. Which row "
        "counts "
        "should be settled before looking: t for several samples a task, McNemar with Tango's "
        "interval for one (the exact one below 50 tasks).",
        p.n,
        run->n_clusters > 1
            ? arena_printf(d->arena, "Clusters: %zu, robust standard errors. ", run->n_clusters)
            : "",
        p.n >= BOOTSTRAP_FROM ? " and bootstrap" : "");
    free_pair(&p);
}

/* ---- several pairs ---- */

void section_pairs(struct doc *d, const struct analysis_run *run, const size_t (*pairs)[2],
                   size_t n)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "comparison", ""},
        {DOC_COUNT, "tasks", ""},
        {DOC_ESTIMATE, "difference", "pp", 1, PERCENT},
        {DOC_P, "p", ""},
        {DOC_P, "p (Holm)", ""},
        {DOC_P, "equivalence p", ""},
    };
    struct doc_table *t =
        doc_add_table(d, "Paired differences", columns, sizeof columns / sizeof *columns, n);
    double *p_values CLEANUP_FREE = xcalloc(n + 1, sizeof *p_values);
    for (size_t i = 0; i < n; i++) {
        struct pair p = make_pair(run, pairs[i][0], pairs[i][1]);
        struct measure m = measure_difference(p.a, p.b, p.n, 0, MARGIN, true);
        doc_cell(t, i, 0)->text =
            arena_printf(d->arena, "%s - %s", run->arms[pairs[i][0]], run->arms[pairs[i][1]]);
        doc_set_count(t, i, 1, m.e.n);
        doc_cell(t, i, 2)->e = m.e;
        doc_cell(t, i, 3)->e.value = m.p;
        doc_cell(t, i, 5)->e.value = m.tost_p;
        p_values[i] = isnan(m.p) ? 1 : m.p;
        free_pair(&p);
    }
    stats_holm(p_values, p_values, n);
    for (size_t i = 0; i < n; i++)
        doc_cell(t, i, 4)->e.value = p_values[i];
    t->note = "Differences of rates [95 % t-interval over tasks; exact or Tango's where fewer "
              "than 10 differ], p of no difference, Holm's adjustment over the rows, and two "
              "one-sided tests of a difference of 5 pp or more.";
}
