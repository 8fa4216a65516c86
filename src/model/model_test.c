/* The model interface: identity of requests, the table of backends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/model.h"

static const struct model_message messages[] = {{"system", "be brief"}, {"user", "caf\xc3\xa9?"}};
static const struct model_request base = {.messages = messages,
                                          .n_messages = 2,
                                          .role = "flat",
                                          .sampling = {0.2, 0.95, 100},
                                          .seed = UINT64_MAX};

static void a_request_has_one_canonical_text(void **state)
{
    (void)state;
    char hash[HASH_HEX];
    char *text CLEANUP_FREE = model_request_text(&base, hash);
    assert_string_equal(text,
                        "{\"role\":\"flat\",\"messages\":[{\"role\":\"system\",\"content\":\"be "
                        "brief\"},{\"role\":\"user\",\"content\":\"caf\xc3\xa9?\"}],"
                        "\"temperature\":0.2,\"top_p\":0.95,\"max_tokens\":100,"
                        "\"seed\":\"18446744073709551615\"}");
}

static void assert_hash_differs(struct model_request changed)
{
    char a[HASH_HEX], b[HASH_HEX];
    char *before CLEANUP_FREE = model_request_text(&base, a);
    char *after CLEANUP_FREE = model_request_text(&changed, b);
    assert_string_not_equal(before, after);
    assert_string_not_equal(a, b);
}

static void every_part_counts_in_the_hash(void **state)
{
    (void)state;
    char a[HASH_HEX], again[HASH_HEX];
    char *first CLEANUP_FREE = model_request_text(&base, a);
    char *second CLEANUP_FREE = model_request_text(&base, again);
    assert_string_equal(first, second);
    assert_string_equal(a, again);
    struct model_request r = base;
    r.role = "coder";
    assert_hash_differs(r);
    r = base;
    r.n_messages = 1;
    assert_hash_differs(r);
    r = base;
    r.sampling.temperature = 0.3;
    assert_hash_differs(r);
    r = base;
    r.sampling.top_p = 1;
    assert_hash_differs(r);
    r = base;
    r.sampling.max_tokens = 99;
    assert_hash_differs(r);
    r = base;
    r.sampling.min_p = 0.05;
    assert_hash_differs(r);
    r = base;
    r.seed--;
    assert_hash_differs(r);
    r = base;
    r.json_schema = "{}";
    assert_hash_differs(r);
}

static void an_unknown_backend_lists_the_known_ones(void **state)
{
    (void)state;
    struct err e = {0};
    struct model *m = NULL;
    assert_true(model_open(&(struct model_config){.backend = "ollamma", .name = "x"}, &m, &e) < 0);
    assert_int_equal(e.kind, ERR_INPUT);
    assert_non_null(strstr(e.msg, "'ollamma'"));
    assert_non_null(strstr(e.msg, "embedded"));
    assert_null(m);
}

static void the_table_says_what_a_backend_can(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned can;
        const char *prompts;
    } is[] = {
        {"embedded", MODEL_WEIGHTS, "tiny"},
        {"openai", MODEL_SERVER | MODEL_ADAPTERS | MODEL_THINKS, "chat"},
        {"ollama", MODEL_SERVER | MODEL_CONTEXT | MODEL_THINKS, "chat"},
        {"replay", MODEL_REPLAYS, "chat"},
        {"nobody", 0, "chat"},
    };
    for (size_t i = 0; i < sizeof is / sizeof *is; i++) {
        for (unsigned bit = 1; bit <= MODEL_REPLAYS; bit <<= 1)
            assert_int_equal(model_can(is[i].name, (enum model_ability)bit), !!(is[i].can & bit));
        assert_string_equal(model_prompts(is[i].name), is[i].prompts);
        assert_int_equal(model_known(is[i].name), is[i].name[0] != 'n');
    }
    struct str names CLEANUP_STR = {0};
    model_list(MODEL_SERVER, " and ", &names);
    str_addc(&names, ';');
    model_list(MODEL_CONTEXT, " and ", &names);
    str_addc(&names, ';');
    model_list(0, " or ", &names);
    assert_string_equal(str_text(&names),
                        "openai and ollama;ollama;embedded, openai, ollama or replay");
}

static void finishes_have_names(void **state)
{
    (void)state;
    for (int f = MODEL_FINISH_STOP; f <= MODEL_FINISH_CONTEXT; f++)
        assert_int_equal(model_finish_parse(model_finish_name((enum model_finish)f)), f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_has_one_canonical_text),
        cmocka_unit_test(every_part_counts_in_the_hash),
        cmocka_unit_test(an_unknown_backend_lists_the_known_ones),
        cmocka_unit_test(the_table_says_what_a_backend_can),
        cmocka_unit_test(finishes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
