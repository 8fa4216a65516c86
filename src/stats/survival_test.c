/* Against statsmodels 0.13.5, and by hand. */
#include "stats/survival.h"
#include "fixtures/near.h"

static void test_curve(void **state)
{
    (void)state;
    static const double t[] = {5, 8, 8, 12, 20, 30, 30};
    static const bool event[] = {true, true, false, true, true, false, false};
    static const double at[] = {5, 8, 12, 20};
    static const double s[] = {6.0 / 7, 5.0 / 7, 15.0 / 28, 5.0 / 14};
    struct stats_km_step steps[7];
    assert_int_equal(stats_kaplan_meier(t, event, 7, steps), 4);
    for (int i = 0; i < 4; i++) {
        assert_near(steps[i].t, at[i], 0);
        assert_near(steps[i].s, s[i], 1e-14);
    }
    double area = 5 + 3 * s[0] + 4 * s[1] + 8 * s[2] + 10 * s[3];
    assert_near(stats_rmst(t, event, 7, 30).value, area, 1e-12);
    assert_near(stats_rmst(t, event, 7, 3).value, 3, 0); /* before the first event */
}

static void test_complete_data(void **state)
{
    (void)state;
    /* Without censoring the restricted mean is the mean of min(T, tau). */
    static const double t[] = {3, 9, 4, 4, 7};
    static const bool event[] = {true, true, true, true, true};
    assert_near(stats_rmst(t, event, 5, 100).value, 27.0 / 5, 1e-12);
    assert_near(stats_rmst(t, event, 5, 5).value, (3 + 5 + 4 + 4 + 5) / 5.0, 1e-12);
}

static void test_nothing_solved(void **state)
{
    (void)state;
    static const double t[] = {60, 60};
    static const bool event[] = {false, false};
    struct stats_km_step steps[2];
    assert_int_equal(stats_kaplan_meier(t, event, 2, steps), 0);
    assert_near(stats_rmst(t, event, 2, 60).value, 60, 0);
    assert_near(stats_rmst(t, event, 2, 60).se, 0, 0);
    assert_near(stats_logrank(t, event, 2, t, event, 2).p, 1, 0);
    assert_near(stats_rmst(NULL, NULL, 0, 60).value, 60, 0);
}

static void test_logrank(void **state)
{
    (void)state;
    static const double t1[] = {5, 8, 8, 12, 20, 30, 30}, t2[] = {2, 3, 8, 9, 9, 14};
    static const bool e1[] = {true, true, false, true, true, false, false};
    static const bool e2[] = {true, true, true, true, true, false};
    struct stats_logrank a = stats_logrank(t1, e1, 7, t2, e2, 6);
    assert_near(a.chi2, 2.10375889819203, 1e-12);
    assert_near(a.p, 0.1469375210122551, 1e-12);
    struct stats_logrank b = stats_logrank(t2, e2, 6, t1, e1, 7);
    assert_near(b.chi2, a.chi2, 1e-12);
    assert_near(stats_logrank(t1, e1, 7, t1, e1, 7).chi2, 0, 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curve),
        cmocka_unit_test(test_complete_data),
        cmocka_unit_test(test_nothing_solved),
        cmocka_unit_test(test_logrank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
