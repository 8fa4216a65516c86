/* Krippendorff's published example, and by hand. tests/stats_oracle.py has random tables. */
#include "stats/alpha.h"
#include "fixtures/near.h"

/* Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: four observers,
 * twelve units, missing values; nominal alpha = .743. Section B: two observers, .692. */
static void test_published(void **state)
{
    (void)state;
    static const int c[4 * 12] = {1,  2, 3, 3, 2, 1, 4, 1, 2, -1, -1, -1, /**/
                                  1,  2, 3, 3, 2, 2, 4, 1, 2, 5,  -1, 3,  /**/
                                  -1, 3, 3, 3, 2, 3, 4, 2, 2, 5,  1,  -1, /**/
                                  1,  2, 3, 3, 2, 4, 4, 1, 2, 5,  1,  -1};
    static const int b[2 * 12] = {0, 0, 1, 1, 3, 2, 2, 2, 4, 3, 3, 0, /**/
                                  1, 0, 1, 1, 1, 2, 2, 2, 4, 3, 3, 3};
    struct stats_estimate e = stats_alpha(c, 4, 12, 6, .95);
    assert_near(e.value, .743, .0005);
    assert_int_equal(e.n, 11); /* the twelfth unit has one value */
    assert_true(e.ci.low > 0 && e.ci.low < .743 && e.ci.high > .743 && e.ci.high <= 1);
    assert_near(stats_alpha(b, 2, 12, 5, .95).value, .692, .0005);
}

/* Two raters: alpha is Scott's pi, corrected for the number of values. */
static void test_by_hand(void **state)
{
    (void)state;
    static const int v[2 * 4] = {0, 0, 1, 1, 0, 1, 1, 1};
    /* same = 6 of 8 values, margins 3 and 5: 1 - 7 * 2 / (64 - 9 - 25) */
    assert_near(stats_alpha(v, 2, 4, 2, .95).value, 1 - 14.0 / 30, 1e-12);
    /* without an item: 1 - 5*2/(36-16-4) without one of (0, 0); (1, 1) twice 1 - 5*2/(36-9-9); 1 */
    double left[4] = {1 - 10 / (36.0 - 1 - 25), 1, 1 - 10 / (36.0 - 9 - 9),
                      1 - 10 / (36.0 - 9 - 9)};
    double mean = 0, s = 0;
    for (int i = 0; i < 4; i++)
        mean += left[i] / 4;
    for (int i = 0; i < 4; i++)
        s += (left[i] - mean) * (left[i] - mean);
    double half = 3.182446305284263 * sqrt(.75 * s);
    struct stats_ci ci = stats_alpha(v, 2, 4, 2, .95).ci;
    assert_near(ci.high, fmin(1, 1 - 14.0 / 30 + half), 1e-9);
    assert_near(ci.low, fmax(-1, 1 - 14.0 / 30 - half), 1e-9);
}

static void test_edges(void **state)
{
    (void)state;
    static const int perfect[2 * 3] = {0, 1, 2, 0, 1, 2}, one[2 * 3] = {0}, none[2] = {-1, 0};
    assert_near(stats_alpha(perfect, 2, 3, 3, .95).value, 1, 1e-12);
    assert_true(isnan(stats_alpha(perfect, 2, 3, 3, .95).ci.low));
    assert_true(isnan(stats_alpha(one, 2, 3, 3, .95).value)); /* one category */
    assert_true(isnan(stats_alpha(none, 2, 1, 3, .95).value));
}

static void test_pabak(void **state)
{
    (void)state;
    struct stats_estimate e = stats_pabak(45, 50, 2, .95);
    assert_near(e.value, .8, 1e-12); /* 2 s - 1 */
    assert_near(e.ci.low, 2 * stats_wilson(45, 50, .95).low - 1, 1e-12);
    assert_near(stats_pabak(5, 10, 8, .95).value, (8 * .5 - 1) / 7, 1e-12);
    assert_near(stats_pabak(0, 4, 8, .95).value, -1.0 / 7, 1e-12);
    assert_true(isnan(stats_pabak(0, 0, 8, .95).value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_pabak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
