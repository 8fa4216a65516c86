/* Curves: a frame with axes and legend, and in it lines, steps or points. draw_rows.c has the
 * charts whose points are rows. */
#include "doc/draw.h"
#include <math.h>
#include "doc/draw_impl.h"

enum { LEFT = 46, RIGHT = 14, PLOT = 176, LINE = 15, AXIS = 38 };

/* ---- title, description, legend ---- */

static void describe_point(const struct figure_panel *p, const struct figure_point *point,
                           struct str *out)
{
    if (point->label)
        str_addf(out, " %s: ", point->label);
    else
        str_addf(out, " at %.*f: ", p->x.digits, figure_shown(&p->x, point->x));
    if (isfinite(point->y.value))
        svg_format(figure_shown(&p->y, point->y.value), p->y.digits, out);
    else
        str_add(out, "none");
}

/* The picture in words: the first and last point of each series, or all of a short one. */
static void describe(const struct doc_figure *f, const struct figure_panel *p, struct str *out)
{
    enum { ALL = 8 };
    figure_axis_title(&p->y, out);
    if (p->x.name[0]) {
        str_add(out, ", by ");
        figure_axis_title(&p->x, out);
    }
    str_add(out, ".");
    for (size_t s = 0; s < p->n_series; s++) {
        const struct figure_series *series = &p->series[s];
        if (series->name[0])
            str_addf(out, " %s:", series->name);
        for (size_t i = 0; i < series->n; i++) {
            if (series->n > ALL && i > 0 && i + 1 < series->n)
                continue;
            describe_point(p, &series->points[i], out);
            str_addc(out, i + 1 < series->n ? ';' : '.');
        }
    }
    str_addf(out, " The table below the figure holds every number%s.",
             f->kind == FIGURE_HEAT ? "" : ", with intervals and n");
}

void draw_open(struct html *h, const struct doc_figure *f, const struct figure_panel *p,
               const char *id, double height)
{
    struct str text CLEANUP_STR = {0};
    html_open(h, "svg");
    html_attr(h, "role", "img");
    html_attrf(h, "viewBox", "0 0 %d %.0f", DRAW_WIDTH, height);
    html_attrf(h, "aria-labelledby", "%s-t %s-d", id, id);
    html_open(h, "title");
    html_attrf(h, "id", "%s-t", id);
    html_textf(h, "%s%s%s", f->title, p->title[0] ? ": " : "", p->title);
    html_close(h);
    html_open(h, "desc");
    html_attrf(h, "id", "%s-d", id);
    describe(f, p, &text);
    html_text(h, text.p);
    html_close(h);
}

void draw_group(struct html *h, int colour)
{
    html_open(h, "g");
    html_attrf(h, "class", "s%d", colour % DRAW_COLOURS);
}

/* The legend, in as many lines as it needs. Returns y of the last line. */
double draw_legend(struct html *h, const struct figure_panel *p, double y)
{
    enum { MARK = 24, GAP = 14 };
    double x = 2;
    for (size_t s = 0; s < p->n_series; s++) {
        const struct figure_series *series = &p->series[s];
        double width = MARK + fmin(svg_text_width(series->name), DRAW_WIDTH - MARK);
        if (x > 2 && x + width > DRAW_WIDTH) {
            x = 2;
            y += LINE;
        }
        draw_group(h, series->colour);
        svg_line(h, "ln", x, y - 4, x + MARK - 6, y - 4);
        svg_mark(h, series->colour, x + (MARK - 6) / 2.0, y - 4, 3.2);
        html_close(h);
        svg_text(h, "tx", "start", x + MARK, y, DRAW_WIDTH - MARK, series->name);
        x += width + GAP;
    }
    return y;
}

/* ---- the frame ---- */

struct frame {
    struct svg_scale x, y;
};

static void tick_label(struct html *h, const char *anchor, double x, double y, double value,
                       int digits)
{
    struct str text CLEANUP_STR = {0};
    svg_format(value, digits, &text);
    svg_text(h, "tk", anchor, x, y, 0, text.p);
}

static void draw_axis_y(struct html *h, const struct frame *f)
{
    struct svg_ticks t = svg_ticks(f->y.low, f->y.high, 5);
    for (size_t i = 0; i < t.n; i++) {
        double y = svg_place(&f->y, t.at[i]);
        svg_line(h, "grid", f->x.from, y, f->x.to, y);
        tick_label(h, "end", f->x.from - 6, y + 3.5, t.at[i], t.digits);
    }
}

/* A whole-numbered axis has no ticks between whole numbers. */
static int wanted_ticks(const struct figure_axis *axis, double span)
{
    return axis->digits == 0 ? (int)fmax(1, fmin(6, ceil(span))) : 6;
}

static struct svg_ticks ticks_at_points(const struct figure_series *s)
{
    struct svg_ticks t = {0};
    for (; t.n < s->n && t.n < SVG_MAX_TICKS; t.n++)
        t.at[t.n] = s->points[t.n].x;
    return t;
}

static void draw_axis_x(struct html *h, const struct frame *f, const struct figure_panel *p)
{
    double y = f->y.from, span = f->x.high - f->x.low;
    struct svg_ticks t = p->x.log2 ? ticks_at_points(&p->series[0])
                                   : svg_ticks(f->x.low, f->x.high, wanted_ticks(&p->x, span));
    svg_line(h, "axis", f->x.from, y, f->x.to, y);
    for (size_t i = 0; i < t.n; i++) {
        double x = svg_place(&f->x, t.at[i]);
        svg_line(h, "axis", x, y, x, y + 4);
        tick_label(h, "middle", x, y + 16, t.at[i], t.digits);
    }
}

static void axis_title(struct html *h, const char *anchor, double x, double y,
                       const struct figure_axis *axis)
{
    struct str text CLEANUP_STR = {0};
    figure_axis_title(axis, &text);
    svg_text(h, "ax", anchor, x, y, DRAW_WIDTH, str_text(&text));
}

/* The scales; false when there is nothing to draw. */
static bool make_frame(const struct doc_figure *figure, const struct figure_panel *p, double top,
                       struct frame *f)
{
    *f = (struct frame){.x = {.from = LEFT, .to = DRAW_WIDTH - RIGHT, .log2 = p->x.log2},
                        .y = {.from = top + PLOT, .to = top}};
    if (!figure_range_x(p, &f->x.low, &f->x.high) || !figure_range_y(p, &f->y.low, &f->y.high))
        return false;
    if (p->y.high > p->y.low) {
        f->y.low = p->y.low;
        f->y.high = p->y.high;
    } else {
        svg_nice(&f->y.low, &f->y.high, 5);
    }
    if (figure->kind == FIGURE_POINTS) { /* room for several series side by side */
        f->x.low = p->x.log2 ? f->x.low / sqrt(2) : f->x.low - 0.5;
        f->x.high = p->x.log2 ? f->x.high * sqrt(2) : f->x.high + 0.5;
    } else if (p->x.high > p->x.low) {
        f->x.low = p->x.low;
        f->x.high = p->x.high;
    } else if (!(f->x.high > f->x.low)) {
        svg_nice(&f->x.low, &f->x.high, 4);
    } else if (figure->kind == FIGURE_STEPS) { /* make room for the last step */
        f->x.high +=
            p->x.digits == 0 ? fmax(0.5, (f->x.high - f->x.low) / 16) : (f->x.high - f->x.low) / 16;
    }
    return true;
}

/* ---- lines, steps and points ---- */

/* A point as it is drawn; a step makes two of it. */
struct spot {
    double x, y, low, high;
};

static struct spot spot_of(const struct frame *f, const struct figure_panel *p,
                           const struct figure_point *point)
{
    const struct stats_estimate *e = &point->y;
    bool whiskers = isfinite(e->ci.low) && isfinite(e->ci.high);
    return (struct spot){
        .x = svg_place(&f->x, figure_shown(&p->x, point->x)),
        .y = isfinite(e->value) ? svg_place(&f->y, figure_shown(&p->y, e->value)) : NAN,
        .low = svg_place(&f->y, figure_shown(&p->y, whiskers ? e->ci.low : e->value)),
        .high = svg_place(&f->y, figure_shown(&p->y, whiskers ? e->ci.high : e->value))};
}

static void path(struct html *h, const char *class, const struct str *d)
{
    if (!d->len)
        return;
    html_open(h, "path");
    html_attr(h, "class", class);
    html_attr(h, "d", d->p);
    html_close(h);
}

/* Line and band of consecutive finite points; a step holds until the next one, the last to the end.
 */
static void draw_run(struct html *h, const struct frame *f, const struct figure_panel *p,
                     const struct figure_point *points, size_t n, bool steps)
{
    struct str line CLEANUP_STR = {0}, band CLEANUP_STR = {0};
    struct spot last = {0};
    for (size_t i = 0; i < n; i++) {
        struct spot s = spot_of(f, p, &points[i]);
        if (steps && i > 0) {
            str_addf(&line, "L%.1f %.1f", s.x, last.y);
            str_addf(&band, "L%.1f %.1f", s.x, last.high);
        }
        str_addf(&line, "%c%.1f %.1f", i ? 'L' : 'M', s.x, s.y);
        str_addf(&band, "%c%.1f %.1f", i ? 'L' : 'M', s.x, s.high);
        last = s;
    }
    if (steps && n > 0) {
        str_addf(&line, "L%.1f %.1f", f->x.to, last.y);
        str_addf(&band, "L%.1f %.1f", f->x.to, last.high);
        last.x = f->x.to;
    }
    for (size_t i = n; i-- > 0;) { /* back along the lower limits */
        struct spot s = spot_of(f, p, &points[i]);
        if (steps)
            str_addf(&band, "L%.1f %.1f", last.x, s.low);
        str_addf(&band, "L%.1f %.1f", s.x, s.low);
        last = s;
    }
    if (n > 0)
        str_add(&band, "Z");
    path(h, "bd", &band);
    path(h, "ln", &line);
}

static void draw_curve(struct html *h, const struct frame *f, const struct figure_panel *p,
                       const struct figure_series *s, bool steps)
{
    enum { MARKED = 24 }; /* more points than this need no marks */
    for (size_t i = 0, n; i < s->n; i += n + 1) {
        for (n = 0; i + n < s->n && isfinite(s->points[i + n].y.value);)
            n++;
        draw_run(h, f, p, s->points + i, n, steps);
    }
    for (size_t i = 0; i < s->n && s->n <= MARKED; i++) {
        struct spot spot = spot_of(f, p, &s->points[i]);
        svg_mark(h, s->colour, spot.x, spot.y, 3.2);
    }
}

static void draw_points(struct html *h, const struct frame *f, const struct figure_panel *p,
                        size_t place)
{
    enum { APART = 9 };
    const struct figure_series *s = &p->series[place];
    for (size_t i = 0; i < s->n; i++) {
        struct spot spot = spot_of(f, p, &s->points[i]);
        double x = spot.x + APART * ((double)place - (double)(p->n_series - 1) / 2);
        svg_line(h, "ws", x, spot.low, x, spot.high);
        svg_mark(h, s->colour, x, spot.y, 3.6);
    }
}

static void draw_curves(struct html *h, const struct doc_figure *figure,
                        const struct figure_panel *p, const char *id)
{
    struct str probe CLEANUP_STR = {0}; /* the legend's height is known when it is laid out */
    struct html nowhere = {.out = &probe};
    double top = draw_legend(&nowhere, p, 12) + LINE + 18;
    struct frame f;
    draw_open(h, figure, p, id, top + PLOT + AXIS);
    draw_legend(h, p, 12);
    axis_title(h, "start", 2, top - 14, &p->y);
    if (make_frame(figure, p, top, &f)) {
        draw_axis_y(h, &f);
        for (size_t s = 0; s < p->n_series; s++) {
            draw_group(h, p->series[s].colour);
            if (figure->kind == FIGURE_POINTS)
                draw_points(h, &f, p, s);
            else
                draw_curve(h, &f, p, &p->series[s], figure->kind == FIGURE_STEPS);
            html_close(h);
        }
        draw_axis_x(h, &f, p);
        axis_title(h, "middle", (f.x.from + f.x.to) / 2, top + PLOT + 32, &p->x);
    } else {
        svg_text(h, "tx", "middle", DRAW_WIDTH / 2.0, top + PLOT / 2.0, 0, "nothing to draw");
    }
    html_close(h);
}

void draw_panel(struct html *h, const struct doc_figure *f, const struct figure_panel *p,
                const char *id)
{
    if (f->kind == FIGURE_FOREST)
        draw_forest(h, f, p, id);
    else if (f->kind == FIGURE_BARS)
        draw_bars(h, f, p, id);
    else if (f->kind == FIGURE_HEAT)
        draw_heat(h, f, p, id);
    else
        draw_curves(h, f, p, id);
}
