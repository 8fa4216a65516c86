/* Distribution functions against scipy 1.10.1; t quantiles against 40-digit arithmetic, because
 * scipy's are good to nine digits only. */
#include "stats/dist.h"
#include "fixtures/near.h"

static void test_quantiles(void **state)
{
    (void)state;
    assert_near(stats_normal_quantile(0.975), 1.959963984540054, 1e-14);
    assert_near(stats_normal_quantile(0.8), 0.8416212335729143, 1e-14);
    assert_near(stats_normal_quantile(1e-10), -6.361340902404056, 1e-13);
    assert_near(stats_normal_quantile(0.5), 0, 1e-15);
    assert_near(stats_normal_quantile(0.3), -0.5244005127080409, 1e-14);
    assert_near(stats_t_quantile(0.975, 1), 12.706204736174693314, 1e-12);
    assert_near(stats_t_quantile(0.975, 9), 2.2621571627982049992, 1e-13);
    assert_near(stats_t_quantile(0.8, 29), 0.85419198588185581838, 1e-13);
    assert_near(stats_t_quantile(0.975, 163), 1.9746246209663609049, 1e-13);
    assert_near(stats_t_quantile(0.0005, 3), -12.923978636687482975, 1e-12);
    assert_near(stats_t_quantile(0.6, 2.5), 0.28145951274854759175, 1e-13);
    assert_true(isinf(stats_normal_quantile(1)) && isinf(stats_t_quantile(0, 3)));
}

static void test_tails(void **state)
{
    (void)state;
    assert_near(stats_t_two_sided(2.5, 9), 0.03386182768298571, 1e-13);
    assert_near(stats_t_two_sided(-0.1, 4), 0.9251558409394532, 1e-13);
    assert_near(stats_t_two_sided(40, 12) / 3.851229580772037e-14, 1, 1e-11);
    assert_near(stats_chi2_upper(3.84, 1), 0.05004352124870519, 1e-13);
    assert_near(stats_chi2_upper(25, 3) / 1.5440498291101365e-05, 1, 1e-12);
    assert_near(stats_chi2_upper(0.01, 6), 0.9999999792446357, 1e-13);
}

static void test_binomial(void **state)
{
    (void)state;
    assert_near(stats_binomial_cdf(2, 11, 0.5), 67.0 / 2048, 1e-14);
    assert_near(stats_binomial_pmf(2, 11, 0.5), 55.0 / 2048, 1e-14);
    assert_near(stats_binomial_cdf(30, 164, 0.2), 0.33249050604053176, 1e-12);
    assert_near(stats_binomial_pmf(500, 1000, 0.5), 0.025225018178360804, 1e-12);
    assert_near(stats_binomial_cdf(0, 5, 0.3), 0.16807, 1e-14);
    assert_near(stats_binomial_cdf(5, 5, 0.3), 1, 0);
    assert_near(stats_binomial_pmf(6, 5, 0.3), 0, 0);
    double sum = 0;
    for (long k = 0; k <= 40; k++)
        sum += stats_binomial_pmf(k, 40, 0.17);
    assert_near(sum, 1, 1e-13);
}

static void test_quantiles_invert(void **state)
{
    (void)state;
    for (double p = 0.001; p < 1; p += 0.037) {
        assert_near(stats_normal_cdf(stats_normal_quantile(p)), p, 1e-13);
        assert_near(stats_t_cdf(stats_t_quantile(p, 6), 6), p, 1e-13);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_tails),
        cmocka_unit_test(test_binomial),
        cmocka_unit_test(test_quantiles_invert),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
