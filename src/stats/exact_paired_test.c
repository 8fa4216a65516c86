/* Against sums over all tables (scipy's multinomial), and against themselves. */
#include "stats/exact_paired.h"
#include "stats/mcnemar.h"
#include "fixtures/near.h"

static void test_tail(void **state)
{
    (void)state;
    assert_near(stats_exact_upper(5, 0, 5, .05), pow(.525, 5), 1e-9);
    assert_near(stats_exact_upper(3, 1, 8, 0), 0.27580197409946366, 1e-7);
    assert_near(stats_exact_upper(3, 1, 8, .1), 0.3341058000760396, 1e-7);
    assert_near(stats_exact_upper(2, 2, 7, -.2), 0.29496286379053316, 1e-7);
    assert_true(isnan(stats_exact_upper(1, 1, STATS_EXACT_TASKS + 1, 0)));
    /* What the approximation says of 5 of 5 against 5 pp: .033; exact, two-sided: .080. */
    assert_near(2 * stats_tango_upper(5, 0, 5, .05), .0334, 1e-3);
    assert_near(2 * stats_exact_upper(5, 0, 5, .05), .0798, 1e-3);
}

static void test_interval(void **state)
{
    (void)state;
    struct stats_ci ci = stats_exact_paired(6, 1, 12, .95),
                    back = stats_exact_paired(1, 6, 12, .95);
    assert_near(ci.low, -0.03331129, 2e-6);
    assert_near(ci.high, 0.74351878, 2e-6);
    assert_near(back.low, -ci.high, 1e-9);
}

/* All alike: the closed form counts the tables in which A (or B) wins no task; the sum over tables
 * ordered by score counts a few others as well, and is a little wider. */
static void test_all_the_same(void **state)
{
    (void)state;
    for (long n = 2; n <= 20; n += 6) {
        struct stats_ci same = stats_same_interval(0, n, .95),
                        all = stats_exact_paired(0, 0, n, .95);
        assert_true(same.high <= all.high + 1e-6 && all.high < same.high + .02);
        assert_near(same.low, -same.high, 1e-15);
        same = stats_same_interval(1, n, .95);
        all = stats_exact_paired(n, 0, n, .95);
        assert_near(same.low, all.low, 1e-6);
        assert_near(same.high, 1, 0);
        assert_near(stats_same_interval(-1, n, .95).high, -same.low, 1e-15);
        assert_near(stats_same_upper(1, n, .1), stats_exact_upper(n, 0, n, .1), 1e-6);
    }
    /* Equivalent within 5 pp at 5 % from 59 tasks on. */
    assert_true(stats_same_upper(0, 58, -.05) > .05 && stats_same_upper(0, 59, -.05) <= .05);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tail),
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
