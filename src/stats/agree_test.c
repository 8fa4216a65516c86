/* Against statsmodels 0.13.5, and by hand. */
#include "stats/agree.h"
#include "fixtures/near.h"

static void test_kappa(void **state)
{
    (void)state;
    static const long table[] = {20, 10, 5, 3, 30, 15, 0, 5, 40};
    assert_near(stats_kappa(table, 3).kappa, 0.5462263270827502, 1e-12);
    assert_near(stats_kappa(table, 3).se, 0.060757376075739646, 1e-12);
    static const long perfect[] = {5, 0, 0, 7}, one[] = {9, 0, 0, 0}, against[] = {0, 5, 5, 0};
    assert_near(stats_kappa(perfect, 2).kappa, 1, 1e-15);
    assert_near(stats_kappa(perfect, 2).se, 0, 1e-9);
    assert_true(isnan(stats_kappa(one, 2).kappa));
    assert_near(stats_kappa(against, 2).kappa, -1, 1e-15);
}

static void test_binary(void **state)
{
    (void)state;
    struct stats_binary r = stats_binary(6, 2, 1, 11);
    assert_near(r.precision, 0.75, 0);
    assert_near(r.recall, 6.0 / 7, 1e-15);
    assert_near(r.false_positive_rate, 2.0 / 13, 1e-15);
    assert_near(r.mcc, 64 / sqrt(8 * 7 * 13 * 12.0), 1e-14);
    assert_near(stats_binary(4, 0, 0, 4).mcc, 1, 0);
    assert_near(stats_binary(0, 4, 4, 0).mcc, -1, 0);
    assert_true(isnan(stats_binary(3, 2, 0, 0).mcc)); /* undefined where everything is accepted */
    assert_true(isnan(stats_binary(0, 0, 2, 3).precision));
}

static void test_stuart_maxwell(void **state)
{
    (void)state;
    static const long table[] = {20, 10, 5, 3, 30, 15, 0, 5, 40};
    struct stats_marginal r = stats_stuart_maxwell(table, 3);
    assert_near(r.chi2, 13.76470588235294, 1e-12);
    assert_near(r.df, 2, 0);
    assert_near(r.p, 0.0010257277265580678, 1e-12);
    static const long larger[] = {10, 2, 1, 0, 1, 8, 1, 1, 0, 2, 6, 1, 1, 0, 1, 5};
    assert_near(stats_stuart_maxwell(larger, 4).chi2, 0.23255813953488308, 1e-12);
    /* Two categories: McNemar's chi-square. */
    static const long two[] = {3, 9, 2, 5};
    assert_near(stats_stuart_maxwell(two, 2).chi2, 49.0 / 11, 1e-12);
    /* An unused category changes nothing; equal margins give p = 1. */
    static const long unused[] = {3, 0, 9, 0, 0, 0, 2, 0, 5}, diagonal[] = {3, 0, 0, 4};
    assert_near(stats_stuart_maxwell(unused, 3).chi2, 49.0 / 11, 1e-12);
    assert_near(stats_stuart_maxwell(unused, 3).df, 1, 0);
    assert_near(stats_stuart_maxwell(diagonal, 2).p, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kappa),
        cmocka_unit_test(test_binary),
        cmocka_unit_test(test_stuart_maxwell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
