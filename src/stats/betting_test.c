/* Against numpy's numbers (docs/methods.md has the formula; tests/stats_oracle.py computes it
 * again), and what the interval promises; bench/stats_coverage.c has the long simulations. */
#include "stats/betting.h"
#include "base/rng.h"
#include "fixtures/near.h"

static const double d[24] = {1, 0, 0, 1,  -1, 0, 1, 0, 1,   1, 0, 0,
                             0, 1, 1, .5, 0,  1, 1, 0, -.5, 1, 0, 1};

static void test_capital(void **state)
{
    (void)state;
    struct stats_bet b = stats_bet_start(.05, -1, 1), back = b;
    assert_near(stats_bet_above(&b), 1, 1e-14);
    for (int i = 0; i < 24; i++) {
        stats_bet_take(&b, d[i]);
        stats_bet_take(&back, d[23 - i]);
    }
    assert_near(stats_bet_above(&b), 13.105329204456991, 1e-12);
    assert_near(stats_bet_below(&b), .27711254446707007, 1e-12);
    assert_near(stats_bet_e(&b), 13.105329204456991 / 2, 1e-12);
    assert_near(stats_bet_above(&back), stats_bet_above(&b), 1e-12); /* the order does not matter */
}

static void test_interval(void **state)
{
    (void)state;
    struct stats_ci ci = stats_bet_interval(d, 24, -1, 1, .95);
    assert_near(ci.low, -0.020091502266128547, 1e-11);
    assert_near(ci.high, 0.7482473344848288, 1e-11);
    struct stats_ci none = stats_bet_interval(d, 0, -1, 1, .95);
    assert_near(none.low, -1, 0);
    assert_near(none.high, 1, 0);
    static const double zero[100] = {0}; /* equal numbers narrow it, too */
    struct stats_ci same = stats_bet_interval(zero, 100, -1, 1, .95);
    assert_true(same.high < .2 && same.low > -.2 && same.low < 0 && same.high > 0);
    assert_near(same.low, -same.high, 1e-9);
}

/* An interval holds exactly the m at which a bet has not won. */
static void test_interval_and_bet_agree(void **state)
{
    (void)state;
    struct stats_ci ci = stats_bet_interval(d, 24, -1, 1, .95);
    const double m[] = {ci.low - 1e-6, ci.low + 1e-6, ci.high - 1e-6, ci.high + 1e-6};
    for (int k = 0; k < 4; k++) {
        struct stats_bet b = stats_bet_start(m[k], -1, 1);
        for (int i = 0; i < 24; i++)
            stats_bet_take(&b, d[i]);
        assert_int_equal(stats_bet_e(&b) >= 20, k == 0 || k == 3);
    }
}

/* The limits of a ratio are where a bet on a - r b has just not won. */
static void test_ratio(void **state)
{
    (void)state;
    double a[60], b[60];
    for (int i = 0; i < 60; i++) {
        a[i] = i % 5 == 0;
        b[i] = i % 2 == 0;
    }
    struct stats_ci ci = stats_bet_ratio_interval(a, b, 60, .95);
    struct stats_ci back = stats_bet_ratio_interval(b, a, 60, .95);
    assert_true(ci.low < .4 && .4 < ci.high && ci.high < 1.1); /* 12 of 60 against 30 of 60 */
    assert_near(back.low, 1 / ci.high, 1e-9);
    const double r[] = {ci.low * .999, ci.low * 1.001, ci.high * .999, ci.high * 1.001};
    for (int k = 0; k < 4; k++) {
        struct stats_bet bet = stats_bet_start(0, -r[k], 1);
        for (int i = 0; i < 60; i++)
            stats_bet_take(&bet, a[i] - r[k] * b[i]);
        assert_int_equal(stats_bet_e(&bet) >= 20, k == 0 || k == 3);
    }
    ci = stats_bet_ratio_interval(a, b, 2, .95);
    assert_true(ci.low < .05 && ci.high > 20);
}

/* Looked at after every task, over 300 tasks at the threshold, at most 1 run in 20 decides. */
static void test_level(void **state)
{
    (void)state;
    struct rng rng = rng_make(8);
    int decided = 0;
    for (int trial = 0; trial < 400; trial++) {
        struct stats_bet b = stats_bet_start(.05, -1, 1);
        double most = 0;
        for (int i = 0; i < 300; i++) { /* P(1) = .25, P(-1) = .2: mean .05 */
            double u = rng_double(&rng);
            stats_bet_take(&b, u < .25 ? 1 : u < .45 ? -1 : 0);
            most = fmax(most, stats_bet_e(&b));
        }
        decided += most >= 20;
    }
    assert_in_range(decided, 1, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_capital),
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_interval_and_bet_agree),
        cmocka_unit_test(test_level),
        cmocka_unit_test(test_ratio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
