#include "stats/summary.h"
#include "fixtures/near.h"

static void test_quantile(void **state)
{
    (void)state;
    double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, one[] = {5};
    assert_near(stats_quantile(odd, 3, 0.5), 2, 0);
    assert_near(stats_quantile(even, 4, 0.5), 2.5, 0);
    assert_near(stats_quantile(even, 4, 0.25), 1.75, 1e-15);
    assert_near(stats_quantile(even, 4, 1), 4, 0);
    assert_near(stats_quantile(even, 4, 0), 1, 0);
    assert_near(stats_quantile(one, 1, 0.9), 5, 0);
    assert_true(isnan(stats_quantile(one, 0, 0.5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_quantile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
