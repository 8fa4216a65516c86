/* A report as a neutral document: paragraphs, tables of numbers and figures, which writers (text,
 * Markdown, CSV, ...) turn into bytes. Numbers stay numbers until a writer formats them.
 *
 * Everything lives in the document's arena; strings given are borrowed unless they come from it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/str.h"
#include "stats/estimate.h"

struct err;
struct doc_figure;

enum doc_kind {
    DOC_TEXT,     /* a label; the text columns together identify the row */
    DOC_WORD,     /* a result in words: no part of the row's name */
    DOC_COUNT,    /* a whole number */
    DOC_ESTIMATE, /* value [low, high] */
    DOC_P,        /* a p-value */
};

static inline bool doc_is_text(enum doc_kind kind)
{
    return kind == DOC_TEXT || kind == DOC_WORD;
}

struct doc_column {
    enum doc_kind kind;
    const char *name, *unit; /* unit "" = none */
    int digits;              /* after the point, estimates */
    double scale;            /* 100 for percent; 0 means 1 */
    bool show_n;             /* estimates: print n, it differs from the row's tasks */
};

struct doc_cell {
    const char *text;        /* DOC_TEXT, DOC_WORD */
    const char *link;        /* the id of a listing with details; NULL = none */
    struct stats_estimate e; /* the others use e.value; NaN prints as "-" */
};

struct doc_table {
    const char *title;
    const struct doc_column *columns; /* [n_columns] */
    size_t n_columns;
    struct doc_cell *cells; /* [n_rows][n_columns] */
    size_t n_rows;
    const char *note; /* how to read it; NULL = none */
};

/* Long text as it is: a transcript, a command. */
struct doc_listing {
    const char *id, *title, *text;
    bool folded; /* shown when asked for */
};

/* A heading; used by writers that make pages. */
struct doc_section {
    const char *id, *title;
};

enum doc_tone { DOC_MET, DOC_NOT_MET, DOC_CANNOT_TELL };

/* The opening sentence. */
struct doc_conclusion {
    enum doc_tone tone;
    const char *statement, *finding;
};

/* One of these; a verdict has its text, too. */
struct doc_block {
    const char *text;
    struct doc_conclusion *verdict;
    struct doc_table *table;
    struct doc_figure *figure;
    struct doc_listing *listing;
    struct doc_section *section;
};

struct doc {
    const char *title;
    struct doc_block *blocks; /* [n_blocks] */
    size_t n_blocks, cap_blocks;
    struct arena *arena;
};

struct doc *doc_new(const char *title);
void doc_free(struct doc *d); /* NULL is legal */
void doc_add_text(struct doc *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void doc_add_conclusion(struct doc *d, enum doc_tone tone, const char *statement,
                        const char *finding);
/* The columns are copied; the rows start empty (no text, NaN). */
struct doc_table *doc_add_table(struct doc *d, const char *title, const struct doc_column *columns,
                                size_t n_columns, size_t n_rows);
/* The same, without a block: a figure's numbers. */
struct doc_table *doc_make_table(struct doc *d, const char *title, const struct doc_column *columns,
                                 size_t n_columns, size_t n_rows);
void doc_add_figure(struct doc *d, struct doc_figure *figure); /* figure.h makes them */
void doc_add_section(struct doc *d, const char *id, const char *title);
/* Takes out the sections that nothing was added to, and tables without a row. */
void doc_drop_empty(struct doc *d);
struct doc_listing *doc_add_listing(struct doc *d, const char *id, const char *title,
                                    const char *text);
struct doc_cell *doc_cell(const struct doc_table *t, size_t row, size_t column);
void doc_set_count(const struct doc_table *t, size_t row, size_t column, long value);
void doc_set_value(const struct doc_table *t, size_t row, size_t column, double value);
void doc_set_estimate(const struct doc_table *t, size_t row, size_t column,
                      struct stats_estimate e);
void doc_set_text(const struct doc_table *t, size_t row, size_t column, const char *text);

/* A number as people read it, for all writers that print for people. Appends. */
void doc_format_cell(const struct doc_column *column, const struct doc_cell *cell, struct str *out);
/* "pass@1, %" */
void doc_format_heading(const struct doc_column *column, struct str *out);

struct doc_writer {
    const char *name; /* --format NAME */
    void (*write)(const struct doc *d, struct str *out);
    bool whole; /* also prints the appendix (report/appendix.h) */
};

/* "text, md, ..." */
void doc_writer_names(struct str *out);
/* The writer of that name, or NULL and an error that lists all names. */
const struct doc_writer *doc_find_writer(const char *name, struct err *err);
void doc_write_text(const struct doc *d, struct str *out);
/* Appends text in lines of at most `width` columns; its own line breaks stay. */
void doc_wrap_text(struct str *out, const char *text, int width);
/* The same behind `indent` spaces, which count. */
void doc_wrap_indented(struct str *out, const char *text, int indent, int width);
/* Appends lines as they are behind `indent` spaces. */
void doc_indent(struct str *out, const char *lines, int indent);
/* Headings and rows without a title: as many of the first columns as `width` holds, and at most
 * `lines` lines of rows; what is left out is counted in the last of them. */
void doc_write_rows(const struct doc_table *t, int width, size_t lines, struct str *out);
void doc_write_markdown(const struct doc *d, struct str *out);
void doc_write_csv(const struct doc *d, struct str *out);
void doc_write_json(const struct doc *d, struct str *out);
void doc_write_latex(const struct doc *d, struct str *out);
/* One table by itself, to be \input. */
void doc_write_latex_table(const struct doc_table *t, struct str *out);
void doc_write_html(const struct doc *d, struct str *out);
