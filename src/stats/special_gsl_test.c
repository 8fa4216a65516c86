/* The special functions and distributions against GSL, on a grid. GSL is a test oracle only. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include "stats/dist.h"
#include "stats/special.h"
#include "fixtures/near.h"

static const double shapes[] = {0.1, 0.5, 1, 1.5, 3, 12, 80, 410};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

static void test_beta(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SHAPES; i++)
        for (size_t j = 0; j < N_SHAPES; j++)
            for (double x = 0.01; x < 1; x += 0.049)
                assert_near(stats_beta_inc(shapes[i], shapes[j], x),
                            gsl_cdf_beta_P(x, shapes[i], shapes[j]), 1e-12);
}

static void test_gamma(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SHAPES; i++)
        for (double r = 0.05; r < 3; r += 0.1)
            assert_near(stats_gamma_q(shapes[i], r * shapes[i]),
                        gsl_sf_gamma_inc_Q(shapes[i], r * shapes[i]), 1e-12);
}

static void test_distributions(void **state)
{
    (void)state;
    for (double df = 1; df < 400; df = df * 1.7 + 1)
        for (double x = -6; x < 6; x += 0.37) {
            assert_near(stats_t_cdf(x, df), gsl_cdf_tdist_P(x, df), 1e-12);
            assert_near(stats_normal_cdf(x), gsl_cdf_ugaussian_P(x), 1e-12);
            assert_near(stats_chi2_upper(x * x, df), gsl_cdf_chisq_Q(x * x, df), 1e-12);
        }
    for (unsigned n = 1; n < 200; n += 13)
        for (unsigned k = 0; k <= n; k++) {
            assert_near(stats_binomial_cdf(k, n, 0.5), gsl_cdf_binomial_P(k, 0.5, n), 1e-12);
            assert_near(stats_binomial_pmf(k, n, 0.3), gsl_ran_binomial_pdf(k, 0.3, n), 1e-12);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beta),
        cmocka_unit_test(test_gamma),
        cmocka_unit_test(test_distributions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
