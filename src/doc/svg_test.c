/* Axes, shapes, and figures of awkward data: none, one point, NaN, more series than colours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <string.h>

#include "doc/draw.h"
#include "doc/figure.h"
#include "doc/svg.h"

static void assert_ticks(double low, double high, int want, const char *text)
{
    struct svg_ticks t = svg_ticks(low, high, want);
    struct str got CLEANUP_STR = {0};
    for (size_t i = 0; i < t.n; i++) {
        str_add(&got, i ? " " : "");
        svg_format(t.at[i], t.digits, &got);
    }
    assert_string_equal(str_text(&got), text);
}

static void test_ticks(void **state)
{
    (void)state;
    assert_ticks(0, 100, 5, "0 20 40 60 80 100");
    assert_ticks(0, 1, 5, "0.0 0.2 0.4 0.6 0.8 1.0");
    assert_ticks(-60, 20, 4,
                 "\xe2\x88\x92"
                 "60 \xe2\x88\x92"
                 "40 \xe2\x88\x92"
                 "20 0 20");
    assert_ticks(1, 3, 2, "1 2 3");
    assert_ticks(0.5, 4.5, 4, "1 2 3 4");
    assert_ticks(0, 4096, 6, "0 1000 2000 3000 4000");
    assert_ticks(0.001, 0.0014, 4, "0.0010 0.0011 0.0012 0.0013 0.0014");
    assert_ticks(7, 7, 5, "7");
    assert_ticks(3, 1, 5, "");
    assert_ticks(NAN, 1, 5, "");
    assert_ticks(0, INFINITY, 5, "");
    assert_int_equal(svg_ticks(-DBL_MAX, DBL_MAX, 5).n, 1);
    for (double span = 1e-6; span < 1e9; span *= 3.7) { /* about as many as wanted, in order */
        struct svg_ticks t = svg_ticks(-span / 3, span, 5);
        assert_in_range(t.n, 2, 7);
        for (size_t i = 1; i < t.n; i++)
            assert_true(t.at[i] > t.at[i - 1]);
        assert_true(t.at[0] >= -span / 3 * 1.0001 && t.at[t.n - 1] <= span * 1.0001);
    }
}

static void assert_nice(double low, double high, double want_low, double want_high)
{
    svg_nice(&low, &high, 5);
    assert_true(fabs(low - want_low) < 1e-12 && fabs(high - want_high) < 1e-12);
}

static void test_nice_ranges(void **state)
{
    (void)state;
    assert_nice(3, 97, 0, 100);
    assert_nice(0, 0, -1, 1);
    assert_nice(10, 10, 4, 16); /* an empty range becomes one around its value */
    assert_nice(-0.031, 0.052, -0.04, 0.06);
}

static void test_places(void **state)
{
    (void)state;
    struct svg_scale s = {.low = 0, .high = 10, .from = 100, .to = 0};
    assert_true(fabs(svg_place(&s, 2.5) - 75) < 1e-12);
    assert_true(fabs(svg_place(&s, 99) - 0) < 1e-12); /* clamped */
    assert_true(isnan(svg_place(&s, NAN)));
    struct svg_scale doubling = {.low = 2000, .high = 16000, .from = 0, .to = 30, .log2 = true};
    assert_float_equal(svg_place(&doubling, 2000), 0, 1e-9);
    assert_float_equal(svg_place(&doubling, 4000), 10, 1e-9);
    assert_float_equal(svg_place(&doubling, 16000), 30, 1e-9);
    struct svg_scale point = {.low = 1, .high = 1, .from = 0, .to = 10};
    assert_true(fabs(svg_place(&point, 1) - 5) < 1e-12);
}

static void test_text_is_cut_to_its_room(void **state)
{
    (void)state;
    struct str out CLEANUP_STR = {0};
    struct html h = {.out = &out};
    svg_text(&h, "tx", "start", 0, 0, 60, "heldout_phrasing_of_a_long_name<b>");
    assert_non_null(strstr(out.p, "heldout_p\xe2\x80\xa6</text>"));
    str_clear(&out);
    svg_text(&h, "tx", "start", NAN, 0, 0, "nowhere");
    assert_int_equal(out.len, 0);
    svg_line(&h, "ln", 0, 0, INFINITY, 1);
    svg_mark(&h, 3, 0, NAN, 2);
    assert_int_equal(out.len, 0);
}

static const enum figure_kind kinds[] = {FIGURE_LINES,  FIGURE_STEPS, FIGURE_POINTS,
                                         FIGURE_FOREST, FIGURE_BARS,  FIGURE_HEAT};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

/* A figure with `series` series of n points each, all of the value given. */
static struct doc_figure *figure_of(struct doc *d, enum figure_kind kind, size_t series, size_t n,
                                    double value)
{
    struct doc_figure *f = figure_add(d, kind, "f", "A <title>", 1, series);
    f->caption = "n = 1";
    f->panels[0].x.name = "x";
    f->panels[0].y.name = "y & z";
    for (size_t s = 0; s < series; s++) {
        f->panels[0].series[s].name = "</svg>";
        struct figure_point *p = figure_points(d, &f->panels[0].series[s], n);
        for (size_t i = 0; i < n; i++) {
            p[i].x = (double)i;
            p[i].label = "<text>";
            p[i].y = (struct stats_estimate){value, {value - 1, value + 1}, 7};
        }
    }
    figure_finish(d, f);
    return f;
}

static void draw(const struct doc_figure *f, struct str *out)
{
    struct html h = {.out = out};
    draw_panel(&h, f, &f->panels[0], "id");
    assert_int_equal(h.depth, 0);
    assert_null(strstr(out->p, "nan"));
    assert_null(strstr(out->p, "inf"));
    assert_null(strstr(out->p, "<text>"));
    assert_non_null(strstr(out->p, "role=\"img\""));
    assert_non_null(strstr(out->p, "<title id=\"id-t\">A &lt;title&gt;</title>"));
    assert_non_null(strstr(out->p, "<desc id=\"id-d\">y &amp; z"));
    assert_ptr_equal(strstr(out->p, "</svg>"), out->p + out->len - strlen("</svg>\n"));
}

static void test_awkward_data(void **state)
{
    (void)state;
    static const struct {
        size_t series, n;
        double value;
    } data[] = {{0, 0, 0}, {1, 0, 0},   {2, 1, 5},   {1, 1, 0},       {2, 3, NAN},
                {2, 3, 0}, {9, 30, 12}, {1, 2, -40}, {1, 2, INFINITY}};
    for (size_t k = 0; k < N_KINDS; k++)
        for (size_t i = 0; i < sizeof data / sizeof *data; i++) {
            struct doc *d = doc_new("");
            struct str out CLEANUP_STR = {0};
            draw(figure_of(d, kinds[k], data[i].series, data[i].n, data[i].value), &out);
            doc_free(d);
        }
}

static void test_a_gap_parts_the_line(void **state)
{
    (void)state;
    struct doc *d = doc_new("");
    struct str out CLEANUP_STR = {0};
    struct doc_figure *f = figure_of(d, FIGURE_LINES, 1, 5, 1);
    f->panels[0].series[0].points[2].y.value = NAN;
    draw(f, &out);
    const char *first = strstr(out.p, "class=\"ln\" d=\"M");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "class=\"ln\" d=\"M"));
    size_t marks = 0;
    for (const char *p = out.p; (p = strstr(p, "class=\"pt\"")); p++)
        marks++;
    assert_int_equal(marks, 1 + 4); /* the legend's, and four points */
    doc_free(d);
}

static void test_numbers_in_a_table(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_KINDS; k++) {
        struct doc *d = doc_new("");
        const struct doc_figure *f = figure_of(d, kinds[k], 2, 3, 5);
        const struct doc_table *t = f->table;
        assert_int_equal(t->n_rows, kinds[k] == FIGURE_HEAT ? 2 : 6);
        assert_true(fabs(doc_cell(t, 1, t->n_columns - 1)->e.value - 5) < 1e-12);
        doc_free(d);
    }
}

static void test_counts_of_a_table(void **state)
{
    (void)state;
    static const struct doc_column columns[] = {
        {DOC_TEXT, "a \\ b"}, {DOC_COUNT, "solved"}, {DOC_COUNT, "a rather long category"}};
    struct doc *d = doc_new("");
    struct doc_table *t = doc_add_table(d, "How they ended", columns, 3, 2);
    struct str out CLEANUP_STR = {0};
    doc_cell(t, 0, 0)->text = "solved";
    doc_set_count(t, 0, 1, 342);
    doc_set_count(t, 1, 2, 3); /* the other two are not known */
    figure_add_counts(d, "counts", t, "a", "b", "n = 4");
    const struct doc_figure *f = d->blocks[1].figure;
    struct html h = {.out = &out};
    draw_panel(&h, f, &f->panels[0], "id");
    assert_non_null(strstr(out.p, ">342</text>"));
    assert_non_null(strstr(out.p, "fill-opacity=\"0.5\""));
    assert_non_null(strstr(out.p, ">a rather long category</text>"));
    assert_null(strstr(out.p, "nan"));
    assert_true(fabs(doc_cell(f->table, 1, 2)->e.value - 3) < 1e-12);
    doc_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ticks),
        cmocka_unit_test(test_nice_ranges),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_text_is_cut_to_its_room),
        cmocka_unit_test(test_awkward_data),
        cmocka_unit_test(test_a_gap_parts_the_line),
        cmocka_unit_test(test_numbers_in_a_table),
        cmocka_unit_test(test_counts_of_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
