/* McNemar against statsmodels 0.13.5 and by hand; Tango by its own definition. */
#include "stats/mcnemar.h"
#include "stats/dist.h"
#include "fixtures/near.h"

static void test_exact(void **state)
{
    (void)state;
    assert_near(stats_mcnemar(1, 0).exact, 1, 1e-15);
    assert_near(stats_mcnemar(20, 7).exact, 0.0191572904586792, 1e-13);
    assert_near(stats_mcnemar(20, 7).midp, 0.0191572904586792 - 0.006616339087486271, 1e-13);
    assert_near(stats_mcnemar(0, 9).exact, 2.0 / 512, 1e-15);
    assert_near(stats_mcnemar(3, 3).exact, 1, 0);
    assert_near(stats_mcnemar(3, 3).midp, 1 - 0.3125 / 2, 1e-14);
    assert_near(stats_mcnemar(0, 0).exact, 1, 0);
    assert_near(stats_mcnemar(0, 0).midp, 1, 0);
    for (long b = 0; b < 12; b++)
        for (long c = 0; c < 12; c++) {
            assert_near(stats_mcnemar(b, c).exact, stats_mcnemar(c, b).exact, 1e-14);
            assert_true(stats_mcnemar(b, c).midp <= stats_mcnemar(b, c).exact);
        }
}

/* Under the null an e-value has mean 1 at every m: that is what makes it safe to stop on. */
static void test_e_value(void **state)
{
    (void)state;
    assert_near(stats_e_value(0, 0), 1, 1e-15);
    assert_near(stats_e_value(6, 0), 64.0 / 7, 1e-12);
    for (long m = 1; m < 60; m += 4) {
        double mean = 0;
        for (long b = 0; b <= m; b++)
            mean += stats_binomial_pmf(b, m, 0.5) * stats_e_value(b, m - b);
        assert_near(mean, 1, 1e-12);
    }
}

static void test_tango(void **state)
{
    (void)state;
    struct stats_ci none = stats_tango(0, 0, 100, 0.95);
    double z2 = 1.959963984540054 * 1.959963984540054;
    assert_near(none.high, z2 / (100 + z2), 1e-10); /* closed form without discordant pairs */
    assert_near(none.low, -none.high, 1e-12);
    struct stats_ci a = stats_tango(9, 2, 40, 0.95), b = stats_tango(2, 9, 40, 0.95);
    assert_near(a.low, -b.high, 1e-12);
    assert_true(a.low < 7.0 / 40 && a.high > 7.0 / 40);
    struct stats_ci all = stats_tango(10, 0, 10, 0.95);
    assert_true(all.high >= 1 - 1e-9 && all.low > 0.3);
    struct stats_ci empty = stats_tango(0, 0, 0, 0.95);
    assert_near(empty.low, -1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_e_value),
        cmocka_unit_test(test_tango),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
