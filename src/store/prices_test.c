/* What tokens cost, against sums made by hand. */
#include "store/prices.h"
#include "base/str.h"
#include "fixtures/record.h"
#include "fixtures/close.h"

static json_t *prices_json(void)
{
    return json_pack("{s:s, s:{s:f, s:f}, s:{s:{s:f, s:f}, s:n}}", "currency", "EUR", "model",
                     "input", 0.15, "output", 0.60, "roles", "planner", "input", 3.0, "output",
                     15.0, "tester");
}

static void a_call_costs_what_its_role_costs(void **state)
{
    (void)state;
    json_t *json CLEANUP_JSON = prices_json();
    struct prices p = prices_of(json);
    assert_string_equal(p.currency, "EUR");
    /* 1000 x 0.15 / 1e6 + 500 x 0.60 / 1e6 */
    assert_close(prices_tokens(&p, "coder", 1000, 500), 0.00045);
    /* 1000 x 3 / 1e6 + 500 x 15 / 1e6 */
    assert_close(prices_tokens(&p, "planner", 1000, 500), 0.0105);
    assert_close(prices_tokens(&p, "tester", 1000, 500), 0); /* a model of its own, free */
    struct store_share shares[] = {
        {.role = "planner", .prompt_tokens = 100, .generated_tokens = 10},
        {.role = "coder", .prompt_tokens = 2000, .generated_tokens = 300},
        {.role = "tester", .prompt_tokens = 50, .generated_tokens = 60}};
    struct store_episode row = {.shares = shares, .n_shares = 3};
    /* 0.00045 of the planner, 0.00048 of the coder */
    assert_close(prices_episode(&p, &row), 0.00093);
    struct prices none = prices_of(NULL);
    assert_null(none.currency);
    assert_close(prices_episode(&none, &row), 0);
}

static void put_call(struct fixture *f, struct store *s, long long id, const char *role, int index,
                     int prompt, int generated)
{
    struct store_call c = {.role = role,
                           .index = index,
                           .request_hash = "h",
                           .request = "{}",
                           .reply_text = "",
                           .finish = "stop",
                           .prompt_tokens = prompt,
                           .generated_tokens = generated};
    assert_int_equal(store_call_put(s, id, &c, &f->err), 0);
}

/* Finished episodes by what their roles spent, the others by their calls. */
static void all_that_is_recorded_was_spent(void **state)
{
    struct fixture *f = *state;
    json_t *json CLEANUP_JSON = prices_json();
    struct prices p = prices_of(json);
    struct store *s = open_or_fail(f, STORE_WRITE);
    const char *arms[] = {"hrm"}, *tasks[] = {"a", "b"};
    struct store_plan_item items[] = {{.arm = "hrm", .task = "a"}, {.arm = "hrm", .task = "b"}};
    double spent = -1;
    assert_int_equal(store_plan(s, arms, 1, tasks, 2, items, 2, &f->err), 0);
    assert_int_equal(prices_spent(&p, s, &spent, &f->err), 0);
    assert_close(spent, 0);
    struct store_share share = {
        .role = "planner", .calls = 1, .prompt_tokens = 100, .generated_tokens = 10};
    struct store_episode row = a_row(STORE_DONE);
    row.shares = &share;
    row.n_shares = 1;
    put_call(f, s, items[0].id, "planner", 0, 100, 10);
    assert_int_equal(store_episode_finish(s, items[0].id, &row, &f->err), 0);
    put_call(f, s, items[1].id, "coder", 0, 2000, 300);
    assert_int_equal(prices_spent(&p, s, &spent, &f->err), 0);
    assert_close(spent, 0.00045 + 0.00048);
    store_close(s);
}

static void amounts_have_two_digits_that_mean_something(void **state)
{
    (void)state;
    static const struct {
        double amount;
        const char *text;
    } amounts[] = {
        {0, "0.00"},       {0.42, "0.42"},      {1.234, "1.23"},        {1234.5, "1234.50"},
        {0.0312, "0.031"}, {0.00314, "0.0031"}, {0.000001, "0.0000010"}};
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        struct str s CLEANUP_STR = {0};
        prices_add_amount(&s, amounts[i].amount);
        assert_string_equal(s.p, amounts[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_costs_what_its_role_costs),
        cmocka_unit_test_setup_teardown(all_that_is_recorded_was_spent, setup, teardown),
        cmocka_unit_test(amounts_have_two_digits_that_mean_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
