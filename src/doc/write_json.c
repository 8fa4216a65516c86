/* A document as JSON (docs/json.md). Numbers are in the named unit, null where there is none; rows
 * are objects, so that a program finds a value by the name of its column. */
#include <math.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "doc/figure.h"

enum { SCHEMA = 1 };

static json_t *number(double x)
{
    return isfinite(x) ? json_real(x + 0.0) : json_null();
}

/* One value of a column: text, a number, or {"value", "low", "high", "n"}. */
static json_t *cell_json(const struct doc_column *column, const struct doc_cell *cell)
{
    double scale = column->scale == 0 ? 1 : column->scale;
    const struct stats_estimate *e = &cell->e;
    if (doc_is_text(column->kind))
        return json_bytes(cell->text ? cell->text : "", cell->text ? strlen(cell->text) : 0);
    if (column->kind == DOC_COUNT)
        return isfinite(e->value) ? json_integer((json_int_t)llround(e->value)) : json_null();
    if (column->kind == DOC_P)
        return number(e->value);
    return json_pack("{s:o, s:o, s:o, s:I}", "value", number(e->value * scale), "low",
                     number(e->ci.low * scale), "high", number(e->ci.high * scale), "n",
                     (json_int_t)e->n);
}

static const char *kind_name(enum doc_kind kind)
{
    static const char *const names[] = {[DOC_TEXT] = "label",
                                        [DOC_WORD] = "text",
                                        [DOC_COUNT] = "count",
                                        [DOC_ESTIMATE] = "estimate",
                                        [DOC_P] = "p"};
    return names[kind];
}

static json_t *table_json(const struct doc_table *t)
{
    json_t *columns = json_array(), *rows = json_array();
    for (size_t c = 0; c < t->n_columns; c++)
        json_array_append_new(columns,
                              json_pack("{s:s, s:s, s:s}", "name", t->columns[c].name, "unit",
                                        t->columns[c].unit ? t->columns[c].unit : "", "kind",
                                        kind_name(t->columns[c].kind)));
    for (size_t r = 0; r < t->n_rows; r++) {
        json_t *row = json_object();
        for (size_t c = 0; c < t->n_columns; c++)
            json_object_set_new(row, t->columns[c].name,
                                cell_json(&t->columns[c], doc_cell(t, r, c)));
        json_array_append_new(rows, row);
    }
    return json_pack("{s:s, s:o, s:o, s:s?}", "title", t->title, "columns", columns, "rows", rows,
                     "note", t->note);
}

static json_t *figure_json(const struct doc_figure *f)
{
    json_t *o = f->table ? table_json(f->table) : json_object();
    json_object_set_new(o, "id", json_string(f->id));
    json_object_set_new(o, "title", json_string(f->title));
    json_object_set_new(o, "note", f->caption ? json_string(f->caption) : json_null());
    return o;
}

static json_t *conclusion_json(const struct doc_conclusion *c)
{
    static const char *const tones[] = {
        [DOC_MET] = "met", [DOC_NOT_MET] = "not met", [DOC_CANNOT_TELL] = "cannot tell"};
    return json_pack("{s:s, s:s, s:s}", "conclusion", tones[c->tone], "statement",
                     c->statement ? c->statement : "", "finding", c->finding ? c->finding : "");
}

void doc_write_json(const struct doc *d, struct str *out)
{
    json_t *texts = json_array(), *conclusions = json_array(), *tables = json_array();
    json_t *figures = json_array();
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct doc_block *b = &d->blocks[i];
        if (b->verdict)
            json_array_append_new(conclusions, conclusion_json(b->verdict));
        else if (b->table)
            json_array_append_new(tables, table_json(b->table));
        else if (b->figure)
            json_array_append_new(figures, figure_json(b->figure));
        else if (b->text)
            json_array_append_new(texts, json_bytes(b->text, strlen(b->text)));
    }
    json_t *o CLEANUP_JSON =
        json_pack("{s:i, s:o, s:o, s:o, s:o, s:o}", "schema", SCHEMA, "title",
                  json_bytes(d->title, strlen(d->title)), "conclusions", conclusions, "texts",
                  texts, "tables", tables, "figures", figures);
    char *text CLEANUP_FREE = json_text_pretty(o);
    str_addf(out, "%s\n", text);
}
