/* The filters and the order of a matrix as SQL over the copy `e` (outcome_copy.h). What comes from
 * the page is bound, never part of the SQL. */
#pragma once
#include "base/str.h"
#include "view/request.h"
#include "view/shelf.h"

enum { MATRIX_TEXTS_MAX = 8 };

struct matrix_filter {
    bool active;                  /* anything is filtered */
    bool parts;                   /* needs copy_parts */
    struct str where;             /* of rows e */
    struct str sort;              /* "", or terms that end in a comma */
    char *text[MATRIX_TEXTS_MAX]; /* [n_texts] bound as ?1, ?2, ... */
    size_t n_texts;
};

/* ERR_INPUT for an arm, a label or an order that there is none of. */
int matrix_filter_make(struct matrix_filter *f, const struct view_request *q,
                       const char *const *arms, size_t n_arms, struct err *err);
void matrix_filter_bind(const struct matrix_filter *f, sqlite3_stmt *stmt);
void matrix_filter_free(struct matrix_filter *f);
