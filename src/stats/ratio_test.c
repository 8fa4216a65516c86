/* By hand, and by simulation. */
#include "stats/ratio.h"
#include "base/rng.h"
#include "fixtures/near.h"

static void test_ratio(void **state)
{
    (void)state;
    struct stats_ratio r = stats_paired_ratio(10, 10, 10, 0.95);
    assert_near(r.value, 1, 0);
    assert_near(r.ci.high, exp(1.959963984540054 * sqrt(20.0 / 400)), 1e-12);
    assert_near(r.ci.low * r.ci.high, 1, 1e-12); /* symmetric in the logarithm */
    struct stats_ratio fewer = stats_paired_ratio(9, 3, 12, 0.95);
    struct stats_ratio more = stats_paired_ratio(9, 12, 3, 0.95);
    assert_near(fewer.value * more.value, 1, 1e-12); /* swapping the arms inverts it */
    assert_near(fewer.ci.low * more.ci.high, 1, 1e-12);
}

static void test_edges(void **state)
{
    (void)state;
    assert_true(isnan(stats_paired_ratio(0, 3, 0, 0.95).value));
    assert_near(stats_paired_ratio(0, 0, 3, 0.95).value, 0, 0);
    assert_true(isnan(stats_paired_ratio(0, 0, 3, 0.95).ci.high));
    assert_near(stats_paired_ratio(4, 0, 0, 0.95).ci.high, 1, 0); /* the same in both, always */
}

/* Tasks of one sample: the formula of the 2 x 2 table. Copies of a task's samples change nothing.
 */
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
    struct stats_ratio table = stats_paired_ratio(9, 3, 12, 0.95);
    struct stats_task_ratio r = stats_task_ratio(a, b, 30, 0.95);
    assert_near(r.ratio.value, table.value, 1e-14);
    assert_near(r.ratio.ci.low, table.ci.low, 1e-14);
    assert_near(r.ratio.ci.high, table.ci.high, 1e-14);
    for (int i = 0; i < 30; i++) {
        a[i] /= 7;
        b[i] /= 7; /* rates in the same proportion */
    }
    assert_near(stats_task_ratio(a, b, 30, 0.95).ratio.ci.high, table.ci.high, 1e-13);
    assert_near(stats_task_ratio(b, a, 30, 0.95).ratio.ci.low, 1 / table.ci.high, 1e-13);
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
    assert_true(isnan(stats_task_ratio(some, none, 20, 0.95).ratio.value));
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
        cmocka_unit_test(test_ratio),    cmocka_unit_test(test_edges),
        cmocka_unit_test(test_tasks),    cmocka_unit_test(test_tasks_without_events),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
