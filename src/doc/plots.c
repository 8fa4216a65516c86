/* See plots.h. */
#include "doc/plots.h"
#include <math.h>
#include "base/file.h"
#include "base/mem.h"
#include "doc/figure.h"
#include "doc/latex.h"

/* ---- the data ---- */

/* One name per series: two that differ only in what a file's name cannot hold get a number. */
static void file_name(const struct doc_figure *f, size_t panel, size_t series, struct str *out)
{
    str_add(out, f->id);
    if (f->n_panels > 1) {
        str_addf(out, "-%zu-", panel + 1);
        latex_slug(out, f->panels[panel].title);
    }
    if (f->panels[panel].n_series > 1 && f->kind != FIGURE_HEAT) {
        str_addf(out, "-%zu-", series + 1);
        latex_slug(out, f->panels[panel].series[series].name);
    }
    str_add(out, ".csv");
}

static void put_number(struct str *out, double x)
{
    if (isfinite(x))
        str_addf(out, "%.10g,", x);
    else
        str_add(out, "nan,");
}

static void put_label(struct str *out, const char *label)
{
    str_addc(out, '"');
    for (; *label; label++)
        str_addc(out, *label == '"' || *label == '\n' ? '\'' : *label);
    str_add(out, "\",");
}

static void put_points(const struct doc_figure *f, const struct figure_panel *p,
                       const struct figure_series *s, struct str *out)
{
    str_addf(out, "%s,y,low,high,minus,plus,n\n", figure_has_rows(f->kind) ? "row,label" : "x");
    for (size_t i = 0; i < s->n; i++) {
        const struct stats_estimate *e = &s->points[i].y;
        bool bars = isfinite(e->ci.low) && isfinite(e->ci.high);
        put_number(out, figure_has_rows(f->kind) ? (double)(i + 1)
                                                 : figure_shown(&p->x, s->points[i].x));
        if (figure_has_rows(f->kind))
            put_label(out, s->points[i].label);
        put_number(out, figure_shown(&p->y, e->value));
        put_number(out, figure_shown(&p->y, e->ci.low));
        put_number(out, figure_shown(&p->y, e->ci.high));
        put_number(out, bars ? figure_shown(&p->y, e->value - e->ci.low) : 0);
        put_number(out, bars ? figure_shown(&p->y, e->ci.high - e->value) : 0);
        str_addf(out, "%ld\n", e->n);
    }
}

static void put_cells(const struct figure_panel *p, struct str *out)
{
    str_add(out, "column,row,count\n");
    for (size_t s = 0; s < p->n_series; s++)
        for (size_t c = 0; c < p->series[s].n; c++)
            str_addf(out, "%zu,%zu,%.10g\n", c + 1, s + 1, p->series[s].points[c].y.value);
}

static int write_series(const struct doc_figure *f, size_t panel, size_t series, const char *dir,
                        struct err *err)
{
    struct str name CLEANUP_STR = {0}, text CLEANUP_STR = {0};
    const struct figure_panel *p = &f->panels[panel];
    file_name(f, panel, series, &name);
    char *path CLEANUP_FREE = file_join(dir, name.p);
    if (f->kind == FIGURE_HEAT)
        put_cells(p, &text);
    else
        put_points(f, p, &p->series[series], &text);
    return file_write(path, text.p, text.len, err);
}

static int write_data(const struct doc_figure *f, const char *dir, struct err *err)
{
    int rc = 0;
    for (size_t p = 0; p < f->n_panels; p++) {
        size_t n = f->kind == FIGURE_HEAT && f->panels[p].n_series ? 1 : f->panels[p].n_series;
        for (size_t s = 0; s < n && rc == 0; s++)
            rc = write_series(f, p, s, dir, err);
    }
    return rc;
}

/* ---- figures.tex ---- */

static void put_axis_title(struct str *out, const char *key, const struct figure_axis *axis)
{
    struct str text CLEANUP_STR = {0};
    figure_axis_title(axis, &text);
    str_addf(out, ", %s={", key);
    latex_escape(out, str_text(&text));
    str_addc(out, '}');
}

/* ytick={1,...,n}, yticklabels={{...},...} of labelled rows, the first on top. */
static void put_rows(struct str *out, const char *axis, size_t n,
                     const char *(*label)(const void *of, size_t i), const void *of)
{
    str_addf(out, ", %stick={1,...,%zu}, %sticklabels={", axis, n, axis);
    for (size_t i = 0; i < n; i++) {
        str_add(out, i ? ",{" : "{");
        latex_escape(out, label(of, i));
        str_addc(out, '}');
    }
    str_addc(out, '}');
}

static const char *point_label(const void *series, size_t i)
{
    return ((const struct figure_series *)series)->points[i].label;
}

static const char *series_label(const void *panel, size_t i)
{
    return ((const struct figure_panel *)panel)->series[i].name;
}

/* first: the series whose labels the axis has. */
static void open_axis(struct str *out, const struct doc_figure *f, const struct figure_panel *p,
                      const struct figure_series *first)
{
    bool rows = figure_has_rows(f->kind), heat = f->kind == FIGURE_HEAT;
    str_add(out, "\\begin{axis}[width=.9\\linewidth, height=.55\\linewidth, unbounded coords=jump");
    if (f->n_panels > 1 || (rows && p->n_series > 1)) {
        str_add(out, ", title={");
        latex_escape(out, rows ? first->name : p->title);
        str_addc(out, '}');
    }
    put_axis_title(out, "xlabel", rows ? &p->y : &p->x);
    if (!rows)
        put_axis_title(out, "ylabel", &p->y);
    if ((rows || heat) && first->n > 0) {
        str_add(out, ", y dir=reverse");
        put_rows(out, "y", heat ? p->n_series : first->n, heat ? series_label : point_label,
                 heat ? (const void *)p : first);
    }
    if (heat && first->n > 0) {
        put_rows(out, "x", first->n, point_label, first);
        str_addf(out, ", colormap={w}{color=(white) color=(blue!60)}, enlargelimits=false, "
                      "nodes near coords={\\pgfmathprintnumber\\pgfplotspointmeta}");
    }
    double low = 0, high = 0;
    if (p->x.log2)
        str_add(out, ", xmode=log, log basis x=2, xtick=data, log ticks with fixed point");
    else if (!rows && !heat && p->x.digits == 0 && figure_range_x(p, &low, &high) &&
             high - low <= 10)
        str_add(out, ", xtick distance=1");
    if (!rows && !heat && p->y.high > p->y.low)
        str_addf(out, ", ymin=%g, ymax=%g", p->y.low, p->y.high);
    if (f->kind == FIGURE_FOREST && isfinite(p->mark)) /* what the criterion asks for, too */
        str_addf(out,
                 ", extra x ticks={0,%g}, extra x tick labels={}, extra x tick style={grid=major}",
                 figure_shown(&p->y, p->mark));
    else if (f->kind == FIGURE_FOREST)
        str_add(out,
                ", extra x ticks={0}, extra x tick labels={}, extra x tick style={grid=major}");
    str_add(out, ", legend style={draw=none, at={(0.5,1.03)}, anchor=south, legend columns=-1}]\n");
}

static void put_plot(struct str *out, const struct doc_figure *f, size_t panel, size_t series)
{
    static const char *const style[] = {
        [FIGURE_LINES] = "error bars/.cd, y dir=both, y explicit",
        [FIGURE_STEPS] = "const plot, no marks",
        [FIGURE_POINTS] = "only marks, error bars/.cd, y dir=both, y explicit",
        [FIGURE_FOREST] = "only marks, error bars/.cd, x dir=both, x explicit",
        [FIGURE_BARS] = "xbar, error bars/.cd, x dir=both, x explicit",
        [FIGURE_HEAT] = "matrix plot*, point meta=explicit",
    };
    static const char *const curve = "x=x, y=y, y error plus=plus, y error minus=minus";
    static const char *const row = "x=y, y=row, x error plus=plus, x error minus=minus";
    const struct figure_panel *p = &f->panels[panel];
    struct str name CLEANUP_STR = {0};
    file_name(f, panel, series, &name);
    if (f->kind == FIGURE_HEAT)
        str_addf(out,
                 "\\addplot[%s, mesh/cols=%zu] table[col sep=comma, x=column, y=row, "
                 "meta=count] {\\hrmfigures/%s};\n",
                 style[f->kind], p->series[0].n, name.p);
    else
        str_addf(out, "\\addplot+[%s] table[col sep=comma, %s] {\\hrmfigures/%s};\n",
                 style[f->kind], figure_has_rows(f->kind) ? row : curve, name.p);
    for (int side = 0; f->kind == FIGURE_STEPS && side < 2; side++) /* the band's edges */
        str_addf(out,
                 "\\addplot[const plot, no marks, forget plot, dotted] table[col sep=comma, x=x, "
                 "y=%s] {\\hrmfigures/%s};\n",
                 side ? "high" : "low", name.p);
    if (p->n_series > 1 && !figure_has_rows(f->kind) && f->kind != FIGURE_HEAT) {
        str_add(out, "\\addlegendentry{");
        latex_escape(out, p->series[series].name);
        str_add(out, "}\n");
    }
}

/* The series [from, end) of a panel in one frame. */
static void put_frame(struct str *out, const struct doc_figure *f, size_t panel, size_t from,
                      size_t end)
{
    str_add(out, "\\begin{tikzpicture}\n");
    open_axis(out, f, &f->panels[panel], &f->panels[panel].series[from]);
    for (size_t s = from; s < end; s++)
        put_plot(out, f, panel, s);
    str_add(out, "\\end{axis}\n\\end{tikzpicture}\n\n");
}

static void put_figure(struct str *out, const struct doc_figure *f)
{
    str_add(out, "\n\\begin{figure}[htbp]\n\\centering\n");
    for (size_t p = 0; p < f->n_panels; p++) {
        size_t n = f->panels[p].n_series;
        if (n > 0 && !figure_has_rows(f->kind))
            put_frame(out, f, p, 0, f->kind == FIGURE_HEAT ? 1 : n);
        for (size_t s = 0; s < n && figure_has_rows(f->kind); s++) /* rows of their own each */
            put_frame(out, f, p, s, s + 1);
    }
    str_add(out, "\\caption{");
    latex_escape(out, f->title);
    str_add(out, ". ");
    latex_escape(out, f->caption);
    str_addf(out, "}\\label{fig:%s}\n\\end{figure}\n", f->id);
}

/* A matrix plot needs two rows and two columns. */
static bool can_be_drawn(const struct doc_figure *f)
{
    const struct figure_panel *p = &f->panels[0];
    return f->kind != FIGURE_HEAT || (p->n_series > 1 && p->series[0].n > 1);
}

int plots_write(const struct doc *d, const char *dir, struct err *err)
{
    struct str text CLEANUP_STR = {0};
    char *path CLEANUP_FREE = file_join(dir, "figures.tex");
    int rc = 0;
    str_add(&text, "% \\usepackage[T1]{fontenc} and \\usepackage{pgfplots}, then \\input this.\n"
                   "\\providecommand{\\hrmfigures}{.}\n");
    for (size_t i = 0; i < d->n_blocks && rc == 0; i++) {
        const struct doc_figure *f = d->blocks[i].figure;
        if (!f)
            continue;
        if (can_be_drawn(f))
            put_figure(&text, f);
        rc = write_data(f, dir, err);
    }
    return rc < 0 ? rc : file_write(path, text.p, text.len, err);
}
