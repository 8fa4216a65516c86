/* By hand, against the formulas in another form, and by simulation. */
#include "stats/misclass.h"
#include "base/rng.h"
#include "fixtures/near.h"

static void fill(double *x, size_t n, size_t ones)
{
    for (size_t i = 0; i < n; i++)
        x[i] = i < ones;
}

/* Rogan & Gladen: p = .3, se = .9, sp = .8: (.3 + .8 - 1) / .7 = 1/7. */
static void test_rate(void **state)
{
    (void)state;
    double a[100];
    fill(a, 100, 30);
    struct stats_misclass m = {.yes = 20, .hit = 18, .no = 50, .right = 40};
    struct stats_estimate e = stats_corrected_rate(a, 100, &m, .95);
    assert_near(e.value, 1 / 7.0, 1e-12);
    double vs = 19 / 22.0 * 3 / 22 / 22, vp = 41 / 52.0 * 11 / 52 / 52, pi = 1 / 7.0;
    double se = sqrt(.3 * .7 / 99 + (1 - pi) * (1 - pi) * vp + pi * pi * vs) / .7;
    assert_near(e.ci.high, pi + 1.959963984540054 * se, 1e-9);
    assert_near(e.ci.low, 0, 0); /* cut */
    struct stats_misclass perfect = {.yes = 1e9, .hit = 1e9, .no = 1e9, .right = 1e9};
    assert_near(stats_corrected_rate(a, 100, &perfect, .95).value, .3, 1e-12);
    struct stats_misclass coin = {.yes = 10, .hit = 5, .no = 10, .right = 5}, none = {0};
    assert_true(isnan(stats_corrected_rate(a, 100, &coin, .95).value));
    assert_true(isnan(stats_corrected_rate(a, 100, &none, .95).value));
    fill(a, 100, 5); /* fewer than false alarms alone would give */
    assert_near(stats_corrected_rate(a, 100, &m, .95).value, 0, 0);
}

/* False alarms pull a ratio to 1: (.2 / .4 raw .5) is (.1 / .3) with sp = .9. */
static void test_ratio(void **state)
{
    (void)state;
    double a[50], b[50];
    fill(a, 50, 10);
    fill(b, 50, 20);
    struct stats_misclass m = {.yes = 30, .hit = 15, .no = 100, .right = 90};
    struct stats_estimate e = stats_corrected_ratio(a, b, 50, &m, .95);
    assert_near(e.value, 1 / 3.0, 1e-12);
    assert_true(e.ci.low < 1 / 3.0 && e.ci.high > 1 / 3.0);
    m.hit = 30; /* sensitivity cancels out */
    assert_near(stats_corrected_ratio(a, b, 50, &m, .95).ci.high, e.ci.high, 1e-12);
    m.right = 70;
    assert_true(isnan(stats_corrected_ratio(a, b, 50, &m, .95).value)); /* .2 + .7 - 1 < 0 */
}

/* Coverage of both intervals: true rates .2 and .4, se .8, sp .95, judged 80 and 120. */
static void test_coverage(void **state)
{
    (void)state;
    struct rng r = rng_make(11);
    int rate = 0, ratio = 0, n = 600;
    for (int k = 0; k < n; k++) {
        double a[200], b[200];
        struct stats_misclass m = {.yes = 80, .no = 120};
        for (int i = 0; i < 200; i++) {
            a[i] = rng_double(&r) < (rng_double(&r) < .2 ? .8 : .05);
            b[i] = rng_double(&r) < (rng_double(&r) < .4 ? .8 : .05);
            m.hit += i < 80 && rng_double(&r) < .8;
            m.right += i < 120 && rng_double(&r) < .95;
        }
        struct stats_estimate e = stats_corrected_rate(a, 200, &m, .95);
        struct stats_estimate q = stats_corrected_ratio(a, b, 200, &m, .95);
        rate += e.ci.low <= .2 && e.ci.high >= .2;
        ratio += q.ci.low <= .5 && q.ci.high >= .5;
    }
    assert_true(rate >= .92 * n && rate <= .985 * n);
    assert_true(ratio >= .92 * n && ratio <= .985 * n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
