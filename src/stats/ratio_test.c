/* By hand. */
#include "stats/ratio.h"
#include "stats/testing.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
