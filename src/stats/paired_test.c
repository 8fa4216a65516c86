/* The paired t-test against scipy 1.10.1, and its degenerate cases. */
#include "stats/paired.h"
#include "base/rng.h"
#include "fixtures/near.h"

static void test_against_scipy(void **state)
{
    (void)state;
    static const double d[] = {.2, 0, -.4, .6, .2, .2, 0, 1};
    struct stats_paired r = stats_paired_t(d, 8, 0.95);
    assert_near(r.mean, 0.225, 1e-14);
    assert_near(r.mean / r.se, 1.5151061212682275, 1e-12);
    assert_near(r.p, 0.17352099545794317, 1e-12);
    assert_near(r.ci.low, -0.12615722201889681, 1e-12);
    assert_near(r.ci.high, 0.5761572220188969, 1e-12);
}

static void test_degenerate(void **state)
{
    (void)state;
    static const double zero[] = {0, 0, 0}, same[] = {.3, .3, .3};
    assert_true(isnan(stats_paired_t(zero, 0, 0.95).mean));
    assert_true(isnan(stats_paired_t(zero, 1, 0.95).p));
    assert_near(stats_paired_t(zero, 3, 0.95).p, 1, 0);
    assert_near(stats_paired_t(zero, 3, 0.95).ci.high, 0, 0);
    assert_near(stats_paired_t(same, 3, 0.95).se, 0, 0);
    assert_near(stats_paired_t(same, 3, 0.95).p, 0, 0);
}

static void test_equivalence(void **state)
{
    (void)state;
    static const double d[] = {.02, -.01, 0, .01, -.02, 0, .01, 0};
    struct stats_paired r = stats_paired_t(d, 8, 0.90);
    assert_true(stats_tost(&r, 0.05) < 1e-3);
    /* The 90 % interval lies inside the margin exactly when the test rejects at 5 %. */
    assert_near(stats_tost(&r, fmax(r.ci.high, -r.ci.low)), 0.05, 1e-10);
    static const double zero[] = {0, 0, 0};
    struct stats_paired flat = stats_paired_t(zero, 3, 0.95);
    assert_near(stats_tost(&flat, 0.05), 0, 0);
}

/* The interval contains the true mean about 95 times in 100 for outcomes as coarse as ours (K = 3
 * samples). */
static void test_coverage(void **state)
{
    (void)state;
    struct rng rng = rng_make(7);
    int held = 0;
    for (int trial = 0; trial < 2000; trial++) {
        double d[40];
        for (int i = 0; i < 40; i++) {
            d[i] = 0;
            for (int k = 0; k < 3; k++)
                d[i] += ((rng_double(&rng) < 0.7) - (rng_double(&rng) < 0.6)) / 3.0;
        }
        struct stats_ci ci = stats_paired_t(d, 40, 0.95).ci;
        held += ci.low <= 0.1 && 0.1 <= ci.high;
    }
    assert_in_range(held, 1870, 1930); /* 1900 expected, standard deviation 10 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_scipy),
        cmocka_unit_test(test_degenerate),
        cmocka_unit_test(test_equivalence),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
