/* Single rates against statsmodels 0.13.5, by hand, and by simulation. */
#include "stats/rate.h"
#include "stats/dist.h"
#include "fixtures/near.h"

static void assert_ci(struct stats_ci ci, double low, double high)
{
    assert_near(ci.low, low, 1e-10);
    assert_near(ci.high, high, 1e-10);
}

static void test_wilson(void **state)
{
    (void)state;
    assert_ci(stats_wilson(5, 7, 0.95), 0.3589344518326191, 0.9177810759959432);
    assert_ci(stats_wilson(150, 164, 0.95), 0.8618190177583562, 0.9484694589718745);
    assert_ci(stats_wilson(0, 1, 0.95), 0, 0.7934506856227627);
    assert_ci(stats_wilson(1, 1, 0.95), 0.2065493143772374, 1);
    assert_ci(stats_wilson(0, 0, 0.95), 0, 1);
}

static void test_clopper_pearson(void **state)
{
    (void)state;
    assert_ci(stats_clopper_pearson(5, 7, 0.95), 0.2904208637373427, 0.9633074338239145);
    assert_ci(stats_clopper_pearson(150, 164, 0.95), 0.8609184782037419, 0.952542603666636);
    assert_ci(stats_clopper_pearson(0, 1, 0.95), 0, 0.975);
    assert_ci(stats_clopper_pearson(1, 1, 0.95), 0.025, 1);
    assert_ci(stats_clopper_pearson(0, 0, 0.95), 0, 1);
}

/* Swapping success and failure mirrors the interval. */
static void test_symmetry(void **state)
{
    (void)state;
    for (long n = 1; n < 60; n += 7)
        for (long x = 0; x <= n; x++) {
            struct stats_ci a = stats_wilson((double)x, (double)n, 0.9);
            struct stats_ci b = stats_wilson((double)(n - x), (double)n, 0.9);
            assert_near(a.low, 1 - b.high, 1e-12);
            a = stats_clopper_pearson(x, n, 0.9);
            b = stats_clopper_pearson(n - x, n, 0.9);
            assert_near(a.low, 1 - b.high, 1e-12);
            assert_true(a.low <= (double)x / (double)n && a.high >= (double)x / (double)n);
        }
}

/* Exact coverage, summed over the binomial: Clopper-Pearson never below the level, Wilson near it.
 */
static void test_coverage(void **state)
{
    (void)state;
    const long n = 30;
    for (double p = 0.05; p < 0.96; p += 0.09) {
        double exact = 0, wilson = 0;
        for (long x = 0; x <= n; x++) {
            double weight = stats_binomial_pmf(x, n, p);
            struct stats_ci c = stats_clopper_pearson(x, n, 0.95);
            struct stats_ci w = stats_wilson((double)x, (double)n, 0.95);
            exact += c.low <= p && p <= c.high ? weight : 0;
            wilson += w.low <= p && p <= w.high ? weight : 0;
        }
        assert_true(exact >= 0.95);
        assert_true(wilson > 0.9 && wilson < 0.995);
    }
}

static void test_pass_at_k(void **state)
{
    (void)state;
    assert_near(stats_pass_at_k(10, 3, 1), 0.3, 1e-15);
    assert_near(stats_pass_at_k(10, 3, 2), 1 - 21.0 / 45, 1e-15);
    assert_near(stats_pass_at_k(5, 5, 2), 1, 0);
    assert_near(stats_pass_at_k(5, 0, 5), 0, 0);
    assert_near(stats_pass_at_k(1000000, 1, 500000), 0.5, 1e-12);
    assert_true(isnan(stats_pass_at_k(3, 1, 4)));
    assert_true(isnan(stats_pass_at_k(3, 1, 0)));
    assert_near(stats_pass_hat_k(4, 3, 2), 0.5, 1e-15);
    assert_near(stats_pass_hat_k(4, 1, 2), 0, 0);
    assert_near(stats_pass_hat_k(4, 4, 4), 1, 0);
    assert_true(isnan(stats_pass_hat_k(2, 1, 3)));
}

/* Samples of a task that agree are one trial, samples that do not are several. */
static void test_tasks(void **state)
{
    (void)state;
    static const double apart[] = {1, .8, .6, .8, 0, .2, 1, 1, .4, .6};
    static const double alike[] = {.6, .8, .6, .8, .4, .6, .6, .8, .4, .6};
    static const double whole[] = {1, 1, 0, 1, 0, 0, 1, 1, 0, 1}, none[10] = {0};
    struct stats_ci ci = stats_wilson_tasks(apart, 10, 50, 0.95); /* n_eff 14.10 */
    assert_near(ci.low, 0.3859015161435454, 1e-11);
    assert_near(ci.high, 0.8341461163711047, 1e-11);
    ci = stats_wilson_tasks(alike, 10, 50, 0.95); /* clipped to 50 */
    assert_near(ci.low, 0.48150446930992963, 1e-11);
    assert_near(ci.high, 0.741372106898064, 1e-11);
    assert_near(stats_wilson_tasks(whole, 10, 50, 0.95).low, stats_wilson(6, 10, 0.95).low, 1e-14);
    assert_near(stats_wilson_tasks(none, 10, 50, 0.95).high, stats_wilson(0, 10, 0.95).high, 0);
    assert_near(stats_wilson_tasks(whole, 10, 10, 0.95).high, stats_wilson(6, 10, 0.95).high, 0);
    assert_near(stats_wilson_tasks(apart + 1, 1, 5, 0.95).low, stats_wilson(.8, 1, 0.95).low, 0);
    assert_near(stats_wilson_tasks(whole, 0, 0, 0.95).high, 1, 0);
}

/* Unbiased: its mean over the binomial is the probability itself. */
static void test_pass_at_k_unbiased(void **state)
{
    (void)state;
    for (long k = 1; k <= 8; k++) {
        double any = 0, all = 0;
        for (long c = 0; c <= 8; c++) {
            any += stats_binomial_pmf(c, 8, 0.37) * stats_pass_at_k(8, c, k);
            all += stats_binomial_pmf(c, 8, 0.37) * stats_pass_hat_k(8, c, k);
        }
        assert_near(any, 1 - pow(0.63, (double)k), 1e-13);
        assert_near(all, pow(0.37, (double)k), 1e-13);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wilson),
        cmocka_unit_test(test_clopper_pearson),
        cmocka_unit_test(test_symmetry),
        cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_tasks),
        cmocka_unit_test(test_pass_at_k),
        cmocka_unit_test(test_pass_at_k_unbiased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
