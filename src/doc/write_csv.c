/* One long table for R and pandas: a line per number, in the named unit, with interval and n where
 * it has them. Results in words are in the column `text`, so run, table, row and column identify a
 * line and hold no value. */
#include <math.h>
#include <string.h>
#include "base/csv.h"
#include "doc/figure.h"

static void put_number(struct str *out, double x)
{
    str_addc(out, ',');
    if (!isnan(x))
        str_addf(out, "%.10g", x + 0.0); /* a negative zero becomes a zero */
}

/* The labels of a row, joined: "hrm", "heldout_pairs / 3". Caller frees. */
static char *row_name(const struct doc_table *t, size_t row)
{
    struct str name = {0};
    for (size_t c = 0; c < t->n_columns; c++)
        if (t->columns[c].kind == DOC_TEXT)
            str_addf(&name, "%s%s", name.len ? " / " : "", doc_cell(t, row, c)->text);
    str_add(&name, "");
    return str_take(&name);
}

static void put_row(struct str *out, const char *title, const struct doc_table *t, size_t row)
{
    char *name CLEANUP_FREE = row_name(t, row);
    for (size_t c = 0; c < t->n_columns; c++) {
        const struct doc_column *column = &t->columns[c];
        const struct stats_estimate *e = &doc_cell(t, row, c)->e;
        double scale = column->scale == 0 ? 1 : column->scale;
        if (column->kind == DOC_TEXT)
            continue;
        const char *fields[] = {title, t->title, name, column->name,
                                column->unit ? column->unit : ""};
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
            if (f)
                str_addc(out, ',');
            csv_add_field(out, fields[f]);
        }
        put_number(out, e->value * scale);
        put_number(out, e->ci.low * scale);
        put_number(out, e->ci.high * scale);
        put_number(out, column->kind == DOC_ESTIMATE ? (double)e->n : NAN);
        str_addc(out, ',');
        if (column->kind == DOC_WORD)
            csv_add_field(out, doc_cell(t, row, c)->text);
        str_addc(out, '\n');
    }
}

void doc_write_csv(const struct doc *d, struct str *out)
{
    if (out->len == 0) /* several documents make one table */
        str_add(out, "run,table,row,column,unit,value,low,high,n,text\n");
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct doc_block *block = &d->blocks[i];
        bool curve = block->figure && !block->figure->repeats;
        const struct doc_table *t = curve ? block->figure->table : block->table;
        for (size_t row = 0; t && row < t->n_rows; row++)
            put_row(out, d->title, t, row);
    }
}
