/* For the terminal: columns aligned by display width, labels left, numbers right. */
#include <string.h>
#include "base/utf8.h"
#include "doc/doc.h"

enum { GAP = 2, WRAP = 100 };

static void pad(struct str *out, int n)
{
    while (n-- > 0)
        str_addc(out, ' ');
}

static void put_aligned(struct str *out, const char *text, int width, bool right)
{
    int space = width - utf8_width(text);
    if (right)
        pad(out, space);
    str_add(out, text);
    if (!right)
        pad(out, space);
}

static void trim_line(struct str *out)
{
    while (out->len && out->p[out->len - 1] == ' ')
        out->p[--out->len] = '\0';
    str_addc(out, '\n');
}

void doc_wrap_text(struct str *out, const char *text, int width_most)
{
    int column = 0;
    while (*text) {
        size_t n = 0;
        while (text[n] && (text[n] != ' ' || text[n + 1] == '%') && text[n] != '\n')
            n++; /* "95 %" is not broken */
        char *word CLEANUP_FREE = xstrndup(text, n);
        int width = utf8_width(word);
        if (column && column + 1 + width > width_most) {
            str_addc(out, '\n');
            column = 0;
        }
        if (column && n) {
            str_addc(out, ' ');
            column++;
        }
        str_add(out, word);
        column += width;
        text += n;
        if (*text == '\n') {
            str_addc(out, '\n');
            column = 0;
        }
        text += *text != '\0';
    }
    str_addc(out, '\n');
}

void doc_indent(struct str *out, const char *lines, int indent)
{
    while (*lines) {
        size_t n = strcspn(lines, "\n");
        if (n)
            pad(out, indent);
        str_addn(out, lines, n);
        str_addc(out, '\n');
        lines += n + (lines[n] == '\n');
    }
}

void doc_wrap_indented(struct str *out, const char *text, int indent, int width)
{
    struct str lines CLEANUP_STR = {0};
    doc_wrap_text(&lines, text, width - indent);
    doc_indent(out, lines.p, indent);
}

/* The text of the heading (row -1) or of a cell. Caller frees. */
static char *cell_text(const struct doc_table *t, long row, size_t column)
{
    struct str s = {0};
    if (row < 0)
        doc_format_heading(&t->columns[column], &s);
    else
        doc_format_cell(&t->columns[column], doc_cell(t, (size_t)row, column), &s);
    str_add(&s, "");
    return str_take(&s);
}

static int column_width(const struct doc_table *t, size_t column)
{
    int width = 0;
    for (long row = -1; row < (long)t->n_rows; row++) {
        char *text CLEANUP_FREE = cell_text(t, row, column);
        int w = utf8_width(text);
        if (w > width)
            width = w;
    }
    return width;
}

/* Row -1 is the heading. width: [n] of the columns shown. */
static void put_row(struct str *out, const struct doc_table *t, long row, const int *width,
                    size_t n)
{
    for (size_t c = 0; c < n; c++) {
        char *text CLEANUP_FREE = cell_text(t, row, c);
        pad(out, c ? GAP : 0);
        put_aligned(out, text, width[c], !doc_is_text(t->columns[c].kind));
    }
    trim_line(out);
}

static void put_table(struct str *out, const struct doc_table *t)
{
    int *width CLEANUP_FREE = xcalloc(t->n_columns, sizeof *width);
    int total = -GAP;
    for (size_t c = 0; c < t->n_columns; c++)
        total += (width[c] = column_width(t, c)) + GAP;
    str_addf(out, "%s\n", t->title);
    for (long row = -1; row < (long)t->n_rows; row++) {
        put_row(out, t, row, width, t->n_columns);
        for (int i = 0; row < 0 && i < total; i++)
            str_addc(out, '-');
        if (row < 0)
            str_addc(out, '\n');
    }
    if (t->note)
        doc_wrap_text(out, t->note, WRAP);
}

void doc_write_rows(const struct doc_table *t, int width, size_t lines, struct str *out)
{
    int *widths CLEANUP_FREE = xcalloc(t->n_columns, sizeof *widths), total = -GAP;
    size_t n = 0, rows = t->n_rows <= lines ? t->n_rows : lines - 1;
    for (; n < t->n_columns; n++) {
        widths[n] = column_width(t, n);
        if (n > 1 && total + GAP + widths[n] > width) /* a name without a number says nothing */
            break;
        total += widths[n] + GAP;
    }
    for (long row = -1; row < (long)rows; row++)
        put_row(out, t, row, widths, n);
    if (rows < t->n_rows)
        str_addf(out, "and %zu more: --full has them\n", t->n_rows - rows);
}

void doc_write_text(const struct doc *d, struct str *out)
{
    str_addf(out, "%s\n", d->title);
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct doc_block *block = &d->blocks[i];
        if (block->table || block->text) /* figures are left out: tables have the same numbers */
            str_addc(out, '\n');
        if (block->table)
            put_table(out, block->table);
        else if (block->text)
            doc_wrap_text(out, block->text, WRAP);
    }
}
