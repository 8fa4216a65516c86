/* Charts whose points are rows: the forest of differences, bars, and the heat map of counts. */
#include <math.h>
#include "doc/draw_impl.h"

enum { ROW = 21, LABEL = 128, NUMBER = 118, GAP = 8, FOOT = 24 };

static void put_number(struct str *out, const struct figure_axis *axis, double value, bool sign)
{
    double x = figure_shown(axis, value);
    if (sign && x > 0)
        str_addc(out, '+');
    svg_format(x, axis->digits, out);
}

/* "+20.8 [-21.1, 62.8]" at the end of its row. */
static void draw_number(struct html *h, const struct figure_axis *axis,
                        const struct stats_estimate *e, double y, bool sign, const char *class)
{
    struct str text CLEANUP_STR = {0};
    if (!isfinite(e->value)) {
        str_add(&text, "\xe2\x80\x93"); /* U+2013 */
    } else {
        put_number(&text, axis, e->value, sign);
        if (isfinite(e->ci.low) && isfinite(e->ci.high)) {
            str_add(&text, " [");
            put_number(&text, axis, e->ci.low, false);
            str_add(&text, ", ");
            put_number(&text, axis, e->ci.high, false);
            str_add(&text, "]");
        }
    }
    svg_text(h, class, "end", DRAW_WIDTH - 1, y + 4, 0, text.p);
}

/* A rule at `value` through the rows, with its number below. */
static void draw_ticks(struct html *h, const struct svg_scale *x, double top, double bottom)
{
    struct svg_ticks t = svg_ticks(x->low, x->high, 4);
    for (size_t i = 0; i < t.n; i++) {
        struct str text CLEANUP_STR = {0};
        double at = svg_place(x, t.at[i]);
        svg_format(t.at[i], t.digits, &text);
        svg_line(h, "grid", at, top, at, bottom);
        svg_text(h, "tk", "middle", at, bottom + 14, 0, text.p);
    }
}

static size_t rows_of(const struct figure_panel *p)
{
    size_t n = 0;
    for (size_t s = 0; s < p->n_series; s++)
        n += p->series[s].n;
    return n;
}

/* The scale between labels and numbers; zero is always on it. */
static struct svg_scale row_scale(const struct figure_panel *p, double low, double high)
{
    struct svg_scale x = {.low = low, .high = high, .from = LABEL + GAP};
    x.to = DRAW_WIDTH - NUMBER - GAP;
    figure_range_y(p, &x.low, &x.high);
    x.low = fmin(x.low, 0);
    x.high = fmax(x.high, 0);
    if (isfinite(p->mark)) {
        x.low = fmin(x.low, figure_shown(&p->y, p->mark));
        x.high = fmax(x.high, figure_shown(&p->y, p->mark));
    }
    svg_nice(&x.low, &x.high, 4);
    return x;
}

static void draw_forest_row(struct html *h, const struct figure_panel *p,
                            const struct figure_point *point, const struct svg_scale *x, double y)
{
    const struct stats_estimate *e = &point->y;
    double at = isfinite(e->value) ? svg_place(x, figure_shown(&p->y, e->value)) : NAN;
    svg_text(h, point->strong ? "tx st" : "tx", "start", 1, y + 4, LABEL, point->label);
    if (isfinite(e->ci.low) && isfinite(e->ci.high))
        svg_line(h, "ws", svg_place(x, figure_shown(&p->y, e->ci.low)), y,
                 svg_place(x, figure_shown(&p->y, e->ci.high)), y);
    svg_mark(h, point->strong ? 3 : 1, at, y, point->strong ? 4.6 : 3);
    draw_number(h, &p->y, e, y, true, point->strong ? "nm st" : "nm");
}

void draw_forest(struct html *h, const struct doc_figure *f, const struct figure_panel *p,
                 const char *id)
{
    double top = 20, bottom = top + ROW * (double)rows_of(p), y = top + ROW / 2.0;
    struct svg_scale x = row_scale(p, -1, 1);
    struct str axis CLEANUP_STR = {0};
    draw_open(h, f, p, id, bottom + FOOT);
    figure_axis_title(&p->y, &axis);
    svg_text(h, "ax", "end", DRAW_WIDTH - 1, 12, 0, str_text(&axis));
    svg_text(h, "ax st", "start", 1, 12, DRAW_WIDTH - svg_text_width(str_text(&axis)) - GAP,
             p->title);
    draw_ticks(h, &x, top, bottom);
    svg_line(h, "zero", svg_place(&x, 0), top, svg_place(&x, 0), bottom);
    if (isfinite(p->mark)) {
        double at = svg_place(&x, figure_shown(&p->y, p->mark));
        svg_line(h, "mark", at, top, at, bottom);
    }
    draw_group(h, 0);
    for (size_t s = 0; s < p->n_series; s++)
        for (size_t i = 0; i < p->series[s].n; i++, y += ROW)
            draw_forest_row(h, p, &p->series[s].points[i], &x, y);
    html_close(h);
    html_close(h);
}

void draw_bars(struct html *h, const struct doc_figure *f, const struct figure_panel *p,
               const char *id)
{
    enum { HEAD = 18 }; /* a line for the name of a series; one bar each has the name itself */
    bool single = rows_of(p) == p->n_series;
    double head = single ? 0 : HEAD, top = 20, y = top;
    double bottom = top + ROW * (double)rows_of(p) + head * (double)p->n_series;
    struct svg_scale x = row_scale(p, 0, 1);
    struct str axis CLEANUP_STR = {0};
    draw_open(h, f, p, id, bottom + FOOT);
    figure_axis_title(&p->y, &axis);
    svg_text(h, "ax", "end", DRAW_WIDTH - 1, 12, 0, str_text(&axis));
    draw_ticks(h, &x, top, bottom);
    for (size_t s = 0; s < p->n_series; s++) {
        const struct figure_series *series = &p->series[s];
        if (!single)
            svg_text(h, "tx st", "start", 1, y + 14, LABEL, series->name);
        y += head;
        draw_group(h, series->colour);
        for (size_t i = 0; i < series->n; i++, y += ROW) {
            const struct stats_estimate *e = &series->points[i].y;
            double to = svg_place(&x, figure_shown(&p->y, e->value)), from = svg_place(&x, 0);
            svg_text(h, "tx", "start", single ? 1 : 10, y + ROW / 2.0 + 4, LABEL - 10,
                     series->points[i].label);
            svg_rect(h, "br", fmin(from, to), y + 4, fabs(to - from), ROW - 8);
            if (isfinite(e->ci.low) && isfinite(e->ci.high))
                svg_line(h, "wb", svg_place(&x, figure_shown(&p->y, e->ci.low)), y + ROW / 2.0,
                         svg_place(&x, figure_shown(&p->y, e->ci.high)), y + ROW / 2.0);
            draw_number(h, &p->y, e, y + ROW / 2.0, false, "nm");
        }
        html_close(h);
    }
    svg_line(h, "axis", svg_place(&x, 0), top, svg_place(&x, 0), bottom);
    html_close(h);
}

static double largest(const struct figure_panel *p)
{
    double low = 0, high = 0;
    figure_range_y(p, &low, &high);
    return fmax(high, 1);
}

static void draw_heat_cell(struct html *h, const struct figure_panel *p, double value, double x,
                           double y, double w, double height)
{
    struct str text CLEANUP_STR = {0};
    if (!isfinite(value))
        return;
    html_open(h, "rect");
    html_attr(h, "class", "ht");
    html_number(h, "x", x + 1);
    html_number(h, "y", y + 1);
    html_number(h, "width", w - 2);
    html_number(h, "height", height - 2);
    /* Square root, so that small counts stay visible. */
    html_number(h, "fill-opacity", value > 0 ? 0.06 + 0.44 * sqrt(value / largest(p)) : 0);
    html_close(h);
    svg_format(value, 0, &text);
    svg_text(h, value > 0 ? "hn" : "hn none", "middle", x + w / 2, y + height / 2 + 4, 0, text.p);
}

/* The names of the columns: horizontal where they fit, else rotated. */
static void draw_heat_columns(struct html *h, const struct figure_panel *p, double left, double w,
                              double y, bool turned)
{
    for (size_t c = 0; p->n_series && c < p->series[0].n; c++) {
        double x = left + w * ((double)c + 0.5);
        if (turned) {
            html_open(h, "g");
            html_attrf(h, "transform", "rotate(-40 %.1f %.1f)", x, y);
        }
        svg_text(h, "tk", turned ? "start" : "middle", x, y, turned ? 0 : w,
                 p->series[0].points[c].label);
        if (turned)
            html_close(h);
    }
}

static double widest_column(const struct figure_panel *p)
{
    double width = 0;
    for (size_t c = 0; p->n_series && c < p->series[0].n; c++)
        width = fmax(width, svg_text_width(p->series[0].points[c].label));
    return width;
}

void draw_heat(struct html *h, const struct doc_figure *f, const struct figure_panel *p,
               const char *id)
{
    enum { SIDE = 106, CELL = 26, EDGE = 30 };
    size_t n = p->n_series ? p->series[0].n : 0;
    double width = widest_column(p), w = (DRAW_WIDTH - SIDE) / fmax((double)n, 1);
    bool turned = width > w;
    if (turned) /* room for the last, slanted name */
        w = (DRAW_WIDTH - SIDE - EDGE) / (double)n;
    double head = turned ? 26 + fmin(width, 110) * 0.65 : 38;
    draw_open(h, f, p, id, head + CELL * (double)p->n_series + 2);
    svg_text(h, "ax st", "start", SIDE, 12, DRAW_WIDTH - SIDE, p->x.name);
    svg_text(h, "ax st", "start", 1, head - 8, SIDE, p->y.name);
    draw_heat_columns(h, p, SIDE, w, head - 8, turned);
    draw_group(h, 0);
    for (size_t s = 0; s < p->n_series; s++) {
        double y = head + CELL * (double)s;
        svg_text(h, "tx", "start", 1, y + CELL / 2.0 + 4, SIDE - 4, p->series[s].name);
        for (size_t c = 0; c < p->series[s].n; c++)
            draw_heat_cell(h, p, p->series[s].points[c].y.value, SIDE + w * (double)c, y, w, CELL);
    }
    html_close(h);
    html_close(h);
}
