/* See figure.h. */
#include "doc/figure.h"
#include <math.h>

double figure_shown(const struct figure_axis *axis, double value)
{
    return axis->scale == 0 ? value : value * axis->scale;
}

struct doc_figure *figure_add(struct doc *d, enum figure_kind kind, const char *id,
                              const char *title, size_t n_panels, size_t n_series)
{
    struct doc_figure *f = arena_alloc(d->arena, sizeof *f);
    *f = (struct doc_figure){.kind = kind,
                             .id = id,
                             .title = title,
                             .caption = "",
                             .series_name = "arm",
                             .panels = arena_alloc(d->arena, n_panels * sizeof *f->panels),
                             .n_panels = n_panels};
    for (size_t i = 0; i < n_panels; i++) {
        struct figure_panel *p = &f->panels[i];
        p->title = "";
        p->mark = NAN;
        p->x.name = p->y.name = "";
        p->series = arena_alloc(d->arena, n_series * sizeof *p->series);
        p->n_series = n_series;
        for (size_t s = 0; s < n_series; s++)
            p->series[s] = (struct figure_series){.name = "", .colour = (int)s};
    }
    doc_add_figure(d, f);
    return f;
}

struct figure_point *figure_points(struct doc *d, struct figure_series *s, size_t n)
{
    s->points = arena_alloc(d->arena, n * sizeof *s->points);
    s->n = n;
    for (size_t i = 0; i < n; i++)
        s->points[i].y = (struct stats_estimate){.value = NAN, .ci = {NAN, NAN}};
    return s->points;
}

static void widen(double value, double *low, double *high, bool *any)
{
    if (!isfinite(value))
        return;
    *low = *any ? fmin(*low, value) : value;
    *high = *any ? fmax(*high, value) : value;
    *any = true;
}

bool figure_range_y(const struct figure_panel *p, double *low, double *high)
{
    bool any = false;
    for (size_t s = 0; s < p->n_series; s++)
        for (size_t i = 0; i < p->series[s].n; i++) {
            const struct stats_estimate *e = &p->series[s].points[i].y;
            widen(figure_shown(&p->y, e->value), low, high, &any);
            if (isfinite(e->value)) {
                widen(figure_shown(&p->y, e->ci.low), low, high, &any);
                widen(figure_shown(&p->y, e->ci.high), low, high, &any);
            }
        }
    return any;
}

bool figure_range_x(const struct figure_panel *p, double *low, double *high)
{
    bool any = false;
    for (size_t s = 0; s < p->n_series; s++)
        for (size_t i = 0; i < p->series[s].n; i++)
            if (isfinite(p->series[s].points[i].y.value))
                widen(figure_shown(&p->x, p->series[s].points[i].x), low, high, &any);
    return any;
}

/* ---- the table of a figure ---- */

bool figure_has_rows(enum figure_kind kind)
{
    return kind == FIGURE_FOREST || kind == FIGURE_BARS;
}

void figure_axis_title(const struct figure_axis *a, struct str *out)
{
    str_add(out, a->name);
    if (a->unit && a->unit[0])
        str_addf(out, ", %s", a->unit);
}

static const char *axis_name(struct doc *d, const struct figure_axis *a)
{
    struct str text CLEANUP_STR = {0};
    figure_axis_title(a, &text);
    return arena_strdup(d->arena, str_text(&text));
}

/* One panel's points, a row each: the series and x (or the label) name the row. */
static void add_curve_table(struct doc *d, struct doc_figure *f)
{
    struct doc_column columns[4];
    size_t c = 0, n_rows = 0, row = 0;
    const struct figure_panel *first = &f->panels[0];
    bool many = f->n_panels > 1, rows = figure_has_rows(f->kind), series = first->n_series > 1;
    if (many)
        columns[c++] = (struct doc_column){DOC_TEXT, "panel", ""};
    if (series || !rows)
        columns[c++] = (struct doc_column){DOC_TEXT, f->series_name, ""};
    const char *x = many && !rows ? "at" : rows ? first->x.name : axis_name(d, &first->x);
    columns[c++] = (struct doc_column){DOC_TEXT, x, ""};
    columns[c++] = (struct doc_column){DOC_ESTIMATE,    first->y.name,  first->y.unit,
                                       first->y.digits, first->y.scale, true};
    for (size_t p = 0; p < f->n_panels; p++)
        for (size_t s = 0; s < f->panels[p].n_series; s++)
            n_rows += f->panels[p].series[s].n;
    struct doc_table *t = doc_make_table(d, f->title, columns, c, n_rows);
    for (size_t p = 0; p < f->n_panels; p++)
        for (size_t s = 0; s < f->panels[p].n_series; s++)
            for (size_t i = 0; i < f->panels[p].series[s].n; i++, row++) {
                const struct figure_panel *panel = &f->panels[p];
                const struct figure_point *point = &panel->series[s].points[i];
                c = 0;
                if (many)
                    doc_cell(t, row, c++)->text = panel->title;
                if (series || !rows)
                    doc_cell(t, row, c++)->text = panel->series[s].name;
                doc_cell(t, row, c++)->text = rows
                                                  ? point->label
                                                  : arena_printf(d->arena, "%.*f", panel->x.digits,
                                                                 figure_shown(&panel->x, point->x));
                doc_cell(t, row, c)->e = point->y;
            }
    f->table = t;
}

static void add_heat_table(struct doc *d, struct doc_figure *f)
{
    const struct figure_panel *p = &f->panels[0];
    size_t n = p->n_series ? p->series[0].n : 0;
    struct doc_column *columns = arena_alloc(d->arena, (n + 1) * sizeof *columns);
    columns[0] =
        (struct doc_column){DOC_TEXT, arena_printf(d->arena, "%s \\ %s", p->y.name, p->x.name), ""};
    for (size_t c = 0; c < n; c++)
        columns[c + 1] = (struct doc_column){DOC_COUNT, p->series[0].points[c].label, ""};
    struct doc_table *t = doc_make_table(d, f->title, columns, n + 1, p->n_series);
    for (size_t s = 0; s < p->n_series; s++) {
        doc_cell(t, s, 0)->text = p->series[s].name;
        for (size_t c = 0; c < p->series[s].n; c++)
            doc_cell(t, s, c + 1)->e.value = p->series[s].points[c].y.value;
    }
    f->table = t;
}

void figure_finish(struct doc *d, struct doc_figure *f)
{
    if (f->kind == FIGURE_HEAT)
        add_heat_table(d, f);
    else
        add_curve_table(d, f);
}

void figure_add_counts(struct doc *d, const char *id, const struct doc_table *t, const char *rows,
                       const char *columns, const char *caption)
{
    struct doc_figure *f = figure_add(d, FIGURE_HEAT, id, t->title, 1, t->n_rows);
    struct figure_panel *p = &f->panels[0];
    f->repeats = true;
    p->x.name = columns;
    p->y.name = rows;
    for (size_t row = 0; row < t->n_rows; row++) {
        struct figure_point *point = figure_points(d, &p->series[row], t->n_columns - 1);
        p->series[row].name = doc_cell(t, row, 0)->text;
        for (size_t c = 1; c < t->n_columns; c++) {
            point[c - 1].label = t->columns[c].name;
            point[c - 1].y.value = doc_cell(t, row, c)->e.value;
        }
    }
    f->caption = caption;
    figure_finish(d, f);
}
