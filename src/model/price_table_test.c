/* Tables of prices: which row is a model's, and what is wrong with a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/price_table.h"
#include "fixtures/close.h"

static const char table[] =
    "currency: USD\n"
    "prices:\n"
    "- {model: \"gpt-4o-mini*\", input: 0.15, output: 0.60}\n"
    "- {model: \"gpt-4o*\", input: 2.5, output: 10}\n"
    "- {model: \"*llama*\", server: \"https://openrouter.ai/*\", input: 0.02, output: 0.03}\n";

static struct price_table *parse(const char *text)
{
    struct price_table *t = NULL;
    struct err err = {0};
    if (price_table_parse("p.yaml", text, strlen(text), &t, &err) < 0)
        fail_msg("%s", err.msg);
    return t;
}

static double input_of(const json_t *prices, const char *role)
{
    const json_t *of = role ? json_object_get(json_object_get(prices, "roles"), role)
                            : json_object_get(prices, "model");
    return json_get_num(of, "input", -1);
}

static void the_first_row_that_matches_counts(void **state)
{
    (void)state;
    struct price_table *t = parse(table);
    static const struct {
        const char *name, *url;
        double input; /* -1: no row */
    } models[] = {
        {"gpt-4o-mini-2024-07-18", "https://api.openai.com/v1", 0.15},
        {"gpt-4o", "https://api.openai.com/v1", 2.5},
        {"gpt-4", "https://api.openai.com/v1", -1},
        {"meta-llama/llama-3.1-8b-instruct", "https://openrouter.ai/api/v1", 0.02},
        {"meta-llama/llama-3.1-8b-instruct", "http://localhost:8000/v1", -1},
        {"llama3.1:8b", "", -1},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        json_t *id CLEANUP_JSON =
            json_pack("{s:s, s:s}", "name", models[i].name, "base_url", models[i].url);
        json_t *prices CLEANUP_JSON = price_table_find(t, id);
        assert_true((prices != NULL) == (models[i].input >= 0));
        if (prices)
            assert_close(input_of(prices, NULL), models[i].input);
    }
    price_table_free(t);
}

/* Only '*' and '?' are special; '?' is a whole character. */
static void other_characters_of_a_pattern_are_themselves(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *name;
        bool matches;
    } cases[] = {
        {"claude[1m]", "claude[1m]", true},
        {"claude[1m]", "claude1", false},
        {"a\\b", "a\\b", true},
        {"m?del",
         "m\xc3\xb6"
         "del",
         true},
        {"m?del", "mdel", false},
        {"*a*b", "xaab", true},
        {"*a*b", "xaabc", false},
        {"**", "m", true},
        {"m*", "m", true},
        {"", "m", false},
        {"m?", "m", false},
        {"org/*:free", "org/a/b:free", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *pattern CLEANUP_JSON = json_string(cases[i].pattern);
        char *quoted CLEANUP_FREE = json_dumps(pattern, JSON_ENCODE_ANY);
        char *text CLEANUP_FREE =
            xasprintf("currency: USD\nprices:\n- {model: %s, input: 1, output: 2}\n", quoted);
        struct price_table *t = parse(text);
        json_t *id CLEANUP_JSON = json_pack("{s:s}", "name", cases[i].name);
        json_t *prices CLEANUP_JSON = price_table_find(t, id);
        if ((prices != NULL) != cases[i].matches)
            fail_msg("%s and %s", cases[i].pattern, cases[i].name);
        price_table_free(t);
    }
}

static void roles_have_the_prices_of_their_models(void **state)
{
    (void)state;
    struct price_table *t = parse(table);
    json_t *id CLEANUP_JSON = json_pack("{s:s, s:{s:{s:s}, s:{s:s}}}", "name", "local", "roles",
                                        "planner", "name", "gpt-4o", "coder", "name", "other");
    json_t *prices CLEANUP_JSON = price_table_find(t, id);
    assert_string_equal(json_get_str(prices, "currency", ""), "USD");
    assert_string_equal(json_get_str(prices, "source", ""), "p.yaml");
    assert_true(json_is_null(json_object_get(prices, "model")));
    assert_close(input_of(prices, "planner"), 2.5);
    assert_true(json_is_null(json_object_get(json_object_get(prices, "roles"), "coder")));
    price_table_free(t);
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } files[] = {
        {"prices: []\n", "p.yaml:1: a table of prices needs a currency"},
        {"currency: USD\n", "p.yaml:1: a table of prices needs prices"},
        {"currency: two words\nprices: []\n", "p.yaml:1: currency: expected a short word"},
        {"currency: \"U\\e[2J\"\nprices: []\n", "p.yaml:1: currency: expected a short word"},
        {"currency: USD\nprices:\n- {input: 1, output: 2}\n", "p.yaml:3: a price needs a model"},
        {"currency: USD\nprices:\n- {model: m, input: 1}\n", "p.yaml:3: a price needs output"},
        {"currency: USD\nprices:\n- {model: m, input: -1, output: 2}\n",
         "p.yaml:3: input: expected what a million tokens cost"},
        {"currency: USD\nprices:\n- {model: m, input: 1, output: cheap}\n", "p.yaml:3: output:"},
        {"currency: USD\nprices:\n- {model: m, input: 1, output: 2, ouput: 3}\n", "p.yaml:3:"},
        {"currency: USD\nprices: {model: m}\n", "p.yaml:2: prices:"},
        {"- 1\n", "p.yaml:1: a table of prices:"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct price_table *t = NULL;
        struct err err = {0};
        assert_true(price_table_parse("p.yaml", files[i].text, strlen(files[i].text), &t, &err) <
                    0);
        assert_int_equal(err.kind, ERR_INPUT);
        if (!str_starts(err.msg, files[i].says))
            fail_msg("%s", err.msg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_row_that_matches_counts),
        cmocka_unit_test(other_characters_of_a_pattern_are_themselves),
        cmocka_unit_test(roles_have_the_prices_of_their_models),
        cmocka_unit_test(what_is_wrong_is_said_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
