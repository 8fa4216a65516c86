/* Agreement of raters, and its tables. */
#include "label/label_agree.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "stats/agree.h"
#include "stats/alpha.h"
#include "stats/rate.h"
#include "label/label_modes.h"

static const double Z_95 = 1.959963984540054;

const struct label_given *label_find(const struct label_rater *r, long long episode)
{
    size_t low = 0, high = r->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (r->given[mid].episode < episode)
            low = mid + 1;
        else
            high = mid;
    }
    return low < r->n && r->given[low].episode == episode ? &r->given[low] : NULL;
}

void label_agree(const struct label_rater *a, const struct label_rater *b,
                 struct label_agreement *out)
{
    *out = (struct label_agreement){.kappa = NAN, .low = NAN, .high = NAN};
    for (size_t i = 0; i < a->n; i++) {
        const struct label_given *x = &a->given[i], *y = label_find(b, x->episode);
        struct label_read of_a = label_read(x->label), of_b = label_read(y ? y->label : "");
        int p = of_a.first, q = of_b.first;
        if (p < 0 || q < 0)
            continue;
        out->n++;
        out->same += p == q;
        out->table[p * LABEL_GROUPS + q]++;
        bool codes = of_a.first_code >= 0 && of_b.first_code >= 0;
        out->n_codes += codes;
        out->same_codes += codes && of_a.first_code == of_b.first_code;
    }
    out->pabak = stats_pabak(out->same, out->n, LABEL_GROUPS, .95);
    if (out->n == 0)
        return;
    struct stats_kappa k = stats_kappa(out->table, LABEL_GROUPS);
    out->kappa = k.kappa;
    if (k.se > 1e-9) { /* without any difference there is no large-sample interval */
        out->low = fmax(-1, k.kappa - Z_95 * k.se);
        out->high = fmin(1, k.kappa + Z_95 * k.se);
    }
}

/* ---- reading the record ---- */

struct raters {
    struct label_rater *r; /* [n] the automatic tag first, then annotators in order of appearance */
    size_t n, cap;
    long n_failed, n_untagged;
    struct arena *arena;
};

static struct label_rater *find_rater(struct raters *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->r[i].name, name))
            return &all->r[i];
    all->r = xgrow(all->r, &all->cap, all->n + 1, sizeof *all->r);
    all->r[all->n] = (struct label_rater){.name = arena_strdup(all->arena, name)};
    return &all->r[all->n++];
}

static void give(struct raters *all, struct label_rater *r, const struct label_given *given)
{
    r->given = xgrow(r->given, &r->cap, r->n + 1, sizeof *r->given);
    r->given[r->n++] = (struct label_given){given->episode, arena_strdup(all->arena, given->label),
                                            arena_strdup(all->arena, given->note), given->flags,
                                            given->inapplicable};
}

static int by_episode(const void *x, const void *y)
{
    const struct label_given *a = x, *b = y;
    return (a->episode > b->episode) - (a->episode < b->episode);
}

static int take_automatic(void *ctx, long long id, const struct store_episode *row)
{
    struct raters *all = ctx;
    if (row->status != STORE_DONE || row->passed)
        return 0;
    all->n_failed++;
    all->n_untagged += !*row->label && !*row->inapplicable;
    if (*row->label || *row->inapplicable) /* tagged, though perhaps nothing holds */
        give(all, &all->r[0],
             &(struct label_given){id, row->label, "", taxonomy_parse(row->flags),
                                   taxonomy_parse(row->inapplicable)});
    return 0;
}

static int take_label(void *ctx, long long id, const struct store_label *l)
{
    struct raters *all = ctx;
    give(all, find_rater(all, l->annotator), &(struct label_given){id, l->label, l->note, 0, 0});
    return 0;
}

static void free_raters(struct raters *all)
{
    for (size_t i = 0; i < all->n; i++)
        free(all->r[i].given);
    free(all->r);
}

/* ---- the document ---- */

static void fill_pair(const struct doc_table *t, size_t row, const struct label_rater *a,
                      const struct label_rater *b, const struct label_agreement *g)
{
    doc_cell(t, row, 0)->text = a->name;
    doc_cell(t, row, 1)->text = b->name;
    doc_set_count(t, row, 2, g->n);
    struct stats_estimate *same = &doc_cell(t, row, 3)->e, *kappa = &doc_cell(t, row, 4)->e;
    if (g->n > 0)
        *same = (struct stats_estimate){(double)g->same / (double)g->n,
                                        stats_wilson((double)g->same, (double)g->n, .95), g->n};
    *kappa = (struct stats_estimate){g->kappa, {g->low, g->high}, g->n};
    doc_set_estimate(t, row, 5, g->pabak);
    doc_set_count(t, row, 6, g->same_codes);
    doc_set_count(t, row, 7, g->n_codes);
}

/* The automatic tag with every annotator, then annotators with each other. */
static void add_pairs(struct doc *d, const struct raters *all)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "first", "", 0, 0, false},
        {DOC_TEXT, "second", "", 0, 0, false},
        {DOC_COUNT, "n", "episodes", 0, 0, false},
        {DOC_ESTIMATE, "same group", "%", 1, 100, false},
        {DOC_ESTIMATE, "kappa", "", 2, 0, false},
        {DOC_ESTIMATE, "PABAK", "", 2, 0, false},
        {DOC_COUNT, "same code", "episodes", 0, 0, false},
        {DOC_COUNT, "both named one", "episodes", 0, 0, false},
    };
    const struct doc_table *t = doc_add_table(
        d, "Agreement", columns, sizeof columns / sizeof *columns, all->n * (all->n - 1) / 2);
    size_t row = 0;
    for (size_t i = 0; i < all->n; i++)
        for (size_t j = i + 1; j < all->n; j++) {
            struct label_agreement g;
            label_agree(&all->r[i], &all->r[j], &g);
            fill_pair(t, row++, &all->r[i], &all->r[j], &g);
        }
}

/* Rows: what the tag says; columns: what the person does. */
static void add_confusion(struct doc *d, const struct label_rater *tag,
                          const struct label_rater *person)
{
    struct doc_column columns[LABEL_GROUPS + 1] = {{DOC_TEXT, "automatic", "", 0, 0, false}};
    struct label_agreement g;
    label_agree(tag, person, &g);
    if (g.n == 0)
        return;
    for (size_t q = 0; q < LABEL_GROUPS; q++) {
        const char *name = arena_printf(d->arena, "%c", label_group_letter(q));
        columns[q + 1] = (struct doc_column){DOC_COUNT, name, "", 0, 0, false};
    }
    const char *title =
        arena_printf(d->arena, "Automatic tag and %s, n = %ld episodes", person->name, g.n);
    const struct doc_table *t = doc_add_table(d, title, columns, LABEL_GROUPS + 1, LABEL_GROUPS);
    for (size_t p = 0; p < LABEL_GROUPS; p++) {
        doc_cell(t, p, 0)->text =
            arena_printf(d->arena, "%c %s", label_group_letter(p), label_group_name(p));
        for (size_t q = 0; q < LABEL_GROUPS; q++)
            doc_set_count(t, p, q + 1, g.table[p * LABEL_GROUPS + q]);
    }
}

static struct doc *make_doc(const char *run, const struct raters *all)
{
    char *title CLEANUP_FREE = xasprintf("Labels of %s", run);
    struct doc *d = doc_new(title);
    doc_add_text(d, "Failed episodes: %ld, of which %ld have an automatic tag. Annotators: %zu.",
                 all->n_failed, all->n_failed - all->n_untagged, all->n - 1);
    if (all->n_untagged > 0)
        doc_add_text(d, "'hrm tag %s' tags the others.", run);
    if (all->n == 1) {
        doc_add_text(d, "Nobody has labelled any of them yet: 'hrm label %s' does.", run);
        return d;
    }
    for (size_t i = 0; i < all->n; i++) /* names must outlive the raters */
        all->r[i].name = arena_strdup(d->arena, all->r[i].name);
    add_pairs(d, all);
    label_add_alpha(d, all->r, all->n);
    for (size_t i = 1; i < all->n; i++) {
        add_confusion(d, &all->r[0], &all->r[i]);
        label_add_modes(d, &all->r[0], &all->r[i]);
    }
    doc_add_text(d, "kappa is Cohen's, over the eight groups, with its large-sample interval of "
                    "95 %% (Fleiss, Cohen and Everitt 1969); 'same group' has Wilson's, and PABAK, "
                    "kappa if all groups were equally frequent (Byrt, Bishop and Carlin 1993), "
                    "follows from it. All are of the sample, in which every arm and label is "
                    "represented; of several labels the first counts.");
    return d;
}

int label_agreement_doc(struct store *s, const char *run, struct doc **out, struct err *err)
{
    struct raters all = {.arena = arena_new()};
    find_rater(&all, "automatic");
    int rc = store_episodes(s, take_automatic, &all, err);
    if (rc == 0)
        rc = store_labels(s, take_label, &all, err);
    for (size_t i = 0; i < all.n; i++)
        if (all.r[i].n > 0)
            qsort(all.r[i].given, all.r[i].n, sizeof *all.r[i].given, by_episode);
    if (rc == 0)
        *out = make_doc(run, &all);
    free_raters(&all);
    arena_free(all.arena);
    return rc;
}
