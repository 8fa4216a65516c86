/* Against a binomial model with log link in statsmodels 0.13.5; the standard error against 40-digit
 * arithmetic. */
#include "stats/per_step.h"
#include "fixtures/near.h"

static void test_fit(void **state)
{
    (void)state;
    static const struct stats_steps g[] = {{1, 28, 30}, {2, 22, 30}, {3, 20, 30}, {4, 15, 30}};
    struct stats_per_step r = stats_per_step_fit(g, 4);
    assert_near(r.p, 0.8651504590013273, 1e-9);
    assert_near(r.se, 0.021375287274940358, 1e-9);
    assert_near(r.deviance, 1.9533492841499127, 1e-9);
    assert_near(pow(r.p, r.h50), 0.5, 1e-12);
    assert_near(stats_steps_mastered(g, 4, 0.5, 0.95), 2, 0); /* 20 of 30: lower bound 0.488 */
    assert_near(stats_steps_mastered(g, 4, 0.9, 0.95), 0, 0);
}

static void test_edges(void **state)
{
    (void)state;
    static const struct stats_steps all[] = {{2, 9, 9}, {3, 9, 9}}, none[] = {{2, 0, 9}};
    assert_near(stats_per_step_fit(all, 2).p, 1, 0);
    assert_true(isinf(stats_per_step_fit(all, 2).h50));
    assert_near(stats_per_step_fit(none, 1).p, 0, 0);
    assert_true(isnan(stats_per_step_fit(none, 0).p));
    static const struct stats_steps exact[] = {{3, 1, 8}}; /* one group: p^3 = 1/8 */
    assert_near(stats_per_step_fit(exact, 1).p, 0.5, 1e-12);
    assert_near(stats_per_step_fit(exact, 1).deviance, 0, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
