/* Against statsmodels 0.13.5, and by hand. */
#include "stats/holm.h"
#include "fixtures/near.h"

static void test_holm(void **state)
{
    (void)state;
    double p[] = {.01, .02, .02, .5, .04}, out[5];
    static const double want[] = {.05, .08, .08, .5, .08};
    stats_holm(p, out, 5);
    for (int i = 0; i < 5; i++)
        assert_near(out[i], want[i], 1e-14);
    stats_holm(p, p, 5); /* in place */
    assert_near(p[3], .5, 0);
    double one = .3, high[] = {.9, .8};
    stats_holm(&one, &one, 1);
    assert_near(one, .3, 0);
    stats_holm(high, high, 2);
    assert_near(high[0], 1, 0);
    stats_holm(NULL, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
