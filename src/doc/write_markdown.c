/* Markdown with pipe tables, as GitHub and pandoc read them. */
#include <string.h>
#include "doc/figure.h"

/* Names come from suites and servers: nothing in them may become markup. */
static void put_escaped(struct str *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\`*_{}[]<>#|!~&", *text))
            str_addc(out, '\\');
        str_addc(out, *text == '\n' ? ' ' : *text);
    }
}

static void put_cell(struct str *out, const struct doc_column *column, const struct doc_cell *cell)
{
    struct str text CLEANUP_STR = {0};
    if (cell)
        doc_format_cell(column, cell, &text);
    else
        doc_format_heading(column, &text);
    str_add(out, " ");
    put_escaped(out, str_text(&text));
    str_add(out, " |");
}

static void put_table(struct str *out, const struct doc_table *t)
{
    str_add(out, "### ");
    put_escaped(out, t->title);
    str_add(out, "\n\n|");
    for (size_t c = 0; c < t->n_columns; c++)
        put_cell(out, &t->columns[c], NULL);
    str_add(out, "\n|");
    for (size_t c = 0; c < t->n_columns; c++)
        str_add(out, doc_is_text(t->columns[c].kind) ? ":---|" : "---:|");
    str_addc(out, '\n');
    for (size_t row = 0; row < t->n_rows; row++) {
        str_addc(out, '|');
        for (size_t c = 0; c < t->n_columns; c++)
            put_cell(out, &t->columns[c], doc_cell(t, row, c));
        str_addc(out, '\n');
    }
    if (t->note) {
        str_addc(out, '\n');
        put_escaped(out, t->note);
        str_addc(out, '\n');
    }
}

/* The numbers of a figure, and what its caption says of n and method. The points of a curve are too
 * many for a README; CSV has them. */
static void put_figure(struct str *out, const struct doc_figure *f)
{
    enum { MOST = 24 };
    if (f->repeats || f->table->n_rows > MOST)
        return;
    str_addc(out, '\n');
    put_table(out, f->table);
    str_addc(out, '\n');
    put_escaped(out, f->caption);
    str_addc(out, '\n');
}

void doc_write_markdown(const struct doc *d, struct str *out)
{
    str_add(out, "## ");
    put_escaped(out, d->title);
    str_addc(out, '\n');
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct doc_block *block = &d->blocks[i];
        if (block->table) {
            str_addc(out, '\n');
            put_table(out, block->table);
        } else if (block->figure) {
            put_figure(out, block->figure);
        } else if (block->text) {
            str_addc(out, '\n');
            put_escaped(out, block->text);
            str_addc(out, '\n');
        }
    }
}
