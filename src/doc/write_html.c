/* One HTML page that opens from disk: no external links, no script, for light and dark screens and
 * paper. The style is page.css; figures are inline SVG, with their numbers below. */
#include <math.h>
#include <string.h>
#include "doc/draw.h"
#include "doc/figure.h"
#include "doc/html.h"
#include "doc/page_css.h" /* made of page.css */

struct page {
    struct html h;
    int tables, figures;
    bool in_section;
};

/* ---- sentences ---- */

/* Typography for a sentence with numbers: no line break between a number and its sign; in the
 * program's own text also minus and comparison signs. */
static void put_prose(struct html *h, const char *text, bool signs)
{
    struct str out CLEANUP_STR = {0};
    for (const char *s = text; *s; s++) {
        bool starts = s == text || s[-1] == ' ' || s[-1] == '[';
        if (signs && *s == '-' && starts && ((s[1] >= '0' && s[1] <= '9') || s[1] == ' '))
            str_add(&out, "\xe2\x88\x92"); /* U+2212 */
        else if (signs && (*s == '>' || *s == '<') && s[1] == '=')
            str_add(&out, *s++ == '>' ? "\xe2\x89\xa5" : "\xe2\x89\xa4");
        else if (*s == ' ' && (s[1] == '%' || s[1] == '=' || (s > text && s[-1] == '=')))
            str_add(&out, "\xc2\xa0"); /* no-break space */
        else
            str_addc(&out, *s);
    }
    html_text(h, str_text(&out));
}

static void put_paragraph(struct html *h, const char *class, const char *text, bool signs)
{
    html_open(h, "p");
    if (class)
        html_attr(h, "class", class);
    put_prose(h, text, signs);
    html_close(h);
}

/* ---- tables ---- */

static void put_minus(struct html *h, const char *element, const char *class, double value,
                      int digits)
{
    struct str text CLEANUP_STR = {0};
    str_addf(&text, "%.*f", digits, fabs(value));
    bool negative = value < 0 && strpbrk(text.p, "123456789");
    html_open(h, element);
    html_attr(h, "class", class);
    html_textf(h, "%s%s", negative ? "\xe2\x88\x92" : "", text.p); /* U+2212 */
    html_close(h);
}

/* The value, and in small type its interval and n. */
static void put_estimate(struct html *h, const struct doc_column *c, const struct stats_estimate *e)
{
    double scale = c->scale == 0 ? 1 : c->scale;
    put_minus(h, "span", "v", e->value * scale, c->digits);
    if (!isnan(e->ci.low)) {
        html_text(h, " ");
        html_open(h, "span");
        html_attr(h, "class", "ci");
        html_text(h, "[");
        put_minus(h, "span", "lo", e->ci.low * scale, c->digits);
        html_text(h, ", ");
        put_minus(h, "span", "hi", e->ci.high * scale, c->digits);
        html_text(h, "]");
        html_close(h);
    }
    if (c->show_n) {
        html_text(h, " ");
        html_open(h, "span");
        html_attr(h, "class", "n");
        html_textf(h, "n=%ld", e->n);
        html_close(h);
    }
}

static void put_cell(struct html *h, const struct doc_column *column, const struct doc_cell *cell,
                     bool first)
{
    enum { LONG = 40 }; /* bytes of a label that may be broken anywhere */
    struct str text CLEANUP_STR = {0};
    bool label = doc_is_text(column->kind);
    doc_format_cell(column, cell, &text);
    html_open(h, label && first ? "th" : "td");
    if (label && first)
        html_attr(h, "scope", "row");
    html_attr(h, "class", !label ? "num" : text.len > LONG ? "long" : "tx");
    if (cell->link)
        html_link(h, cell->link, str_text(&text));
    else if (column->kind == DOC_ESTIMATE && !isnan(cell->e.value))
        put_estimate(h, column, &cell->e);
    else
        html_text(h, str_text(&text));
    html_close(h);
}

static void put_heading(struct html *h, const struct doc_column *column)
{
    html_open(h, *column->name ? "th" : "td");
    if (*column->name)
        html_attr(h, "scope", "col");
    html_attr(h, "class", doc_is_text(column->kind) ? "tx" : "num");
    html_text(h, column->name);
    if (column->unit && column->unit[0]) {
        html_text(h, ", ");
        html_el_class(h, "span", "unit", column->unit);
    }
    html_close(h);
}

static void put_rows(struct html *h, const struct doc_table *t)
{
    html_open(h, "thead");
    html_open(h, "tr");
    for (size_t c = 0; c < t->n_columns; c++)
        put_heading(h, &t->columns[c]);
    html_close(h);
    html_close(h);
    html_open(h, "tbody");
    for (size_t row = 0; row < t->n_rows; row++) {
        html_open(h, "tr");
        for (size_t c = 0; c < t->n_columns; c++)
            put_cell(h, &t->columns[c], doc_cell(t, row, c), c == 0);
        html_close(h);
    }
    html_close(h);
}

/* number 0: the table of a figure, without a caption. A wide table scrolls by itself, by keyboard
 * too. */
static void put_table(struct html *h, const struct doc_table *t, int number)
{
    html_open(h, "div");
    html_attr(h, "class", "scroll");
    html_attr(h, "role", "region");
    html_attr(h, "tabindex", "0");
    html_attr(h, "aria-label", t->title);
    html_open(h, "table");
    html_open(h, "caption");
    html_open(h, "span");
    if (number)
        html_textf(h, "Table %d. ", number);
    html_text(h, t->title);
    html_close(h);
    html_close(h);
    put_rows(h, t);
    html_close(h);
    html_close(h);
    if (t->note)
        put_paragraph(h, "note", t->note, false);
}

/* ---- figures ---- */

static void put_caption(struct html *h, const struct doc_figure *f, int number)
{
    html_open(h, "figcaption");
    html_open(h, "p");
    html_open(h, "strong");
    html_textf(h, "Figure %d. %s.", number, f->title);
    html_close(h);
    html_text(h, " ");
    put_prose(h, f->caption, false);
    html_close(h);
    if (!f->repeats) {
        html_open(h, "details");
        html_attr(h, "class", "numbers");
        html_el(h, "summary", "The numbers of this figure");
        put_table(h, f->table, 0);
        html_close(h);
    }
    html_close(h);
}

static void put_figure(struct page *page, const struct doc_figure *f)
{
    struct html *h = &page->h;
    html_open(h, "figure");
    html_attrf(h, "id", "fig-%s", f->id);
    html_attrf(h, "class", "%s%s", f->n_panels > 1 ? "many" : "one", f->repeats ? " repeats" : "");
    html_open(h, "div");
    html_attr(h, "class", "panels");
    for (size_t i = 0; i < f->n_panels; i++) {
        struct str id CLEANUP_STR = {0};
        str_addf(&id, "svg-%s-%zu", f->id, i + 1);
        html_open(h, "div");
        html_attr(h, "class", "panel");
        if (f->n_panels > 1 && f->kind != FIGURE_FOREST) /* a forest has the titles in its rows */
            html_el_class(h, "p", "what", f->panels[i].title);
        draw_panel(h, f, &f->panels[i], id.p);
        html_close(h);
    }
    html_close(h);
    put_caption(h, f, ++page->figures);
    html_close(h);
}

/* ---- the rest ---- */

static void put_listing(struct html *h, const struct doc_listing *l)
{
    html_open(h, l->folded ? "details" : "div");
    html_attr(h, "class", "listing");
    html_attr(h, "id", l->id);
    html_el(h, l->folded ? "summary" : "h3", l->title);
    html_pre(h, l->text);
    html_close(h);
}

static void put_section(struct page *page, const struct doc_section *s)
{
    struct html *h = &page->h;
    if (page->in_section)
        html_close(h);
    page->in_section = true;
    html_open(h, "section");
    html_attrf(h, "aria-labelledby", "%s", s->id);
    html_open(h, "h2");
    html_attr(h, "id", s->id);
    html_text(h, s->title);
    html_close(h);
}

/* The outcome is shown as a word and as a colour. */
static void put_verdict(struct html *h, const struct doc_conclusion *v)
{
    static const char *const class[] = {[DOC_MET] = "verdict met",
                                        [DOC_NOT_MET] = "verdict not-met",
                                        [DOC_CANNOT_TELL] = "verdict cannot-tell"};
    html_open(h, "div");
    html_attr(h, "class", class[v->tone]);
    put_paragraph(h, "statement", v->statement, true);
    for (const char *line = v->finding, *end; *line; line = end + (*end == '\n')) {
        end = strchrnul(line, '\n');
        char *text CLEANUP_FREE = xstrndup(line, (size_t)(end - line));
        if (*text)
            put_paragraph(h, NULL, text, true);
    }
    html_close(h);
}

static void put_block(struct page *page, const struct doc_block *b)
{
    if (b->table)
        put_table(&page->h, b->table, ++page->tables);
    else if (b->figure)
        put_figure(page, b->figure);
    else if (b->listing)
        put_listing(&page->h, b->listing);
    else if (b->section)
        put_section(page, b->section);
    else if (b->verdict)
        put_verdict(&page->h, b->verdict);
    else
        put_paragraph(&page->h, NULL, b->text, false);
}

static void put_meta(struct html *h, const char *name, const char *content)
{
    html_void(h, "meta");
    html_attr(h, "name", name);
    html_attr(h, "content", content);
}

static void put_head(struct html *h, const struct doc *d)
{
    html_open(h, "head");
    html_void(h, "meta");
    html_attr(h, "charset", "utf-8");
    html_void(
        h, "meta"); /* the browser fetches nothing and runs nothing, whatever the page contains */
    html_attr(h, "http-equiv", "Content-Security-Policy");
    html_attr(h, "content", "default-src 'none'; style-src 'unsafe-inline'");
    put_meta(h, "viewport", "width=device-width, initial-scale=1");
    put_meta(h, "color-scheme", "light dark");
    html_el(h, "title", d->title);
    html_open(h, "style");
    html_trusted(h, page_css);
    html_close(h);
    html_close(h);
    html_trusted(h, "\n");
}

static void put_navigation(struct html *h, const struct doc *d)
{
    bool any = false;
    for (size_t i = 0; i < d->n_blocks; i++) {
        if (!d->blocks[i].section)
            continue;
        if (!any) {
            html_open(h, "nav");
            html_attr(h, "aria-label", "Contents");
            html_open(h, "ul");
        }
        any = true;
        html_open(h, "li");
        html_link(h, d->blocks[i].section->id, d->blocks[i].section->title);
        html_close(h);
    }
    if (any) {
        html_close(h);
        html_close(h);
    }
}

void doc_write_html(const struct doc *d, struct str *out)
{
    struct page page = {.h = {.out = out}};
    struct html *h = &page.h;
    html_trusted(h, "<!DOCTYPE html>\n");
    html_open(h, "html");
    html_attr(h, "lang", "en");
    put_head(h, d);
    html_open(h, "body");
    html_open(h, "a");
    html_attr(h, "class", "skip");
    html_attr(h, "href", "#main");
    html_text(h, "Skip to the results");
    html_close(h);
    html_open(h, "header");
    html_el(h, "h1", d->title);
    put_navigation(h, d);
    html_close(h);
    html_open(h, "main");
    html_attr(h, "id", "main");
    for (size_t i = 0; i < d->n_blocks; i++)
        put_block(&page, &d->blocks[i]);
    html_close_to(h, 0);
    html_trusted(h, "\n");
}
