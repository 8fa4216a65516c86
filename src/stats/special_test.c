/* Values from 50-digit arithmetic; special_gsl_test.c walks a grid against GSL where that is
 * installed. */
#include "stats/special.h"
#include "fixtures/near.h"

/* Relative, unlike assert_near: the tails matter. */
static void assert_relative(double a, double b, double tol)
{
    assert_near(a / b, 1, tol);
}

static void test_beta(void **state)
{
    (void)state;
    static const double rows[][4] = {
        /* a, b, x, I_x(a,b) */
        {0.5, 0.5, 0.3, 0.36901011956554538},    {2, 3, 0.4, 0.5248},
        {10, 1.5, 0.9, 0.54019700650185455},     {200, 300, 0.41, 0.67762816477217895},
        {0.01, 5, 0.001, 0.95279588000707724},   {5000, 5000, 0.49, 0.022742032324574546},
        {3, 1000, 0.001, 0.08057759036020441},   {40, 2, 0.99, 0.93656046199755262},
        {1e5, 2e5, 0.3333, 0.48472420024959623},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const double *r = rows[i];
        assert_relative(stats_beta_inc(r[0], r[1], r[2]), r[3], 1e-12);
        assert_near(stats_beta_inc(r[1], r[0], 1 - r[2]), 1 - r[3], 1e-12); /* symmetry */
    }
}

static void test_gamma(void **state)
{
    (void)state;
    static const double rows[][3] = {
        /* a, x, Q */
        {0.5, 0.2, 0.52708925686553807},  {1, 1, 0.36787944117144232},
        {5, 2, 0.94734698265628884},      {5, 20, 1.6944743930067384e-5},
        {100, 90, 0.84177901081356983},   {1000, 1050, 0.058671111377318077},
        {0.01, 1e-5, 0.1036632017328028}, {2.5, 30, 1.2154569777183039e-11},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_relative(stats_gamma_q(rows[i][0], rows[i][1]), rows[i][2], 1e-12);
}

static void test_edges(void **state)
{
    (void)state;
    assert_near(stats_beta_inc(2, 3, 0), 0, 0);
    assert_near(stats_beta_inc(2, 3, 1), 1, 0);
    assert_true(isnan(stats_beta_inc(0, 3, 0.5)));
    assert_true(isnan(stats_beta_inc(2, 3, 1.5)));
    assert_near(stats_gamma_q(3, INFINITY), 0, 0);
    assert_near(exp(stats_ln_choose(10, 3)), 120, 1e-13);
    assert_near(stats_ln_choose(7, 7), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beta),
        cmocka_unit_test(test_gamma),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
