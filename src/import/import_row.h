/* One row of a benchmark file: its fields, and helpers that all forms share.
 */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct import_report;
struct task;

struct import_row {
    const json_t *json;
    const char *path;
    int line;
    size_t number;       /* of the row in its file, counted from 1 */
    struct arena *arena; /* the suite's: all texts are copied into it */
    struct import_report *report;
};

struct import_texts {
    const char **v; /* [n], in the arena */
    size_t n;
};

/* One form of benchmark, in the table of import.c. */
int import_humaneval(const struct import_row *row, struct task *out, struct err *err);
int import_mbpp(const struct import_row *row, struct task *out, struct err *err);
int import_gsm8k(const struct import_row *row, struct task *out, struct err *err);
int import_svamp(const struct import_row *row, struct task *out, struct err *err);
int import_gsm_hard(const struct import_row *row, struct task *out, struct err *err);
/* The name of a suite that opens with this row. */
const char *import_humaneval_name(const json_t *row);
const char *import_mbpp_name(const json_t *row);
const char *import_gsm8k_name(const json_t *row);
const char *import_svamp_name(const json_t *row);
const char *import_gsm_hard_name(const json_t *row);

/* Fields. Line ends become "\n". A field that is missing, of another type, empty, or holds a NUL is
 * "field 'x': what was found; expected ..." (the caller puts file and line before it). */
int import_text(const struct import_row *row, const char *key, const char **out, struct err *err);
int import_list(const struct import_row *row, const char *key, struct import_texts *out,
                struct err *err);
/* The same for a field that may be missing or empty: *out is NULL, or has no texts. */
int import_optional_text(const struct import_row *row, const char *key, const char **out,
                         struct err *err);
int import_optional_list(const struct import_row *row, const char *key, struct import_texts *out,
                         struct err *err);
bool import_has(const struct import_row *row, const char *key);
int import_bad(struct err *err, const char *key, const char *found, const char *expected);

/* Source without blank lines before it, and with one line end behind it. */
const char *import_source(const char *text, struct arena *arena);
/* Adds a text unless it is there already. */
void import_add(struct import_texts *list, const char *text, struct arena *arena);
/* Sets the task's hidden tests: those of `tests` that neither repeat each other nor are given away
 * by the public ones. What is left out is counted in the report. */
void import_hide(const struct import_row *row, struct task *t, const struct import_texts *tests);
/* Adds a note about this row to the report. */
void import_note(const struct import_row *row, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
