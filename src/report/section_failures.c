/* The tables of failures.h. */
#include <math.h>
#include "base/mem.h"
#include "analysis/failures.h"
#include "analysis/corrected.h"
#include "report/figures.h"
#include "report/sections.h"

static const double PERCENT = 100;

/* ---- categories ---- */

/* Solved first, then the groups in their order. */
static int nth_category(int i)
{
    return i == 0 ? ANALYSIS_SOLVED : i == ANALYSIS_CATEGORIES - 1 ? ANALYSIS_UNTAGGED : i - 1;
}

static bool occurs(const struct analysis_confusion *c, int category, bool as_row)
{
    for (int i = 0; i < ANALYSIS_CATEGORIES; i++)
        if (as_row ? c->sets[category][i] : c->sets[i][category])
            return true;
    return false;
}

static void add_confusion(struct doc *d, const struct analysis_run *run,
                          const struct analysis_confrontation *p)
{
    const struct analysis_confusion *c = &p->confusion;
    const char *a = run->arms[p->a], *b = run->arms[p->b];
    struct doc_column columns[ANALYSIS_CATEGORIES + 1] = {
        {DOC_TEXT, arena_printf(d->arena, "%s \\ %s", a, b), ""}};
    int rows[ANALYSIS_CATEGORIES], cells[ANALYSIS_CATEGORIES];
    size_t n_rows = 0, n_columns = 0;
    for (int i = 0; i < ANALYSIS_CATEGORIES; i++) {
        int category = nth_category(i);
        if (occurs(c, category, true))
            rows[n_rows++] = category;
        if (!occurs(c, category, false))
            continue;
        cells[n_columns++] = category;
        columns[n_columns] = (struct doc_column){DOC_COUNT, analysis_category_name(category), ""};
    }
    struct doc_table *t =
        doc_add_table(d, arena_printf(d->arena, "How %s and %s ended on the same sets", a, b),
                      columns, n_columns + 1, n_rows);
    for (size_t row = 0; row < n_rows; row++) {
        doc_set_text(t, row, 0, analysis_category_name(rows[row]));
        for (size_t column = 0; column < n_columns; column++)
            doc_set_count(t, row, column + 1, c->sets[rows[row]][cells[column]]);
    }
    const char *intro =
        p->b == 1 ? "Sets (one task and sample) by the category of the labels. An arm without a "
                    "plan or a verifier cannot have their categories. "
                  : "";
    const char *sets = run->samples > 1 ? "the first complete set of each task" : "all of them";
    if (isnan(c->test.p))
        t->note = arena_printf(d->arena,
                               "%sNo test of equal margins: %ld failures of %s and %ld of %s carry "
                               "only codes that the "
                               "other arm cannot have (%s, n = %ld tasks).",
                               intro, c->own[0], a, c->own[1], b, sets, c->tasks);
    else
        t->note = arena_printf(d->arena,
                               "%sEqual margins, failures named by the codes that both arms can "
                               "have? Stuart-Maxwell on "
                               "%s: chi2 = %.2f, df = %.0f, p = %.3g, n = %ld tasks.",
                               intro, sets, c->test.chi2, c->test.df, c->test.p, c->tasks);
    figure_add_counts(
        d, arena_printf(d->arena, "failures-%zu", p->b), t, a, b,
        arena_printf(
            d->arena,
            "Sets (one task and sample) by how %s ended (rows) and how %s ended (columns): "
            "solved, or the category of the failure's label. n = %ld tasks.",
            a, b, c->tasks));
}

/* ---- spec errors and tool misuse ---- */

/* One table per episode, and one per tool run. */
static struct doc_table *add_rates(struct doc *d, const struct analysis_run *run,
                                   const struct analysis_failures *f, const char *title,
                                   bool per_run)
{
    static const char *const names[ANALYSIS_MISUSES] = {"spec error (S)", "tool misuse (T)",
                                                        "either"};
    static const struct doc_column columns[] = {
        {DOC_TEXT, "comparison", ""},
        {DOC_TEXT, "episodes with", ""},
        {DOC_COUNT, "tasks", ""},
        {DOC_ESTIMATE, "first", "%", 1, PERCENT},
        {DOC_ESTIMATE, "second", "%", 1, PERCENT},
        {DOC_ESTIMATE, "ratio", "", 2},
    };
    size_t pairs = run->n_arms - 1, row = 0;
    struct doc_table *t = doc_add_table(d, title, columns, sizeof columns / sizeof *columns,
                                        pairs * ANALYSIS_MISUSES);
    for (size_t i = 0; i < pairs; i++)
        for (size_t k = 0; k < ANALYSIS_MISUSES; k++, row++) {
            const struct analysis_misuse *m = &f->pairs[i].misuse[k];
            doc_set_text(t, row, 0,
                         arena_printf(d->arena, "%s / %s", run->arms[0], run->arms[f->pairs[i].b]));
            doc_set_text(t, row, 1, names[k]);
            doc_set_count(t, row, 2, m->rate[0].n);
            doc_set_estimate(t, row, 3, per_run ? m->per_run[0] : m->rate[0]);
            doc_set_estimate(t, row, 4, per_run ? m->per_run[1] : m->rate[1]);
            doc_set_estimate(t, row, 5, per_run ? m->per_run_ratio : m->ratio);
        }
    return t;
}

static void add_misuse(struct doc *d, const struct analysis_run *run,
                       const struct analysis_failures *f)
{
    bool one = run->n_arms == 2;
    const char *codes = taxonomy_text(f->pairs[0].misuse[ANALYSIS_EITHER].codes, d->arena);
    struct doc_table *t = add_rates(d, run, f, "Spec errors and tool misuse per episode", false);
    t->note = arena_printf(
        d->arena,
        "Share of all episodes, solved ones included, with at least one such flag [95 %% Wilson "
        "over tasks], tool calls as first made, before any re-ask; ratio first / second [95 %% "
        "over tasks, paired]. Only codes that both kinds of arms can have, also in solved "
        "episodes, count%s%s: that an answer is wrong is no misuse.",
        one ? ": " : "", one ? codes : "");
    t = add_rates(d, run, f, "Spec errors and tool misuse per tool run", true);
    t->note = "An arm that runs more has more chances of a misuse: the share of tool runs that "
              "would give as many such episodes (pools of different sizes, Walter, Hildreth and "
              "Beaty 1980) [95 %, log-normal over tasks]; ratio first / second, paired.";
}

/* ---- corrected by labels ---- */

static struct stats_estimate of_judged(double part, double whole)
{
    struct stats_estimate e = {NAN, {NAN, NAN}, lround(whole)};
    if (whole > 0)
        e = (struct stats_estimate){part / whole, stats_wilson(part, whole, .95), lround(whole)};
    return e;
}

/* The raw rates beside those that labels by people make of them. */
static void add_corrected(struct doc *d, const struct analysis_run *run,
                          const struct analysis_failures *f)
{
    static const char *const names[ANALYSIS_MISUSES] = {"spec error (S)", "tool misuse (T)",
                                                        "either"};
    static const struct doc_column columns[] = {
        {DOC_TEXT, "comparison", ""},
        {DOC_TEXT, "episodes with", ""},
        {DOC_ESTIMATE, "recall", "%", 1, PERCENT, true},
        {DOC_ESTIMATE, "specificity", "%", 1, PERCENT, true},
        {DOC_ESTIMATE, "first, corrected", "%", 1, PERCENT},
        {DOC_ESTIMATE, "second, corrected", "%", 1, PERCENT},
        {DOC_ESTIMATE, "ratio, raw", "", 2},
        {DOC_ESTIMATE, "ratio, corrected", "", 2},
    };
    size_t pairs = run->n_arms - 1, row = 0;
    struct stats_misclass m = analysis_corrected(run, &f->pairs[0], ANALYSIS_EITHER).judged;
    if (m.yes + m.no < 1)
        return;
    struct doc_table *t =
        doc_add_table(d, "Spec errors and tool misuse corrected by labels", columns,
                      sizeof columns / sizeof *columns, pairs * ANALYSIS_MISUSES);
    for (size_t i = 0; i < pairs; i++)
        for (size_t k = 0; k < ANALYSIS_MISUSES; k++, row++) {
            struct analysis_corrected c =
                analysis_corrected(run, &f->pairs[i], (enum analysis_misuse_kind)k);
            doc_set_text(t, row, 0,
                         arena_printf(d->arena, "%s / %s", run->arms[0], run->arms[f->pairs[i].b]));
            doc_set_text(t, row, 1, names[k]);
            doc_set_estimate(t, row, 2, of_judged(c.judged.hit, c.judged.yes));
            doc_set_estimate(t, row, 3, of_judged(c.judged.right, c.judged.no));
            doc_set_estimate(t, row, 4, c.rate[0]);
            doc_set_estimate(t, row, 5, c.rate[1]);
            doc_set_estimate(t, row, 6, f->pairs[i].misuse[k].ratio);
            doc_set_estimate(t, row, 7, c.ratio);
        }
    t->note = arena_printf(
        d->arena,
        "What people say of %.0f labelled failures (hrm label) against the same codes. Corrected: "
        "(rate + specificity - 1) / (recall + specificity - 1), Rogan and Gladen 1978, with the "
        "uncertainty of both in the interval (Lang and Reiczigel 2014). It takes the flags to err "
        "in solved episodes, and in both arms, as they do in labelled failures. \"-\": too few "
        "labels, or flags that tell no more than chance.",
        m.yes + m.no);
}

/* ---- verdicts ---- */

static long verdicts(const struct analysis_verifier *v)
{
    return v->accepted_right + v->accepted_wrong + v->rejected_right + v->rejected_wrong;
}

static void add_verifiers(struct doc *d, const struct analysis_run *run,
                          const struct analysis_failures *f)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "arm", ""},
        {DOC_COUNT, "accepts right", ""},
        {DOC_COUNT, "accepts wrong", ""},
        {DOC_COUNT, "rejects right", ""},
        {DOC_COUNT, "rejects wrong", ""},
        {DOC_ESTIMATE, "precision", "%", 1, PERCENT, true},
        {DOC_ESTIMATE, "false positives", "%", 1, PERCENT, true},
        {DOC_ESTIMATE, "MCC", "", 2},
    };
    size_t n = 0, row = 0;
    for (size_t a = 0; a < run->n_arms; a++)
        n += verdicts(&f->verifiers[a]) > 0;
    if (n == 0)
        return;
    struct doc_table *t = doc_add_table(d, "The verifier's verdict and the truth", columns,
                                        sizeof columns / sizeof *columns, n);
    for (size_t a = 0; a < run->n_arms; a++) {
        const struct analysis_verifier *v = &f->verifiers[a];
        if (verdicts(v) == 0)
            continue;
        doc_set_text(t, row, 0, run->arms[a]);
        doc_set_count(t, row, 1, v->accepted_right);
        doc_set_count(t, row, 2, v->accepted_wrong);
        doc_set_count(t, row, 3, v->rejected_right);
        doc_set_count(t, row, 4, v->rejected_wrong);
        doc_set_estimate(t, row, 5, v->precision);
        doc_set_estimate(t, row, 6, v->false_positive_rate);
        doc_cell(t, row++, 7)->e.value = v->mcc;
    }
    t->note = "Verdicts on what was submitted, against the hidden truth; n = episodes. Precision: "
              "right among the accepted. False positives: accepted among the wrong. [95 % Wilson, "
              "n divided by the samples per task.] MCC: Matthews' correlation, 0 = no better than "
              "chance.";
}

/* ---- flags ---- */

static void add_flags(struct doc *d, const struct analysis_run *run,
                      const struct analysis_failures *f)
{
    struct doc_column *columns = arena_alloc(d->arena, (2 + 2 * run->n_arms) * sizeof *columns);
    size_t n_columns = 2, row = 0;
    columns[0] = (struct doc_column){DOC_TEXT, "code", ""};
    columns[1] = (struct doc_column){DOC_TEXT, "what", ""};
    bool rates = run->n_arms <= WIDE_ARMS;
    for (size_t a = 0; a < run->n_arms; a++) {
        columns[n_columns++] = (struct doc_column){DOC_COUNT, run->arms[a], ""};
        if (rates)
            columns[n_columns++] = (struct doc_column){
                DOC_ESTIMATE, arena_printf(d->arena, "%s, of applicable", run->arms[a]),
                "%",          1,
                PERCENT,      true};
    }
    struct doc_table *t =
        doc_add_table(d, "Flags by arm", columns, n_columns, (size_t)__builtin_popcountll(f->seen));
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++) {
        if (!(f->seen >> i & 1))
            continue;
        doc_set_text(t, row, 0, taxonomy_flags[i].code);
        doc_set_text(t, row, 1, taxonomy_flags[i].name);
        for (size_t a = 0; a < run->n_arms; a++) {
            const struct analysis_flag_count *c = &f->flags[a * N_TAXONOMY_FLAGS + (size_t)i];
            size_t column = 2 + a * (rates ? 2 : 1);
            if (c->applies > 0)
                doc_set_count(t, row, column, c->holds);
            if (rates)
                doc_set_estimate(t, row, column + 1, c->rate);
        }
        row++;
    }
    t->note = arena_printf(
        d->arena,
        "Episodes in which the code holds, solved ones included; one episode can have several. "
        "\"-\": not applicable to this arm, which is not 0. %sdocs/taxonomy.md has the rules.",
        rates ? "[95 % Wilson, n = episodes to which it applies, divided by the samples per task.] "
              : "");
}

void section_failures(struct doc *d, const struct analysis_run *run)
{
    struct analysis_failures f = analysis_failures(run);
    if (!f.any)
        return;
    doc_add_section(d, "failures", "How they failed");
    for (size_t i = 0; i + 1 < run->n_arms; i++)
        add_confusion(d, run, &f.pairs[i]);
    if (run->n_arms > 1) {
        add_misuse(d, run, &f);
        add_corrected(d, run, &f);
    }
    add_verifiers(d, run, &f);
    add_flags(d, run, &f);
}
