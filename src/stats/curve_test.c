/* By hand. */
#include "stats/curve.h"
#include "fixtures/near.h"

static void test_curve(void **state)
{
    (void)state;
    static const double n[] = {4, 8, 32}, y[] = {.2, .4, .6};
    assert_near(stats_aulc(n, y, 3), (.3 * 1 + .5 * 2) / 3, 1e-14);
    assert_near(stats_n_at(n, y, 3, .5), 16, 1e-12); /* halfway between 8 and 32 in the logarithm */
    assert_near(stats_n_at(n, y, 3, .4), 8, 1e-12);
    assert_near(stats_n_at(n, y, 3, .1), 4, 0); /* from the start */
    assert_true(isnan(stats_n_at(n, y, 3, .7)));
    assert_true(isnan(stats_aulc(n, y, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
