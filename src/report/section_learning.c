/* The section on a curriculum: what was compared, learning curves, areas under them, N at the
 * threshold, accuracy by steps, and forgetting. */
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "base/str.h"
#include "doc/doc.h"
#include "analysis/learning.h"
#include "report/estimate_json.h"
#include "report/figures.h"
#include "report/sections.h"
#include "stats/dist.h"
#include "stats/rate.h"

static const double PERCENT = 100, LEVEL = 0.95, MASTERED = 0.5, MISFIT = 0.05;

static void put(const struct doc_table *t, size_t row, size_t column, struct stats_estimate e)
{
    doc_cell(t, row, column)->e = e;
}

static const char *part_name(struct doc *d, struct analysis_part p)
{
    return p.from == p.to ? arena_printf(d->arena, "%d steps", p.from)
                          : arena_printf(d->arena, "%d-%d steps", p.from, p.to);
}

/* The parts that have tests: all, trained on, longer. */
static size_t parts_of(const struct analysis_learning *l, struct analysis_part parts[3])
{
    size_t n = 1;
    parts[0] = learning_all(l);
    if (parts[0].to > l->trained[1]) {
        parts[n++] = learning_trained(l);
        parts[n++] = learning_new(l);
    }
    return n;
}

/* ---- what was compared ---- */

/* The models of one seed and N that did not learn from the same problems as the first of them. */
static size_t strangers(const json_t *cells)
{
    size_t n = 0, i, j;
    const json_t *a, *b;
    json_array_foreach (cells, i, a)
        json_array_foreach (cells, j, b) {
            bool same = j < i && json_get_int(a, "n", 0) == json_get_int(b, "n", 1) &&
                        json_get_int(a, "seed", 0) == json_get_int(b, "seed", 1);
            if (!same)
                continue;
            n += !str_eq(json_get_str(a, "multiset_sha256", ""),
                         json_get_str(b, "multiset_sha256", "?"));
            break;
        }
    return n;
}

static void add_cells(struct doc *d, const struct analysis_learning *l)
{
    const json_t *cells = l->run->manifest.cells, *c;
    long overlap = 0;
    double seconds = 0;
    size_t i;
    json_array_foreach (cells, i, c) {
        const json_t *o = json_object_get(c, "overlap");
        overlap += (long)(json_get_int(o, "exact", 0) + json_get_int(o, "13_words", 0));
        seconds += json_get_num(c, "seconds", 0);
    }
    if (json_array_size(cells) == 0)
        return;
    doc_add_text(
        d,
        "%zu models were trained from scratch, in %.0f s of trainings added up. For each N "
        "and seed every order got the same problems (%zu of %zu models differ), the same "
        "number of steps, the same learning rates, tokenizer and first weights. Training "
        "problems that share their text or 13 words in a row with a test: %ld.",
        json_array_size(cells), seconds, strangers(cells), json_array_size(cells), overlap);
}

/* ---- tables ---- */

/* A row for each arm and order. */
static struct doc_table *table_of_orders(struct doc *d, const struct analysis_learning *l,
                                         const char *title, struct doc_column *columns, size_t n)
{
    columns[0] = (struct doc_column){DOC_TEXT, "arm", ""};
    columns[1] = (struct doc_column){DOC_TEXT, "order", ""};
    struct doc_table *t = doc_add_table(d, title, columns, n, l->n_arms * l->n_orders);
    for (size_t r = 0; r < l->n_arms * l->n_orders; r++) {
        doc_set_text(t, r, 0, l->arms[r / l->n_orders]);
        doc_set_text(t, r, 1, l->orders[r % l->n_orders]);
    }
    return t;
}

static void add_curves(struct doc *d, const struct analysis_learning *l)
{
    struct analysis_part parts[3];
    size_t n_parts = parts_of(l, parts), row = 0;
    struct doc_column columns[6] = {
        {DOC_TEXT, "arm", ""}, {DOC_TEXT, "order", ""}, {DOC_TEXT, "N", ""}};
    for (size_t i = 0; i < n_parts; i++)
        columns[3 + i] =
            (struct doc_column){DOC_ESTIMATE, part_name(d, parts[i]), "%", 1, PERCENT, i == 0};
    struct doc_table *t = doc_add_table(d, "Accuracy against the number of training problems N",
                                        columns, 3 + n_parts, l->n_arms * l->n_orders * l->n_sizes);
    for (size_t a = 0; a < l->n_arms; a++)
        for (size_t o = 0; o < l->n_orders; o++)
            for (size_t s = 0; s < l->n_sizes; s++, row++) {
                doc_set_text(t, row, 0, l->arms[a]);
                doc_set_text(t, row, 1, l->orders[o]);
                doc_set_text(t, row, 2, arena_printf(d->arena, "%d", l->sizes[s]));
                for (size_t i = 0; i < n_parts; i++)
                    put(t, row, 3 + i, learning_mean(l, a, o, s, parts[i]));
            }
    t->note = arena_printf(d->arena,
                           "Mean over training seeds [95 %% t-interval over seeds], n = seeds; the "
                           "step counts weigh the same. Trained on %d-%d steps.",
                           l->trained[0], l->trained[1]);
}

static void add_areas(struct doc *d, const struct analysis_learning *l)
{
    struct analysis_part parts[3];
    size_t n_parts = parts_of(l, parts);
    struct doc_column columns[8];
    if (l->n_sizes < 2)
        return;
    for (size_t i = 0; i < n_parts; i++) {
        const char *part = part_name(d, parts[i]);
        columns[2 + 2 * i] = (struct doc_column){DOC_ESTIMATE, part, "%", 1, PERCENT};
        columns[3 + 2 * i] = (struct doc_column){
            DOC_ESTIMATE, arena_printf(d->arena, "- %s, %s", l->orders[0], part), "pp", 1, PERCENT,
            i == 0};
    }
    struct doc_table *t =
        table_of_orders(d, l, "Area under the learning curve", columns, 2 + 2 * n_parts);
    for (size_t r = 0; r < t->n_rows; r++)
        for (size_t i = 0; i < n_parts; i++) {
            size_t a = r / l->n_orders, o = r % l->n_orders;
            put(t, r, 2 + 2 * i, learning_mean_aulc(l, a, o, parts[i]));
            if (o > 0)
                put(t, r, 3 + 2 * i, learning_difference(l, a, o, 0, -1, parts[i]));
            else
                doc_cell(t, r, 3 + 2 * i)->e.value = NAN;
        }
    t->note = arena_printf(d->arena,
                           "Accuracy against log2 N from N = %d to %d, by trapezoids, divided by "
                           "the width: a mean accuracy. Differences from %s are paired by seed "
                           "[95 %% t-interval over seeds], n = seeds.",
                           l->sizes[0], l->sizes[l->n_sizes - 1], l->orders[0]);
}

/* Standard deviations over seeds of the differences from the first order, and their parts. */
static void add_spread(struct doc *d, const struct analysis_learning *l)
{
    struct doc_column columns[6];
    int size = l->n_sizes < 2 ? 0 : -1;
    if (l->n_orders < 2 || l->n_seeds < 2)
        return;
    if (l->same_tests) {
        doc_add_text(d, "All training seeds play the same tests, so the intervals hold the spread "
                        "between trainings only, and speak of these tests.");
        return;
    }
    columns[2] = (struct doc_column){DOC_ESTIMATE, "spread", "pp", 1, PERCENT};
    columns[3] = (struct doc_column){DOC_ESTIMATE, "by the tests drawn", "pp", 1, PERCENT};
    columns[4] = (struct doc_column){DOC_ESTIMATE, "by the training", "pp", 1, PERCENT};
    columns[5] = (struct doc_column){DOC_ESTIMATE, "share of the tests", "%", 0, PERCENT};
    const char *title =
        arena_printf(d->arena, "Spread between seeds of the difference from %s", l->orders[0]);
    struct doc_table *t = table_of_orders(d, l, title, columns, 6);
    for (size_t r = 0; r < t->n_rows; r++) {
        size_t a = r / l->n_orders, o = r % l->n_orders;
        struct stats_split s = {NAN, NAN, NAN, 0};
        if (o > 0)
            s = learning_split(l, a, o, 0, size, learning_trained(l));
        doc_set_value(t, r, 2, sqrt(s.total));
        doc_set_value(t, r, 3, sqrt(s.tests));
        doc_set_value(t, r, 4, sqrt(s.rest));
        doc_set_value(t, r, 5, s.total > 0 ? fmin(1, s.tests / s.total) : NAN);
    }
    t->note = arena_printf(
        d->arena,
        "Standard deviations of the difference in %s on %s; every seed trains on other problems "
        "from other weights and is tested on other tests. What the tests drawn explain is "
        "estimated from the tests of each seed (the mean of its sampling variances); the rest is "
        "the training. More tests reduce the one, more seeds both.",
        size < 0 ? "area" : "accuracy", part_name(d, learning_trained(l)));
}

static const char *n_text(struct doc *d, double n)
{
    return isnan(n) ? "not reached" : arena_printf(d->arena, "%.0f", n);
}

static void add_thresholds(struct doc *d, const struct analysis_learning *l)
{
    struct doc_column columns[4] = {
        {DOC_TEXT, "", ""}, {DOC_TEXT, "", ""}, {DOC_WORD, "N at threshold", ""}};
    columns[3] =
        (struct doc_column){DOC_WORD, arena_printf(d->arena, "N / N of %s", l->orders[0]), ""};
    struct analysis_part part = learning_trained(l);
    struct doc_table *t = table_of_orders(d, l, "Training problems needed", columns, 4);
    for (size_t r = 0; r < t->n_rows; r++) {
        double n = learning_n_at(l, r / l->n_orders, r % l->n_orders, part);
        double base = learning_n_at(l, r / l->n_orders, 0, part);
        doc_set_text(t, r, 2, n_text(d, n));
        doc_set_text(t, r, 3,
                     isnan(n) || isnan(base) ? "-" : arena_printf(d->arena, "%.2f", n / base));
    }
    t->note = arena_printf(d->arena,
                           "N at which the mean curve on %s reaches %.0f %%, interpolated on log2 "
                           "N; less than 1 in the last column: fewer problems than %s.",
                           part_name(d, part), PERCENT * l->threshold, l->orders[0]);
}

/* The largest N that has finished seeds. */
static size_t largest(const struct analysis_learning *l)
{
    for (size_t s = l->n_sizes; s-- > 0;)
        if (learning_mean(l, 0, 0, s, learning_all(l)).n > 0)
            return s;
    return 0;
}

static void add_steps(struct doc *d, const struct analysis_learning *l)
{
    size_t size = largest(l), k = l->n_steps;
    struct doc_column *columns = arena_alloc(d->arena, (k + 6) * sizeof *columns);
    struct stats_steps *groups CLEANUP_FREE = xcalloc(k + 1, sizeof *groups);
    for (size_t i = 0; i < k; i++)
        columns[2 + i] = (struct doc_column){
            DOC_ESTIMATE, arena_printf(d->arena, "k = %d", l->steps[i]), "%", 0, PERCENT};
    columns[2 + k] = (struct doc_column){DOC_WORD, "mastered", ""};
    columns[3 + k] = (struct doc_column){DOC_ESTIMATE, "p per step", "", 2};
    columns[4 + k] = (struct doc_column){DOC_ESTIMATE, "H50", "", 1};
    columns[5 + k] = (struct doc_column){DOC_P, "p^k fits, p", ""};
    const char *title =
        arena_printf(d->arena, "Accuracy by number of steps k at N = %d", l->sizes[size]);
    struct doc_table *t = table_of_orders(d, l, title, columns, k + 6);
    for (size_t r = 0; r < t->n_rows; r++) {
        size_t n = learning_by_steps(l, r / l->n_orders, r % l->n_orders, size, groups);
        for (size_t i = 0; i < n; i++) {
            struct stats_estimate e = {groups[i].solved / groups[i].n,
                                       stats_wilson(groups[i].solved, groups[i].n, LEVEL),
                                       (long)groups[i].n};
            put(t, r, 2 + i, e);
        }
        double mastered = stats_steps_mastered(groups, n, MASTERED, LEVEL);
        struct stats_per_step fit = stats_per_step_fit(groups, n);
        doc_set_text(t, r, 2 + k, mastered > 0 ? arena_printf(d->arena, "%.0f", mastered) : "none");
        double fits = n > 1 && fit.se > 0 ? stats_chi2_upper(fit.deviance, (double)n - 1) : NAN;
        doc_set_value(t, r, 5 + k, fits);
        if (fits <= MISFIT) /* numbers of a model that does not hold */
            continue;
        doc_set_value(t, r, 3 + k, fit.p);
        doc_set_value(t, r, 4 + k, isfinite(fit.h50) ? fit.h50 : NAN);
    }
    t->note =
        "All seeds together [95 % Wilson interval over test problems times seeds: it does not "
        "hold the spread between trainings]. Mastered: the most steps whose lower bound is at "
        "least 50 %. p: if every step succeeds by itself with probability p, k steps do with "
        "p^k; H50: steps at which half would be solved. Both are left out where p^k does not fit "
        "(chi-square of the deviance, p of 5 % or less).";
}

static void add_forgetting(struct doc *d, const struct analysis_learning *l)
{
    size_t size = largest(l);
    struct analysis_part first = {l->trained[0], l->trained[0]};
    struct doc_column columns[4];
    columns[2] = (struct doc_column){DOC_ESTIMATE, part_name(d, first), "%", 1, PERCENT};
    columns[3] = (struct doc_column){
        DOC_ESTIMATE, arena_printf(d->arena, "- %s", l->orders[0]), "pp", 1, PERCENT, true};
    const char *title = arena_printf(d->arena,
                                     "Forgetting: the shortest problems after the last "
                                     "stage, N = %d",
                                     l->sizes[size]);
    struct doc_table *t = table_of_orders(d, l, title, columns, 4);
    for (size_t r = 0; r < t->n_rows; r++) {
        size_t a = r / l->n_orders, o = r % l->n_orders;
        put(t, r, 2, learning_mean(l, a, o, size, first));
        if (o > 0)
            put(t, r, 3, learning_difference(l, a, o, 0, (int)size, first));
        else
            doc_cell(t, r, 3)->e.value = NAN;
    }
    t->note = "Mean over seeds, differences paired by seed [95 % t-intervals over seeds]. A strict "
              "order saw these problems first and then no more.";
}

void section_learning(struct doc *d, const struct analysis_learning *l)
{
    add_cells(d, l);
    if (l->run->n_played == 0) {
        doc_add_text(d, "No episode is finished yet: there is nothing to compare.");
        return;
    }
    doc_add_section(d, "efficiency", "Sample efficiency");
    add_curves(d, l);
    add_areas(d, l);
    add_spread(d, l);
    add_thresholds(d, l);
    doc_add_section(d, "length", "Longer problems");
    add_steps(d, l);
    figures_add_learnt_steps(d, l, largest(l));
    add_forgetting(d, l);
}

/* ---- summary.json ---- */

static json_t *curve_json(const struct analysis_learning *l, size_t a, size_t o)
{
    struct analysis_part parts[3];
    size_t n_parts = parts_of(l, parts);
    static const char *const names[] = {"all", "trained", "longer"};
    json_t *points = json_array(), *areas = json_object(), *differences = json_object();
    for (size_t s = 0; s < l->n_sizes; s++) {
        json_t *point = json_pack("{s:i}", "n", l->sizes[s]);
        for (size_t i = 0; i < n_parts; i++)
            json_object_set_new(point, names[i],
                                estimate_json(learning_mean(l, a, o, s, parts[i])));
        json_array_append_new(points, point);
    }
    for (size_t i = 0; i < n_parts; i++) {
        json_object_set_new(areas, names[i], estimate_json(learning_mean_aulc(l, a, o, parts[i])));
        if (o > 0)
            json_object_set_new(differences, names[i],
                                estimate_json(learning_difference(l, a, o, 0, -1, parts[i])));
    }
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "arm", l->arms[a], "order", l->orders[o],
                     "accuracy", points, "aulc", areas, "aulc_minus_first", differences,
                     "n_at_threshold", number_json(learning_n_at(l, a, o, learning_trained(l))));
}

json_t *learning_json(const struct analysis_learning *l)
{
    json_t *curves = json_array();
    for (size_t a = 0; a < l->n_arms; a++)
        for (size_t o = 0; o < l->n_orders; o++)
            json_array_append_new(curves, curve_json(l, a, o));
    return json_pack("{s:i, s:f, s:o}", "seeds", l->n_seeds, "threshold", l->threshold, "curves",
                     curves);
}
