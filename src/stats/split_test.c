/* Parts of a variance, worked out by hand, and in a simulation whose parts are known. */
#include "stats/split.h"
#include "base/rng.h"
#include "fixtures/near.h"

static void test_by_hand(void **state)
{
    static const double d[] = {.1, .3, .5}, within[] = {.01, .02, .03}, x[] = {0, 0, 1, 1};
    struct stats_split s = stats_split(d, within, 3);
    (void)state;
    assert_near(s.total, .04, 1e-15);
    assert_near(s.tests, .02, 1e-15);
    assert_near(s.rest, .02, 1e-15);
    assert_near(stats_mean_variance(x, 4), 1. / 12, 1e-15);
    static const double more[] = {.1, .1, .1};
    assert_near(stats_split(d, more, 3).rest, 0, 0); /* never below nothing */
    assert_true(isnan(stats_split(d, within, 1).total));
    assert_true(isnan(stats_mean_variance(x, 1)));
}

/* 2,000 seeds of 25 tests: var(training) = .04, var(draw of the tests) = 1/25. */
static void test_known_parts(void **state)
{
    enum { SEEDS = 2000, TESTS = 25 };
    static double d[SEEDS], within[SEEDS];
    struct rng dice = rng_make(5);
    (void)state;
    for (int s = 0; s < SEEDS; s++) {
        double x[TESTS], training = .2 * rng_normal(&dice), sum = 0;
        for (int i = 0; i < TESTS; i++)
            sum += x[i] = training + rng_normal(&dice);
        d[s] = sum / TESTS;
        within[s] = stats_mean_variance(x, TESTS);
    }
    struct stats_split s = stats_split(d, within, SEEDS);
    assert_near(s.tests, .04, .001);
    assert_near(s.rest, .04, .006); /* three standard errors */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_known_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
