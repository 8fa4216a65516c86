/* What the rest of a plan takes, held against totals worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/str.h"
#include "experiment/forecast.h"
#include "store/prices.h"

static void note(struct forecast_seen *seen, int calls, long prompt, long generated, double seconds)
{
    struct store_episode row = {.calls = calls,
                                .prompt_tokens = prompt,
                                .generated_tokens = generated,
                                .seconds = seconds - 1,
                                .queue_seconds = 1};
    double value[FORECAST_KINDS];
    forecast_values(&row, NULL, value);
    forecast_note(seen, value);
}

/* hrm: 4 and 6 calls, flat: 2 and 2; 10 and 5 episodes are left. */
static void test_arms_differ(void **state)
{
    struct forecast_seen seen[2] = {{0}};
    size_t left[2] = {10, 5};
    (void)state;
    note(&seen[0], 4, 300, 100, 20);
    note(&seen[0], 6, 500, 200, 40);
    note(&seen[1], 2, 100, 50, 5);
    note(&seen[1], 2, 100, 50, 5);
    struct forecast_range calls = forecast_total(seen, left, 2, FORECAST_CALLS);
    assert_true(fabs(calls.value - 60) < 1e-9);
    assert_true(fabs(forecast_total(seen, left, 2, FORECAST_TOKENS).value - 6250) < 1e-9);
    assert_true(fabs(forecast_total(seen, left, 2, FORECAST_GENERATED).value - 1750) < 1e-9);
    assert_true(fabs(forecast_mean(&seen[0], FORECAST_SECONDS) - 30) < 1e-9);
    /* variance 2 of hrm's calls: 10 * 2 + 100 * 2 / 2 = 120, of a total of 60 */
    double factor = 1 + hypot(2 * sqrt(120) / 60, 0.1);
    assert_true(fabs(calls.high - 60 * factor) < 1e-9 && fabs(calls.low - 60 / factor) < 1e-9);
}

/* Planner 3 and 15, all others 0.15 and 0.6 for a million tokens. */
static void test_cost(void **state)
{
    json_t *json CLEANUP_JSON =
        json_pack("{s:s, s:{s:f, s:f}, s:{s:{s:f, s:f}}}", "currency", "USD", "model", "input",
                  0.15, "output", 0.6, "roles", "planner", "input", 3.0, "output", 15.0);
    struct prices prices = prices_of(json);
    struct store_share shares[] = {
        {.role = "planner", .prompt_tokens = 1000, .generated_tokens = 100},
        {.role = "coder", .prompt_tokens = 2000, .generated_tokens = 500}};
    struct store_episode row = {.shares = shares, .n_shares = 2};
    struct forecast_seen seen = {0};
    double value[FORECAST_KINDS];
    size_t left = 100;
    (void)state;
    forecast_values(&row, &prices, value);
    forecast_note(&seen, value);
    forecast_note(&seen, value);
    /* 0.0045 of the planner and 0.0006 of the coder, twice the same: a tenth to either side */
    struct forecast_range r = forecast_total(&seen, &left, 1, FORECAST_COST);
    assert_true(fabs(r.value - 0.51) < 1e-9);
    assert_true(fabs(r.high - 0.561) < 1e-9 && fabs(r.low - 0.51 / 1.1) < 1e-9);
}

static void test_unseen(void **state)
{
    struct forecast_seen seen[3] = {{0}};
    size_t left[3] = {0, 4, 4};
    (void)state;
    assert_true(isnan(forecast_total(seen, left, 3, FORECAST_CALLS).value));
    note(&seen[0], 3, 0, 0, 1);
    note(&seen[1], 5, 0, 0, 1);
    struct forecast_range r = forecast_total(seen, left, 3, FORECAST_CALLS);
    assert_true(fabs(r.value - (4 * 5 + 4 * 4)) < 1e-9); /* the third like the mean of the others */
    assert_true(r.low < r.value / 2 && r.high > r.value * 2);
    left[1] = left[2] = 0;
    assert_true(forecast_total(seen, left, 3, FORECAST_CALLS).high <= 0);
}

static void test_wall(void **state)
{
    (void)state;
    struct forecast_range s = {800, 400, 1600}, r = forecast_wall(s, 8, 8);
    assert_true(fabs(r.value - 100) < 1e-9 && fabs(r.high - 200) < 1e-9);
    r = forecast_wall(s, 8, 1); /* one at a time then: the machine may have been busy with it */
    assert_true(fabs(r.low - 50) < 1e-9 && fabs(r.value - 800) < 1e-9 &&
                fabs(r.high - 1600) < 1e-9);
}

static void test_words(void **state)
{
    static const struct {
        double low, high;
        const char *text;
    } times[] = {{3, 3.2, "3 s"},
                 {25, 80, "25 to 80 s"},
                 {50, 130, "50 s to 2 min"},
                 {1500, 2400, "25 to 40 min"},
                 {3000, 9000, "50 min to 2.5 h"},
                 {7200, 54000, "2.0 to 15 h"},
                 {100000, 300000, "28 h to 3.5 days"}};
    static const struct {
        double x;
        const char *text;
    } counts[] = {{240, "240"},
                  {5321, "5.3 thousand"},
                  {9960, "10 thousand"},
                  {310400, "310 thousand"},
                  {1.24e6, "1.2 million"},
                  {999700, "1.0 million"}};
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct str s CLEANUP_STR = {0};
        forecast_add_times(&s, times[i].low, times[i].high);
        assert_string_equal(str_text(&s), times[i].text);
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct str s CLEANUP_STR = {0};
        forecast_add_count(&s, counts[i].x);
        assert_string_equal(str_text(&s), counts[i].text);
    }
    struct str s CLEANUP_STR = {0};
    forecast_add_time(&s, 3.1 * 3600);
    assert_string_equal(str_text(&s), "3.1 h");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_arms_differ),
                                       cmocka_unit_test(test_cost), cmocka_unit_test(test_unseen),
                                       cmocka_unit_test(test_wall), cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
