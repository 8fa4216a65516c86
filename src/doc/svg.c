/* See svg.h. */
#include "doc/svg.h"
#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "base/utf8.h"

/* Half an em of the chart's 11-unit sans-serif: wide enough for most words. */
static const double CHARACTER = 5.9;

double svg_place(const struct svg_scale *s, double x)
{
    if (isnan(x))
        return NAN;
    if (s->log2)
        return svg_place(&(struct svg_scale){log2(s->low), log2(s->high), s->from, s->to, false},
                         log2(x));
    if (!(s->high > s->low))
        return (s->from + s->to) / 2;
    double part = (x - s->low) / (s->high - s->low);
    return s->from + fmin(fmax(part, 0), 1) * (s->to - s->from);
}

/* 1, 2 or 5 times a power of ten, at least x. */
static double round_up(double x)
{
    double power = pow(10, floor(log10(x))), part = x / power;
    return (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10) * power;
}

static double tick_step(double low, double high, int want)
{
    return round_up((high - low) / want * 0.999999);
}

struct svg_ticks svg_ticks(double low, double high, int want)
{
    struct svg_ticks t = {0};
    if (!isfinite(low) || !isfinite(high) || low > high)
        return t;
    if (low == high || !isfinite(high - low)) {
        t.at[t.n++] = low;
        return t;
    }
    double step = tick_step(low, high, want), first = ceil(low / step - 1e-9);
    for (double i = first; i * step <= high + step * 1e-9 && t.n < SVG_MAX_TICKS; i++)
        t.at[t.n++] = i * step;
    t.digits = (int)fmin(fmax(0, -floor(log10(step) + 1e-9)), 12);
    return t;
}

void svg_nice(double *low, double *high, int want)
{
    if (!(*high > *low)) {
        double around = *low == 0 ? 1 : fabs(*low) / 2;
        *low -= around;
        *high += around;
    }
    double step = tick_step(*low, *high, want);
    *low = floor(*low / step + 1e-9) * step;
    *high = ceil(*high / step - 1e-9) * step;
}

void svg_format(double x, int digits, struct str *out)
{
    struct str text CLEANUP_STR = {0};
    str_addf(&text, "%.*f", digits, fabs(x));
    if (x < 0 && strpbrk(text.p, "123456789"))
        str_add(out, "\xe2\x88\x92"); /* U+2212 */
    str_add(out, text.p);
}

void svg_line(struct html *h, const char *class, double x1, double y1, double x2, double y2)
{
    if (!isfinite(x1 + y1 + x2 + y2))
        return;
    html_open(h, "line");
    html_attr(h, "class", class);
    html_number(h, "x1", x1);
    html_number(h, "y1", y1);
    html_number(h, "x2", x2);
    html_number(h, "y2", y2);
    html_close(h);
}

void svg_rect(struct html *h, const char *class, double x, double y, double w, double height)
{
    if (!isfinite(x + y + w + height))
        return;
    html_open(h, "rect");
    html_attr(h, "class", class);
    html_number(h, "x", x);
    html_number(h, "y", y);
    html_number(h, "width", fmax(w, 0));
    html_number(h, "height", fmax(height, 0));
    html_close(h);
}

double svg_text_width(const char *text)
{
    return CHARACTER * utf8_width(text);
}

/* The text, or what of it fits, ending in an ellipsis. Caller frees. */
static char *fitting(const char *text, double width)
{
    if (width <= 0 || svg_text_width(text) <= width)
        return xstrdup(text);
    size_t n = strlen(text);
    char *cut = xstrdup(text);
    while (n > 0 && svg_text_width(cut) > width - CHARACTER) {
        n = utf8_cut(cut, n - 1);
        cut[n] = '\0';
    }
    char *out = xasprintf("%s\xe2\x80\xa6", cut); /* U+2026 */
    mem_cleanup_free(&cut);
    return out;
}

void svg_text(struct html *h, const char *class, const char *anchor, double x, double y,
              double width, const char *text)
{
    if (!isfinite(x + y))
        return;
    char *fits CLEANUP_FREE = fitting(text, width);
    html_open(h, "text");
    html_attr(h, "class", class);
    html_attr(h, "text-anchor", anchor);
    html_number(h, "x", x);
    html_number(h, "y", y);
    html_text(h, fits);
    html_close(h);
}

/* Corners around (0, 0), for a mark of size 1. */
static const char *const corners[][8] = {
    {NULL},                                     /* a disc */
    {"-.9 -.9", ".9 -.9", ".9 .9", "-.9 .9"},   /* a square */
    {"0 -1.2", "1.1 .8", "-1.1 .8"},            /* a triangle */
    {"0 -1.35", "1.35 0", "0 1.35", "-1.35 0"}, /* a diamond */
    {"0 1.2", "1.1 -.8", "-1.1 -.8"},           /* a triangle on its point */
    {"-1.3 -.5", "1.3 -.5", "1.3 .5", "-1.3 .5"},
};
enum { N_MARKS = sizeof corners / sizeof *corners };

void svg_mark(struct html *h, int series, double x, double y, double size)
{
    if (!isfinite(x + y))
        return;
    const char *const *corner = corners[series % N_MARKS];
    if (!*corner) {
        html_open(h, "circle");
        html_number(h, "cx", x);
        html_number(h, "cy", y);
        html_number(h, "r", size);
    } else {
        struct str path CLEANUP_STR = {0};
        for (size_t i = 0; i < sizeof corners[0] / sizeof *corners[0] && corner[i]; i++)
            str_addf(&path, "%s%s", i ? " L" : "M", corner[i]);
        html_open(h, "path");
        html_attrf(h, "d", "%sZ", path.p);
        html_attrf(h, "transform", "translate(%.2f %.2f) scale(%.2f)", x, y, size);
    }
    html_attr(h, "class", "pt");
    html_close(h);
}
