/* Shapes and axes of a chart. Colours, fonts and widths are the style sheet's (page.css): a shape
 * carries a class, so that one drawing serves light, dark and paper. Lengths are in user units, x
 * to the right, y down. Coordinates that are not finite draw nothing. */
#pragma once
#include "doc/html.h"

/* Numbers low..high to places from..to. */
struct svg_scale {
    double low, high, from, to;
    bool log2; /* logarithmic; all numbers must be positive */
};

/* Where x stands; clamped to the scale. */
double svg_place(const struct svg_scale *s, double x);

enum { SVG_MAX_TICKS = 16 };
struct svg_ticks {
    double at[SVG_MAX_TICKS];
    size_t n;
    int digits; /* after the point, so that neighbours differ */
};
/* Round numbers (1, 2, 5 x 10^k) within [low, high], about `want` of them. An interval that is
 * empty, reversed or not finite has one tick, or none. */
struct svg_ticks svg_ticks(double low, double high, int want);
/* Widens [low, high] to round numbers; an empty interval becomes one around its value. */
void svg_nice(double *low, double *high, int want);
/* The number of a tick, with a true minus. Appends. */
void svg_format(double x, int digits, struct str *out);

void svg_line(struct html *h, const char *class, double x1, double y1, double x2, double y2);
void svg_rect(struct html *h, const char *class, double x, double y, double w, double height);
/* anchor: "start", "middle" or "end". Longer than `width` (0: no limit) is cut with an ellipsis. */
void svg_text(struct html *h, const char *class, const char *anchor, double x, double y,
              double width, const char *text);
/* The mark of a series: the first six have different shapes, so that series do not differ by colour
 * alone. */
void svg_mark(struct html *h, int series, double x, double y, double size);
/* About how wide the text is at the chart's font size. */
double svg_text_width(const char *text);
