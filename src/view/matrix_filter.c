/* See matrix_filter.h. */
#include "view/matrix_filter.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "taxonomy/taxonomy.h"
#include "view/text_search.h"

static void condition(struct matrix_filter *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void condition(struct matrix_filter *f, const char *fmt, ...)
{
    va_list ap;
    str_add(&f->where, " AND ");
    va_start(ap, fmt);
    str_vaddf(&f->where, fmt, ap);
    va_end(ap);
    f->active = true;
}

/* The number of the parameter. */
static size_t bind_text(struct matrix_filter *f, char *owned)
{
    f->text[f->n_texts++] = owned;
    return f->n_texts;
}

static int find_arm(const char *const *arms, size_t n_arms, const char *name)
{
    for (size_t i = 0; i < n_arms; i++)
        if (strcmp(arms[i], name) == 0)
            return (int)i + 1;
    return 0;
}

/* The codes that a word stands for: "S3", or all of "S". 0 = no such code. */
static taxonomy_set codes_of(const char *word)
{
    taxonomy_set set = 0;
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++)
        if (word[0] && (word[1] ? strcmp(taxonomy_flags[i].code, word) == 0
                                : taxonomy_flags[i].code[0] == word[0]))
            set |= (taxonomy_set)1 << i;
    return set;
}

static int add_codes(struct matrix_filter *f, const struct view_request *q, struct err *err)
{
    const char *label = request_text(q, "label"), *flag = request_text(q, "flag");
    if ((*label && !codes_of(label)) || (*flag && !codes_of(flag)))
        return err_input(err, "there is no code '%s'", *label && !codes_of(label) ? label : flag);
    if (*label)
        condition(f, "e.label > 0 AND (1 << (e.label - 1)) & %llu <> 0",
                  (unsigned long long)codes_of(label));
    if (*flag)
        condition(f, "e.flags & %llu <> 0", (unsigned long long)codes_of(flag));
    return 0;
}

static int add_outcome(struct matrix_filter *f, const char *outcome, struct err *err)
{
    static const char *const known[][2] = {
        {"solved", "e.status = 1 AND e.passed = 1"},
        {"failed", "e.status = 1 AND e.passed = 0 AND e.disputed = 0"},
        {"disputed", "e.disputed = 1"},
        {"error", "e.status = 2"},
        {"pending", "e.status = 0"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(outcome, known[i][0]) == 0) {
            condition(f, "%s", known[i][1]);
            return 0;
        }
    return *outcome ? err_input(err, "there is no outcome '%s'", outcome) : 0;
}

/* ---- order ---- */

#define SHARE_OF                                                                                   \
    "(SELECT avg(s.passed) FROM main.e s WHERE s.task = e.task AND s.arm = %d AND "                \
    "s.status = 1)"

static int add_sort(struct matrix_filter *f, const char *sort, const char *const *arms,
                    size_t n_arms, struct err *err)
{
    bool down = *sort == '-';
    const char *by = sort + down, *way = down ? " DESC," : ",";
    str_add(&f->sort, "");
    if (!*by || strcmp(by, "task") == 0) {
        if (down)
            str_add(&f->sort, "e.task DESC,");
    } else if (strcmp(by, "steps") == 0) {
        str_addf(&f->sort, "max(e.steps)%s", way);
    } else if (strcmp(by, "gap") == 0 && n_arms > 1) {
        str_addf(&f->sort, SHARE_OF " - " SHARE_OF "%s", 1, 2, way);
    } else if (str_starts(by, "arm:") && find_arm(arms, n_arms, by + 4)) {
        str_addf(&f->sort, SHARE_OF "%s", find_arm(arms, n_arms, by + 4), way);
    } else {
        return err_input(err, "there is no order '%s'", sort);
    }
    return 0;
}

/* ---- all of it ---- */

int matrix_filter_make(struct matrix_filter *f, const struct view_request *q,
                       const char *const *arms, size_t n_arms, struct err *err)
{
    const char *arm = request_text(q, "arm"), *group = request_text(q, "group");
    const char *text = request_text(q, "q");
    long long steps = request_number(q, "steps", 0);
    str_add(&f->where, "1");
    str_add(&f->sort, "");
    if (*arm && !find_arm(arms, n_arms, arm))
        return err_input(err, "there is no arm '%s'", arm);
    if (*arm)
        condition(f, "e.arm = %d", find_arm(arms, n_arms, arm));
    int rc = add_codes(f, q, err);
    if (rc == 0)
        rc = add_outcome(f, request_text(q, "outcome"), err);
    if (rc < 0)
        return rc;
    if (steps > 0)
        condition(f, "e.steps = %lld", steps);
    if (*group)
        condition(f, "e.grp = ?%zu", bind_text(f, xstrdup(group)));
    f->parts = request_number(q, "parts", 0) != 0;
    if (f->parts)
        condition(f, "e.task IN (SELECT task FROM main.parts)");
    char *match CLEANUP_FREE = text_search_match(text);
    if (match)
        condition(f, "e.id IN (SELECT rowid FROM main.text WHERE text MATCH ?%zu)",
                  bind_text(f, xstrdup(match)));
    return add_sort(f, request_text(q, "sort"), arms, n_arms, err);
}

void matrix_filter_bind(const struct matrix_filter *f, sqlite3_stmt *stmt)
{
    for (size_t i = 0; i < f->n_texts; i++)
        sqlite3_bind_text(stmt, (int)i + 1, f->text[i], -1, SQLITE_STATIC);
}

void matrix_filter_free(struct matrix_filter *f)
{
    for (size_t i = 0; i < f->n_texts; i++)
        free(f->text[i]);
    str_free(&f->where);
    str_free(&f->sort);
}
