/* Figures as data: what the HTML writer draws, LaTeX gets as CSV, and every writer can print as a
 * table. A figure has one panel or several of one kind.
 *
 * Everything lives in the document's arena; names are borrowed unless they come from it. */
#pragma once
#include "doc/doc.h"

enum figure_kind {
    FIGURE_LINES,  /* y against x, joined; the intervals are a band */
    FIGURE_STEPS,  /* y holds until the next x; the intervals are a band */
    FIGURE_POINTS, /* y against x with whiskers; series stand beside each other */
    FIGURE_FOREST, /* a labelled row per point: y with whiskers, against a line at 0 */
    FIGURE_BARS,   /* a labelled row per point: y from 0 */
    FIGURE_HEAT,   /* counts: a series is a row, its points are the columns */
};

struct figure_axis {
    const char *name, *unit; /* unit NULL or "" = none */
    double scale;            /* of the numbers shown: 100 for percent; 0 means 1 */
    int digits;              /* after the point in the table */
    double low, high;        /* of the axis, in units shown; both 0: from the data */
    bool log2; /* x of lines: doublings lie equally far apart, points have the ticks */
};

struct figure_point {
    const char *label;       /* forest, bars, heat; else NULL */
    double x;                /* lines, steps, points */
    struct stats_estimate y; /* NaN: nothing is drawn, "-" is printed */
    bool strong;             /* forest: the row of all tasks */
};

struct figure_series {
    const char *name;
    int colour; /* the arm's position in the report, so that an arm has one colour everywhere */
    struct figure_point *points; /* [n] rising in x */
    size_t n;
};

struct figure_panel {
    const char *title; /* "" when the figure has one panel */
    struct figure_axis x, y;
    struct figure_series *series; /* [n_series] */
    size_t n_series;
    double mark; /* forest: a second line, what the criterion asks for; NaN = none */
};

struct doc_figure {
    enum figure_kind kind;
    const char *id; /* "pass-at-k": of anchors and files */
    const char *title;
    const char *caption;         /* n and method */
    const char *series_name;     /* what the series are: "arm" */
    struct figure_panel *panels; /* [n_panels] */
    size_t n_panels;
    bool repeats;                  /* its numbers are in tables of the document, too */
    const struct doc_table *table; /* the same numbers; made by figure_finish */
};

/* Adds a figure with n_panels panels of n_series series each, all empty. */
struct doc_figure *figure_add(struct doc *d, enum figure_kind kind, const char *id,
                              const char *title, size_t n_panels, size_t n_series);
/* Room for n points, zeroed. */
struct figure_point *figure_points(struct doc *d, struct figure_series *s, size_t n);
/* Finishes a figure: adds its numbers as a table. */
void figure_finish(struct doc *d, struct doc_figure *f);
/* A table of counts as a heat map: the first column names the rows. id: unique in the document. */
void figure_add_counts(struct doc *d, const char *id, const struct doc_table *t, const char *rows,
                       const char *columns, const char *caption);
/* "pass@1, %". Appends. */
void figure_axis_title(const struct figure_axis *a, struct str *out);
/* The smallest and largest of what is drawn along y, intervals included, in units shown. False when
 * there is nothing. Same for x. */
bool figure_range_y(const struct figure_panel *p, double *low, double *high);
bool figure_range_x(const struct figure_panel *p, double *low, double *high);
/* A value as its axis shows it. */
double figure_shown(const struct figure_axis *axis, double value);
/* Are its points rows with names? */
bool figure_has_rows(enum figure_kind kind);
