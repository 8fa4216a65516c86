/* By hand, and by simulation. */
#include "stats/ratio.h"
#include "base/rng.h"
#include "fixtures/near.h"

/* Tasks of one sample, 9 with the event in both arms, 3 in a alone, 12 in b alone, 6 in none: the
 * formula of the 2 x 2 table. Other rates in the same proportion change nothing. */
static void test_tasks(void **state)
{
    (void)state;
    double a[30] = {0}, b[30] = {0};
    for (int i = 0; i < 9; i++)
        a[i] = b[i] = 1;
    for (int i = 9; i < 21; i++)
        b[i] = 1;
    for (int i = 21; i < 24; i++)
        a[i] = 1;
    double want = 12.0 / 21, spread = exp(1.959963984540054 * sqrt((3 + 12) / (12.0 * 21)));
    struct stats_ratio r = stats_task_ratio(a, b, 30, 0.95).ratio;
    assert_near(r.value, want, 1e-14);
    assert_near(r.ci.low, want / spread, 1e-12);
    assert_near(r.ci.high, want * spread, 1e-12);
    for (int i = 0; i < 30; i++) {
        a[i] /= 7;
        b[i] /= 7;
    }
    assert_near(stats_task_ratio(a, b, 30, 0.95).ratio.ci.high, want * spread, 1e-12);
    /* Swapping the arms inverts it. */
    assert_near(stats_task_ratio(b, a, 30, 0.95).ratio.value, 1 / want, 1e-12);
    assert_near(stats_task_ratio(b, a, 30, 0.95).ratio.ci.low, 1 / (want * spread), 1e-12);
}

static void test_tasks_without_events(void **state)
{
    (void)state;
    static const double none[20] = {0}, some[20] = {1, 1, .5, 1, 1, 1, .2, 1, 1, 1, 1, 1};
    struct stats_task_ratio r = stats_task_ratio(none, some, 20, 0.95);
    assert_near(r.ratio.value, 0, 0);
    /* 12 tasks with the event, none of them A's: u = 1 - .025^(1/12). */
    double u = 1 - pow(.025, 1.0 / 12);
    assert_near(r.ratio.ci.high, u / (1 - u), 1e-12);
    r = stats_task_ratio(some, none, 20, 0.95); /* the other way round: the inverse */
    assert_true(isinf(r.ratio.value) && isinf(r.ratio.ci.high));
    assert_near(r.ratio.ci.low, (1 - u) / u, 1e-12);
    assert_near(stats_one_sided_ratio_p(true, 12, 2), stats_one_sided_ratio_p(false, 12, .5),
                1e-15);
    assert_near(stats_one_sided_ratio_p(false, 3, .8), 2 * pow(1 / 1.8, 3), 1e-15);
    assert_true(isnan(stats_task_ratio(none, none, 20, 0.95).ratio.value));
    assert_true(isnan(stats_task_ratio(none, none, 0, 0.95).ratio.value));
    assert_near(stats_task_ratio(some, some, 20, 0.95).ratio.ci.high, 1, 0);
}

/* A true ratio of 0.7 lies inside about 95 intervals of 100, with 3 samples a task. */
static void test_coverage(void **state)
{
    (void)state;
    struct rng rng = rng_make(11);
    int held = 0;
    for (int trial = 0; trial < 1000; trial++) {
        double a[120], b[120];
        for (int i = 0; i < 120; i++) {
            double hard = .2 + .6 * rng_double(&rng);
            a[i] = b[i] = 0;
            for (int k = 0; k < 3; k++) {
                a[i] += (rng_double(&rng) < .7 * hard) / 3.0;
                b[i] += (rng_double(&rng) < hard) / 3.0;
            }
        }
        struct stats_ci ci = stats_task_ratio(a, b, 120, 0.95).ratio.ci;
        held += ci.low <= .7 && .7 <= ci.high;
    }
    assert_in_range(held, 925, 972); /* 950 expected, standard deviation 7 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tasks),
        cmocka_unit_test(test_tasks_without_events),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
