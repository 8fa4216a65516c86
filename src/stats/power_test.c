/* A table of detectable differences (percentage points, one decimal), and a simulation. */
#include "stats/power.h"
#include "base/rng.h"
#include "stats/paired.h"
#include "fixtures/near.h"

static void test_table(void **state)
{
    (void)state;
    static const struct {
        long tasks, samples;
        double points;
    } rows[] = {{30, 1, 24.8},  {30, 5, 13.0},  {30, 10, 10.6}, {100, 1, 13.3}, {100, 5, 6.9},
                {100, 10, 5.7}, {164, 1, 10.3}, {164, 5, 5.4},  {164, 10, 4.4}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_near(100 * stats_detectable(&stats_design_default, rows[i].tasks, rows[i].samples),
                    rows[i].points, 0.05 / rows[i].points + 1e-9);
    assert_true(isnan(stats_detectable(&stats_design_default, 1, 3)));
    assert_true(isnan(stats_detectable(&stats_design_default, 2, 1))); /* not 467 pp */
}

/* scipy's noncentral t. */
static void test_outlook(void **state)
{
    (void)state;
    static const double rows[][5] = {{.1, .05, 9, 0.4312460071067432, 8.030763201038348e-05},
                                     {0, .05, 9, 0.025, 0.025},
                                     {-.2, .1, 1, 0.0005328202587527068, 0.12522349749578862},
                                     {.03, .02, 200, 0.3201911318086957, 0.00027740142540833614}};
    for (size_t i = 0; i < 4; i++) {
        struct stats_outlook r = stats_outlook(rows[i][0], rows[i][1], rows[i][2], .95);
        assert_near(r.above, rows[i][3], 1e-8);
        assert_near(r.below, rows[i][4], 1e-8);
        assert_near(r.above + r.below + r.open, 1, 1e-12);
    }
    struct stats_outlook many = stats_outlook(.028, .01, 1e6, .95);
    assert_near(many.above, stats_outlook(.028, .01, INFINITY, .95).above, 1e-5);
    assert_near(many.above, .8, .01); /* 2.8 standard errors: power 80 % */
    assert_true(isnan(stats_outlook(.1, NAN, 9, .95).above));
}

static void test_needed_inverts(void **state)
{
    (void)state;
    for (double d = 0.03; d < 0.3; d += 0.05) {
        long n = stats_tasks_needed(&stats_design_default, d, 3);
        assert_true(stats_detectable(&stats_design_default, n, 3) <= d);
        assert_true(!(stats_detectable(&stats_design_default, n - 1, 3) <= d));
    }
    assert_int_equal(stats_tasks_needed(&stats_design_default, 0, 3), -1);
}

static void test_power_is_reached(void **state)
{
    (void)state;
    /* omega2 0 and sigma2 p(1-p): the detectable difference is found 80 times in 100.
     */
    struct stats_design d = {0, 0.24, 0.95, 0.8};
    double gap = stats_detectable(&d, 60, 4);
    struct rng rng = rng_make(1);
    int found = 0;
    for (int trial = 0; trial < 2000; trial++) {
        double x[60];
        for (int i = 0; i < 60; i++) {
            x[i] = 0;
            for (int k = 0; k < 4; k++)
                x[i] +=
                    ((rng_double(&rng) < 0.5 + gap / 2) - (rng_double(&rng) < 0.5 - gap / 2)) / 4.0;
        }
        found += stats_paired_t(x, 60, 0.95).p < 0.05;
    }
    assert_in_range(found, 1540,
                    1680); /* of 2000; the assumed variance 0.24 is a little below 0.25 - gap^2/4 */
}

static void test_pilot(void **state)
{
    (void)state;
    /* 2 samples: tasks at 0 and 1 have no inner variance, tasks at 1 of 2 have 1/4 * 2. */
    static const double a[] = {2, 2, 1, 0}, b[] = {2, 0, 1, 0};
    struct stats_design d = stats_design_from_pilot(a, b, 4, 2);
    assert_near(d.sigma2, 0.125, 1e-14);
    assert_near(d.omega2, 0.25 - 0.125, 1e-14); /* Var(d) = 1/4 */
    static const double c[] = {1, 0, 1, 1}, e[] = {0, 0, 1, 0};
    d = stats_design_from_pilot(c, e, 4, 1);
    assert_near(d.omega2 + 2 * d.sigma2, 1.0 / 3, 1e-12); /* one sample gives only the sum */
    assert_true(stats_design_has_spread(&d));
    static const double all[] = {2, 2, 2, 2}, none[] = {0, 0, 0, 0};
    d = stats_design_from_pilot(all, all, 4, 2); /* all alike: nothing to plan with */
    assert_false(stats_design_has_spread(&d));
    d = stats_design_from_pilot(all, none, 4, 2);
    assert_false(stats_design_has_spread(&d));
    d = stats_design_from_pilot(all, b, 4, 2);
    assert_true(stats_design_has_spread(&d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outlook),        cmocka_unit_test(test_table),
        cmocka_unit_test(test_needed_inverts), cmocka_unit_test(test_power_is_reached),
        cmocka_unit_test(test_pilot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
