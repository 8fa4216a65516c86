/* By hand where all pools are equal, against scipy (minimised likelihood, numeric derivatives)
 * where they are not, and by simulation. */
#include "stats/pooled.h"
#include "base/rng.h"
#include "fixtures/near.h"

static void test_equal_pools(void **state)
{
    (void)state;
    struct stats_pool p[20];
    for (size_t i = 0; i < 20; i++)
        p[i] = (struct stats_pool){i, 3, i < 5};
    struct stats_estimate e = stats_pooled_rate(p, 20, .95);
    assert_near(e.value, 1 - pow(.75, 1 / 3.0), 1e-10);
    assert_int_equal(e.n, 20);
    for (size_t i = 0; i < 20; i++) /* pools of one: the plain rate */
        p[i].trials = 1;
    assert_near(stats_pooled_rate(p, 20, .95).value, .25, 1e-10);
    /* the sandwich is then that of ln p: sqrt(sum (y - p)^2) / (n p), times n / (n - 1) */
    double se = sqrt(20 * .25 * .75 * 20 / 19) / (20 * .25);
    assert_near(stats_pooled_rate(p, 20, .95).ci.high, .25 * exp(2.093024054408263 * se), 1e-8);
}

/* scipy's brentq on the derivative of the likelihood, the sandwich from numeric derivatives. */
static void test_unequal_pools(void **state)
{
    (void)state;
    static const struct stats_pool p[] = {{0, 1, false}, {0, 4, true},  {1, 2, false},
                                          {1, 7, true},  {2, 3, false}, {3, 5, false},
                                          {3, 2, true},  {4, 6, false}};
    static const struct stats_pool q[] = {
        {0, 3, true}, {1, 1, false}, {2, 2, true}, {3, 1, true}, {4, 4, false}};
    struct stats_estimate e = stats_pooled_rate(p, 8, .95), r = stats_pooled_ratio(p, 8, q, 5, .95);
    assert_near(e.value, 0.1235428376, 1e-7);
    assert_near(e.ci.low, 0.038792756, 1e-5);
    assert_near(e.ci.high, 0.393445430, 1e-5);
    assert_near(r.value, 0.3765394302, 1e-7);
    assert_near(r.ci.low, 0.087089292, 1e-5);
    assert_near(r.ci.high, 1.628006602, 1e-5);
}

/* Six times as many runs at the same rate: no difference per run. */
static void test_exposure_is_taken_out(void **state)
{
    (void)state;
    struct stats_pool a[400], b[400];
    double q = pow(.98, 6);
    for (size_t i = 0; i < 400; i++) {
        a[i] = (struct stats_pool){i, 6, (double)i < 400 * (1 - q)};
        b[i] = (struct stats_pool){i, 1, i < 8};
    }
    struct stats_estimate e = stats_pooled_ratio(a, 400, b, 400, .95);
    assert_near(e.value, 1, .02);
    assert_true(e.ci.low < 1 && e.ci.high > 1);
}

static void test_edges(void **state)
{
    (void)state;
    struct stats_pool none[] = {{0, 2, false}, {1, 3, false}}, all[] = {{0, 2, true}, {1, 3, true}};
    struct stats_pool some[] = {{0, 2, true}, {1, 3, false}}, empty[] = {{0, 0, false}};
    assert_near(stats_pooled_rate(none, 2, .95).value, 0, 0);
    assert_near(stats_pooled_rate(none, 2, .95).ci.high, 1 - pow(.025, .2), 1e-12);
    assert_true(isnan(stats_pooled_rate(all, 2, .95).value));
    assert_true(isnan(stats_pooled_rate(empty, 1, .95).value));
    assert_true(isnan(stats_pooled_rate(NULL, 0, .95).value));
    assert_near(stats_pooled_ratio(none, 2, some, 2, .95).value, 0, 0);
    assert_true(isnan(stats_pooled_ratio(some, 2, none, 2, .95).value));
    some[0].trials = 0; /* a wrong call that ran nothing is one trial */
    assert_true(stats_pooled_rate(some, 2, .95).value > 0);
}

/* Coverage of the ratio's interval at the same rate, 60 tasks of 2 samples, 1 to 12 runs. */
static void test_coverage(void **state)
{
    (void)state;
    struct rng r = rng_make(7);
    int covered = 0, n = 0;
    for (int k = 0; k < 400; k++) {
        struct stats_pool a[120], b[120];
        for (size_t i = 0; i < 120; i++) {
            double m = 2 + (double)rng_below(&r, 11), m2 = 1 + (double)rng_below(&r, 3);
            a[i] = (struct stats_pool){i / 2, m, rng_double(&r) < 1 - pow(.94, m)};
            b[i] = (struct stats_pool){i / 2, m2, rng_double(&r) < 1 - pow(.94, m2)};
        }
        struct stats_estimate e = stats_pooled_ratio(a, 120, b, 120, .95);
        n += isfinite(e.ci.low);
        covered += e.ci.low <= 1 && e.ci.high >= 1;
    }
    assert_true(n >= 390);
    assert_true(covered >= .92 * n && covered <= .985 * n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_pools),
        cmocka_unit_test(test_unequal_pools),
        cmocka_unit_test(test_exposure_is_taken_out),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
