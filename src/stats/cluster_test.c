/* Clusters and task effects, against statsmodels 0.13.5. */
#include "stats/cluster.h"
#include "stats/conditional.h"
#include "fixtures/near.h"

static const double d[10] = {.5, 0, -.25, 1, .25, .25, 0, -.5, .75, .5};

static void test_clusters(void **state)
{
    (void)state;
    static const size_t four[10] = {0, 0, 0, 1, 1, 2, 2, 2, 3, 3};
    struct stats_paired r = stats_clustered(d, four, 10, 4, .95);
    assert_int_equal(r.n, 4);
    assert_near(r.mean, .25, 1e-15);
    assert_near(r.se, 0.17795130420052177, 1e-14);
    assert_near(r.ci.low, -0.31632047, 1e-8);
    assert_near(r.ci.high, 0.81632047, 1e-8);
    assert_near(r.p, 0.25469893, 1e-8);
}

/* Every task its own cluster: the t-test. An empty cluster changes nothing. */
static void test_single_tasks(void **state)
{
    (void)state;
    static const size_t own[10] = {0, 1, 2, 3, 4, 6, 7, 8, 9, 10};
    struct stats_paired r = stats_clustered(d, own, 10, 11, .95), t = stats_paired_t(d, 10, .95);
    assert_int_equal(r.n, 10);
    assert_near(r.se, t.se, 1e-14);
    assert_near(r.p, t.p, 1e-13);
    static const size_t one[10] = {0};
    assert_true(isnan(stats_clustered(d, one, 10, 1, .95).p)); /* one cluster tells nothing */
    assert_true(isnan(stats_clustered(d, one, 0, 1, .95).mean));
}

static void test_conditional_logit(void **state)
{
    (void)state;
    static const struct stats_trials t[] = {{3, 5, 1, 5}, {5, 5, 2, 5}, {0, 5, 0, 5}, {2, 4, 3, 5},
                                            {4, 5, 4, 5}, {1, 5, 0, 5}, {5, 5, 5, 5}, {3, 5, 3, 4}};
    struct stats_odds r = stats_conditional_logit(t, 8, .95);
    assert_near(r.log_odds, 0.8007216532366498, 1e-9);
    assert_near(r.se, 0.5555288376986268, 1e-9);
    assert_int_equal(r.informative, 6);
    assert_near(r.ratio, exp(r.log_odds), 1e-12);
}

/* One sample a task: b / c, with McNemar's variance 1/b + 1/c. */
static void test_one_sample(void **state)
{
    (void)state;
    struct stats_trials t[30];
    for (int i = 0; i < 30; i++)
        t[i] = (struct stats_trials){i < 20, 1, i < 13 || i >= 27, 1};
    struct stats_odds r = stats_conditional_logit(t, 30, .95);
    assert_near(r.ratio, 7.0 / 3, 1e-9);
    assert_near(r.se, sqrt(1.0 / 7 + 1.0 / 3), 1e-9);
    for (int i = 20; i < 30; i++)
        t[i].b_solved = 0;
    r = stats_conditional_logit(t, 30, .95); /* B wins nowhere */
    assert_true(isinf(r.log_odds) && r.log_odds > 0 && isnan(r.se));
    assert_near(r.p, 2 * pow(.5, 7), 1e-15); /* A wins the 7 tasks that differ */
    double u = 1 - pow(.025, 1.0 / 7);
    assert_near(r.ci.low, (1 - u) / u, 1e-12);
    assert_true(isnan(stats_conditional_logit(t + 20, 10, .95).log_odds));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_single_tasks),
        cmocka_unit_test(test_conditional_logit),
        cmocka_unit_test(test_one_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
