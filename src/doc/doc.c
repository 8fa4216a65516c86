/* Building documents, formatting their numbers, and the table of writers. */
#include "doc/doc.h"
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "base/decimal.h"
#include "base/err.h"
#include "base/mem.h"

struct doc *doc_new(const char *title)
{
    struct arena *arena = arena_new();
    struct doc *d = arena_alloc(arena, sizeof *d);
    d->arena = arena;
    d->title = arena_strdup(arena, title);
    return d;
}

void doc_free(struct doc *d)
{
    if (!d)
        return;
    free(d->blocks);
    arena_free(d->arena);
}

static struct doc_block *add_block(struct doc *d)
{
    d->blocks = xgrow(d->blocks, &d->cap_blocks, d->n_blocks + 1, sizeof *d->blocks);
    d->blocks[d->n_blocks] = (struct doc_block){0};
    return &d->blocks[d->n_blocks++];
}

void doc_add_text(struct doc *d, const char *fmt, ...)
{
    struct str text CLEANUP_STR = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    add_block(d)->text = arena_strdup(d->arena, str_text(&text));
}

void doc_add_conclusion(struct doc *d, enum doc_tone tone, const char *statement,
                        const char *finding)
{
    struct doc_conclusion *v = arena_alloc(d->arena, sizeof *v);
    *v = (struct doc_conclusion){tone, statement, finding};
    doc_add_text(d, "%s%s%s", statement, *finding ? "\n" : "", finding);
    d->blocks[d->n_blocks - 1].verdict = v;
}

struct doc_table *doc_make_table(struct doc *d, const char *title, const struct doc_column *columns,
                                 size_t n_columns, size_t n_rows)
{
    struct doc_table *t = arena_alloc(d->arena, sizeof *t);
    struct doc_column *copy = arena_alloc(d->arena, n_columns * sizeof *copy);
    memcpy(copy, columns, n_columns * sizeof *copy);
    *t = (struct doc_table){.title = title,
                            .columns = copy,
                            .n_columns = n_columns,
                            .n_rows = n_rows,
                            .cells = arena_alloc(d->arena, n_rows * n_columns * sizeof *t->cells)};
    for (size_t i = 0; i < n_rows * n_columns; i++)
        t->cells[i] = (struct doc_cell){.text = "", .e = {.value = NAN, .ci = {NAN, NAN}}};
    return t;
}

struct doc_table *doc_add_table(struct doc *d, const char *title, const struct doc_column *columns,
                                size_t n_columns, size_t n_rows)
{
    struct doc_table *t = doc_make_table(d, title, columns, n_columns, n_rows);
    add_block(d)->table = t;
    return t;
}

void doc_add_figure(struct doc *d, struct doc_figure *figure)
{
    add_block(d)->figure = figure;
}

void doc_add_section(struct doc *d, const char *id, const char *title)
{
    struct doc_section *s = arena_alloc(d->arena, sizeof *s);
    *s = (struct doc_section){id, title};
    add_block(d)->section = s;
}

void doc_drop_empty(struct doc *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n_blocks; i++)
        if (!d->blocks[i].table || d->blocks[i].table->n_rows > 0)
            d->blocks[n++] = d->blocks[i];
    d->n_blocks = n;
    n = 0;
    for (size_t i = 0; i < d->n_blocks; i++) {
        bool last = i + 1 == d->n_blocks;
        if (!d->blocks[i].section || (!last && !d->blocks[i + 1].section))
            d->blocks[n++] = d->blocks[i];
    }
    d->n_blocks = n;
}

struct doc_listing *doc_add_listing(struct doc *d, const char *id, const char *title,
                                    const char *text)
{
    struct doc_listing *l = arena_alloc(d->arena, sizeof *l);
    *l = (struct doc_listing){.id = id, .title = title, .text = text};
    add_block(d)->listing = l;
    return l;
}

struct doc_cell *doc_cell(const struct doc_table *t, size_t row, size_t column)
{
    return &t->cells[row * t->n_columns + column];
}

void doc_set_value(const struct doc_table *t, size_t row, size_t column, double value)
{
    doc_cell(t, row, column)->e.value = value;
}

void doc_set_count(const struct doc_table *t, size_t row, size_t column, long value)
{
    doc_set_value(t, row, column, (double)value);
}

void doc_set_estimate(const struct doc_table *t, size_t row, size_t column, struct stats_estimate e)
{
    doc_cell(t, row, column)->e = e;
}

void doc_set_text(const struct doc_table *t, size_t row, size_t column, const char *text)
{
    doc_cell(t, row, column)->text = text;
}

static void format_p(double p, struct str *out)
{
    if (p < 0.0001)
        str_add(out, "<0.0001");
    else
        str_addf(out, p < 0.01 ? "%.4f" : "%.3f", p);
}

static void format_estimate(const struct doc_column *c, const struct stats_estimate *e,
                            struct str *out)
{
    double scale = c->scale == 0 ? 1 : c->scale;
    decimal_add(out, e->value * scale, c->digits, false);
    if (!isnan(e->ci.low)) {
        str_add(out, " [");
        decimal_add(out, e->ci.low * scale, c->digits, false);
        str_add(out, ", ");
        decimal_add(out, e->ci.high * scale, c->digits, false);
        str_add(out, "]");
    }
    if (c->show_n)
        str_addf(out, " n=%ld", e->n);
}

void doc_format_cell(const struct doc_column *column, const struct doc_cell *cell, struct str *out)
{
    if (doc_is_text(column->kind))
        str_add(out, cell->text);
    else if (isnan(cell->e.value))
        str_add(out, "-");
    else if (column->kind == DOC_COUNT)
        str_addf(out, "%.0f", cell->e.value);
    else if (column->kind == DOC_P)
        format_p(cell->e.value, out);
    else
        format_estimate(column, &cell->e, out);
}

void doc_format_heading(const struct doc_column *column, struct str *out)
{
    str_add(out, column->name);
    if (column->unit && column->unit[0])
        str_addf(out, ", %s", column->unit);
}

/* Formats are added here. */
static const struct doc_writer writers[] = {
    {"text", doc_write_text}, {"md", doc_write_markdown}, {"csv", doc_write_csv},
    {"json", doc_write_json}, {"latex", doc_write_latex}, {"html", doc_write_html, true},
};

void doc_writer_names(struct str *out)
{
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        str_addf(out, "%s%s", i ? ", " : "", writers[i].name);
}

const struct doc_writer *doc_find_writer(const char *name, struct err *err)
{
    struct str names CLEANUP_STR = {0};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (str_eq(writers[i].name, name))
            return &writers[i];
    doc_writer_names(&names);
    err_input(err, "there is no report format '%s'; available: %s", name, str_text(&names));
    return NULL;
}
