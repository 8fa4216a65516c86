/* Bootstrap and permutation: exact where enumeration is possible, reproducible where not. */
#include "stats/resample.h"
#include "base/rng.h"
#include "stats/paired.h"
#include "fixtures/near.h"

static void test_bootstrap_exact(void **state)
{
    (void)state;
    static const double d[] = {1, 0}; /* means 0, .5, .5, 1 */
    struct stats_bootstrap r = stats_bootstrap_mean(d, 2, 100, 0.95, 1);
    assert_int_equal(r.reps, 4);
    assert_near(r.sd, sqrt(0.125), 1e-14);
    assert_near(r.ci.low, 0, 0);
    assert_near(r.ci.high, 1, 0);
    assert_near(stats_bootstrap_mean(d, 2, 100, 0.5, 1).ci.low, 0, 0); /* P(mean <= 0) = 1/4 */
    assert_near(stats_bootstrap_mean(d, 2, 100, 0.49, 1).ci.low, 0.5, 0);
    assert_true(isnan(stats_bootstrap_mean(d, 0, 100, 0.95, 1).sd));
}

static void test_bootstrap_sampled(void **state)
{
    (void)state;
    double d[50];
    struct rng rng = rng_make(3);
    for (int i = 0; i < 50; i++)
        d[i] = rng_normal(&rng);
    struct stats_bootstrap a = stats_bootstrap_mean(d, 50, 10000, 0.95, 11);
    struct stats_bootstrap b = stats_bootstrap_mean(d, 50, 10000, 0.95, 11);
    struct stats_paired t = stats_paired_t(d, 50, 0.95);
    assert_near(a.ci.low, b.ci.low, 0); /* same seed, same answer */
    assert_near(a.ci.low, t.ci.low, 0.03);
    assert_near(a.ci.high, t.ci.high, 0.03);
    assert_near(a.sd, t.se * sqrt(49.0 / 50), 0.005);
}

static void test_flips_exact(void **state)
{
    (void)state;
    static const double d[] = {
        .1, .2, .3, 0}; /* all-positive sum: only all + or all - reach it; 0 flips freely */
    struct stats_flips r = stats_sign_flip(d, 4, 0, 0);
    assert_int_equal(r.total, 16);
    assert_int_equal(r.two_sided, 4);
    assert_int_equal(r.upper, 2);
    assert_near(r.p, 0.25, 0);
    static const double zero[3] = {0};
    assert_near(stats_sign_flip(zero, 3, 0, 0).p, 1, 0);
    assert_near(stats_sign_flip(zero, 0, 0, 0).p, 1, 0);
}

static void test_flips_sampled(void **state)
{
    (void)state;
    double d[21] = {
        0}; /* beyond enumeration; the zeros change nothing, so the exact answer is known */
    static const double few[] = {.6, .4, .2, .2, -.2, .4, .6, .2};
    for (int i = 0; i < 8; i++)
        d[i] = few[i];
    double exact = stats_sign_flip(few, 8, 0, 0).p;
    struct stats_flips r = stats_sign_flip(d, 21, 20000, 5);
    assert_int_equal(r.total, 20001);
    assert_near(r.p, exact, 0.005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bootstrap_exact),
        cmocka_unit_test(test_bootstrap_sampled),
        cmocka_unit_test(test_flips_exact),
        cmocka_unit_test(test_flips_sampled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
