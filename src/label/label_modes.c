/* See label_modes.h. */
#include "label/label_modes.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "label/mast_modes.h"
#include "stats/alpha.h"
#include "stats/rate.h"

/* ---- alpha ---- */

/* Every episode that somebody judged, once. */
static size_t collect_episodes(const struct label_rater *r, size_t n, long long **out)
{
    size_t total = 0, count = 0;
    for (size_t i = 0; i < n; i++)
        total += r[i].n;
    *out = xcalloc(total + 1, sizeof **out);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < r[i].n; k++) {
            bool known = false;
            for (size_t j = 0; j < i && !known; j++)
                known = label_find(&r[j], r[i].given[k].episode) != NULL;
            if (!known)
                (*out)[count++] = r[i].given[k].episode;
        }
    return count;
}

static struct stats_estimate alpha_of(const struct label_rater *r, size_t n)
{
    long long *episodes CLEANUP_FREE = NULL;
    size_t items = collect_episodes(r, n, &episodes);
    int *value CLEANUP_FREE = xcalloc(n * items + 1, sizeof *value);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < items; k++) {
            const struct label_given *given = label_find(&r[i], episodes[k]);
            value[i * items + k] = given ? label_group_of(given->label) : -1;
        }
    return stats_alpha(value, n, items, LABEL_GROUPS, .95);
}

void label_add_alpha(struct doc *d, const struct label_rater *r, size_t n)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "raters", "", 0, 0, false},
        {DOC_COUNT, "episodes", "", 0, 0, false},
        {DOC_ESTIMATE, "alpha", "", 3, 0, false},
    };
    struct doc_table *t = doc_add_table(d, "Krippendorff's alpha over groups", columns,
                                        sizeof columns / sizeof *columns, 2);
    for (size_t with_tag = 0; with_tag < 2; with_tag++) {
        struct stats_estimate e = with_tag ? alpha_of(r, n) : alpha_of(r + 1, n - 1);
        doc_set_text(t, with_tag, 0, with_tag ? "annotators and automatic tag" : "annotators");
        doc_set_count(t, with_tag, 1, e.n);
        doc_set_estimate(t, with_tag, 2, e);
    }
    t->note =
        "Nominal, over episodes with two labels or more (Krippendorff 2011) [95 %, delete-one "
        "jackknife over episodes, Fleiss and Davies 1982].";
}

/* ---- precision and recall ---- */

static taxonomy_set codes_of_group(int group)
{
    taxonomy_set set = 0;
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
        if (label_group_of_code(i) == group)
            set |= (taxonomy_set)1 << i;
    return set;
}

static void count_hit(struct label_hits *h, const struct label_given *tag, taxonomy_set codes,
                      bool person)
{
    bool judged = tag && (codes & ~tag->inapplicable) != 0;
    bool flagged = judged && (tag->flags & codes) != 0;
    h->no_rule += !judged && person;
    h->n += judged;
    h->tag += flagged;
    h->person += judged && person;
    h->both += flagged && person;
}

struct label_hits label_count(const struct label_rater *tag, const struct label_rater *person,
                              int group, int code)
{
    taxonomy_set codes = code < 0 ? codes_of_group(group) : (taxonomy_set)1 << code;
    struct label_hits h = {0};
    for (size_t i = 0; i < person->n; i++) {
        const struct label_given *x = label_find(tag, person->given[i].episode);
        struct label_read said = label_read(person->given[i].label);
        if (x && said.first >= 0)
            count_hit(&h, x, codes,
                      code < 0 ? said.groups >> group & 1 : (said.codes & codes) != 0);
    }
    return h;
}

static struct stats_estimate share(long part, long whole)
{
    struct stats_estimate e = {NAN, {NAN, NAN}, whole};
    if (whole > 0) {
        e.value = (double)part / (double)whole;
        e.ci = stats_wilson((double)part, (double)whole, .95);
    }
    return e;
}

static const struct doc_column mode_columns[] = {
    {DOC_TEXT, "mode", "", 0, 0, false},
    {DOC_TEXT, "codes", "", 0, 0, false},
    {DOC_COUNT, "both", "episodes", 0, 0, false},
    {DOC_COUNT, "tag alone", "episodes", 0, 0, false},
    {DOC_COUNT, "person alone", "episodes", 0, 0, false},
    {DOC_COUNT, "no rule", "episodes", 0, 0, false},
    {DOC_ESTIMATE, "precision", "%", 1, 100, true},
    {DOC_ESTIMATE, "recall", "%", 1, 100, true},
};
enum { MODE_COLUMNS = sizeof mode_columns / sizeof *mode_columns };

static void fill_mode(struct doc_table *t, size_t row, const char *mode, const char *codes,
                      const struct label_hits *h)
{
    doc_set_text(t, row, 0, mode);
    doc_set_text(t, row, 1, codes);
    doc_set_count(t, row, 2, h->both);
    doc_set_count(t, row, 3, h->tag - h->both);
    doc_set_count(t, row, 4, h->person - h->both);
    doc_set_count(t, row, 5, h->no_rule);
    doc_set_estimate(t, row, 6, share(h->both, h->tag));
    doc_set_estimate(t, row, 7, share(h->both, h->person));
}

/* Rows for groups (code -1) and codes that either named; counts them when t is NULL. */
static size_t fill_codes(struct doc *d, struct doc_table *t, const struct label_rater *tag,
                         const struct label_rater *person)
{
    size_t row = 0;
    for (int g = 0; g < LABEL_GROUPS; g++)
        for (int code = -1; code < N_TAXONOMY_FLAGS; code++) {
            if (code >= 0 && label_group_of_code(code) != g)
                continue;
            struct label_hits h = label_count(tag, person, g, code);
            if (h.tag + h.person + h.no_rule == 0)
                continue;
            if (t && code < 0)
                fill_mode(t, row, label_group_name((size_t)g),
                          arena_printf(d->arena, "%c", label_group_letter((size_t)g)), &h);
            else if (t)
                fill_mode(t, row, taxonomy_flags[code].name, taxonomy_flags[code].code, &h);
            row++;
        }
    return row;
}

/* ---- modes of another taxonomy ---- */

static bool has_mode(const struct label_given *given, const char *mode)
{
    const char *list = mast_listed(given->note), *at = list ? strstr(list, mode) : NULL;
    return at != NULL && (at[strlen(mode)] == ';' || !at[strlen(mode)]);
}

static struct label_hits count_mode(const struct label_rater *tag, const struct label_rater *person,
                                    const struct mast_mode *m)
{
    taxonomy_set codes = mast_codes(m);
    struct label_hits h = {0};
    for (size_t i = 0; i < person->n; i++) {
        const struct label_given *x = label_find(tag, person->given[i].episode);
        if (mast_listed(person->given[i].note))
            count_hit(&h, x, codes, has_mode(&person->given[i], m->name));
    }
    return h;
}

/* Rows for modes that either named; counts them when t is NULL. */
static size_t fill_foreign(struct doc_table *t, const struct label_rater *tag,
                           const struct label_rater *person)
{
    size_t row = 0;
    for (size_t i = 0; i < mast_n_modes; i++) {
        const struct mast_mode *m = &mast_modes[i];
        struct label_hits h = count_mode(tag, person, m);
        if (h.tag + h.person + h.no_rule == 0)
            continue;
        if (t)
            fill_mode(t, row, m->name, *m->codes ? m->codes : "-", &h);
        row++;
    }
    return row;
}

static void add_foreign(struct doc *d, const struct label_rater *tag,
                        const struct label_rater *person)
{
    long named = 0, unmapped = 0;
    struct doc_table *t = doc_add_table(
        d, arena_printf(d->arena, "Automatic flags and the modes of %s", person->name),
        mode_columns, MODE_COLUMNS, fill_foreign(NULL, tag, person));
    fill_foreign(t, tag, person);
    for (size_t i = 0; i < person->n; i++)
        mast_count(person->given[i].note, &named, &unmapped);
    t->note = arena_printf(
        d->arena,
        "Flags: any of the codes holds. Unmapped: %ld of %ld modes named (%.1f %%) have no code of "
        "ours. No rule: named where none of the codes can be judged; no misses of a rule either. "
        "[95 %% Wilson, n = episodes.]",
        unmapped, named, named ? 100.0 * (double)unmapped / (double)named : 0);
}

void label_add_modes(struct doc *d, const struct label_rater *tag, const struct label_rater *person)
{
    for (size_t i = 0; i < person->n; i++)
        if (mast_listed(person->given[i].note)) {
            add_foreign(d, tag, person);
            return;
        }
    size_t rows = fill_codes(d, NULL, tag, person);
    if (rows == 0)
        return;
    struct doc_table *t = doc_add_table(
        d, arena_printf(d->arena, "Automatic flags and %s, mode by mode", person->name),
        mode_columns, MODE_COLUMNS, rows);
    fill_codes(d, t, tag, person);
    long alone = 0, n = 0;
    for (size_t i = 0; i < person->n; i++) {
        struct label_read said = label_read(person->given[i].label);
        n += said.first >= 0;
        alone += said.first >= 0 && said.codes == 0;
    }
    t->note = arena_printf(
        d->arena,
        "All flags that hold, not the primary one alone, against all that the person named; a "
        "group holds where one of its codes does. Unmapped: %ld of %ld labels (%.1f %%) name a "
        "group and no code. No rule: named where the code does not apply. [95 %% Wilson, n = "
        "episodes.]",
        alone, n, n ? 100.0 * (double)alone / (double)n : 0);
}
