/* See doc_json.h. */
#include "view/doc_json.h"
#include <string.h>
#include "base/mem.h"
#include "doc/draw.h"
#include "doc/figure.h"

static json_t *text_json(const char *text)
{
    return text ? json_bytes(text, strlen(text)) : json_null();
}

static json_t *table_json(const struct doc_table *t)
{
    json_t *columns = json_array(), *rows = json_array();
    struct str text CLEANUP_STR = {0};
    for (size_t c = 0; c < t->n_columns; c++) {
        str_clear(&text);
        doc_format_heading(&t->columns[c], &text);
        json_t *name = text_json(str_text(&text));
        json_array_append_new(columns, json_pack("{s:o, s:b}", "name", name, "numeric",
                                                 t->columns[c].kind != DOC_TEXT));
    }
    for (size_t i = 0; i < t->n_rows; i++) {
        json_t *row = json_array();
        for (size_t c = 0; c < t->n_columns; c++) {
            str_clear(&text);
            doc_format_cell(&t->columns[c], doc_cell(t, i, c), &text);
            json_array_append_new(row, text_json(str_text(&text)));
        }
        json_array_append_new(rows, row);
    }
    json_t *o = json_pack("{s:o, s:o}", "columns", columns, "rows", rows);
    json_object_set_new(o, "title", text_json(t->title));
    json_object_set_new(o, "note", text_json(t->note));
    return o;
}

static json_t *figure_json(const struct doc_figure *f)
{
    json_t *panels = json_array(), *o = json_object();
    for (size_t i = 0; i < f->n_panels; i++) {
        struct str svg CLEANUP_STR = {0};
        char *id CLEANUP_FREE = xasprintf("%s-%zu", f->id, i);
        struct html h = {.out = &svg};
        draw_panel(&h, f, &f->panels[i], id);
        json_t *panel = json_object();
        json_object_set_new(panel, "title", text_json(f->panels[i].title));
        json_object_set_new(panel, "svg", text_json(str_text(&svg)));
        json_array_append_new(panels, panel);
    }
    json_object_set_new(o, "id", text_json(f->id));
    json_object_set_new(o, "title", text_json(f->title));
    json_object_set_new(o, "caption", text_json(f->caption));
    json_object_set_new(o, "panels", panels);
    if (f->table)
        json_object_set_new(o, "table", table_json(f->table));
    return o;
}

static json_t *verdict_json(const struct doc_conclusion *v)
{
    static const char *const tones[] = {
        [DOC_MET] = "met", [DOC_NOT_MET] = "not-met", [DOC_CANNOT_TELL] = "cannot-tell"};
    json_t *o = json_pack("{s:s}", "tone", tones[v->tone]);
    json_object_set_new(o, "statement", text_json(v->statement));
    json_object_set_new(o, "finding", text_json(v->finding));
    return o;
}

static json_t *titled(const char *a, const char *first, const char *b, const char *second)
{
    json_t *o = json_object();
    json_object_set_new(o, a, text_json(first));
    json_object_set_new(o, b, text_json(second));
    return o;
}

json_t *doc_json(const struct doc *d)
{
    json_t *blocks = json_array(), *out = json_object();
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct doc_block *b = &d->blocks[i];
        json_t *o = json_object();
        if (b->table)
            json_object_set_new(o, "table", table_json(b->table));
        else if (b->figure)
            json_object_set_new(o, "figure", figure_json(b->figure));
        else if (b->listing)
            json_object_set_new(o, "listing",
                                titled("title", b->listing->title, "text", b->listing->text));
        else if (b->section)
            json_object_set_new(o, "section",
                                titled("id", b->section->id, "title", b->section->title));
        else if (b->verdict)
            json_object_set_new(o, "verdict", verdict_json(b->verdict));
        else
            json_object_set_new(o, "text", text_json(b->text));
        json_array_append_new(blocks, o);
    }
    json_object_set_new(out, "title", text_json(d->title));
    json_object_set_new(out, "blocks", blocks);
    return out;
}
