/* Intervals that are cut, and those that there are not. */
#include "stats/mean.h"
#include "fixtures/near.h"

static void test_mean(void **state)
{
    (void)state;
    static const double two[] = {1, 3}, same[] = {2, 2, 2}, rates[] = {.2, .4, .5, .3};
    struct stats_estimate e = stats_mean(two, 2, 0, 3);
    assert_near(e.value, 2, 0);
    assert_near(e.ci.low, 0, 0); /* not 2 - 12.7 iterations */
    assert_near(e.ci.high, 3, 0);
    e = stats_mean(same, 3, 0, INFINITY);
    assert_near(e.value, 2, 0);
    assert_true(isnan(e.ci.low) && isnan(e.ci.high)); /* no width of 0 */
    assert_int_equal(e.n, 3);
    e = stats_mean(rates, 4, 0, 1);
    assert_near(e.ci.low, .35 - 3.182446305284263 * 0.06454972243679028, 1e-12);
    assert_true(isnan(stats_mean(two, 1, 0, 3).ci.low));
    assert_true(isnan(stats_mean(two, 0, 0, 3).value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mean)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
