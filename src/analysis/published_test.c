#include "analysis/published.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "analysis/model_words.h"
#include "base/file.h"
#include "base/mem.h"

static const char *model_of(const struct published *p, const char *name)
{
    const struct published_model *m = published_find(p, name);
    return m ? m->name : "";
}

static struct published shipped(void)
{
    struct published p = {0};
    struct err err = {0};
    char *path CLEANUP_FREE = file_find_data("eval/published.yaml");
    assert_non_null(path);
    if (published_load(path, &p, &err) < 0)
        fail_msg("%s", err.msg);
    return p;
}

static void names_as_servers_give_them(void **state)
{
    static const char *const same[][2] = {
        {"qwen2.5-coder:0.5b-instruct-q4_K_M", "qwen2.5-coder-0.5b-instruct"},
        {"qwen2.5-coder:0.5b", "qwen2.5-coder-0.5b-instruct"}, /* Ollama's default tag */
        {"Qwen/Qwen2.5-Coder-0.5B-Instruct", "qwen2.5-coder-0.5b-instruct"},
        {"/models/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf", "qwen2.5-coder-0.5b-instruct"},
        {"Qwen2.5-Coder-1.5B-Instruct.IQ4_XS.gguf", "qwen2.5-coder-1.5b-instruct"},
        {"hf.co/someone/Qwen2.5-Coder-3B-Instruct-GGUF:Q8_0", "qwen2.5-coder-3b-instruct"},
        {"Qwen/Qwen2.5-7B-Instruct-AWQ", "qwen2.5-7b-instruct"},
        {"llama3.1:8b-instruct-q4_K_M", "llama-3.1-8b-instruct"},
        {"llama3.1", "llama-3.1-8b-instruct"},
        {"meta-llama/Meta-Llama-3.1-8B-Instruct", "llama-3.1-8b-instruct"},
        {"deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct", "deepseek-coder-v2-*-lite-instruct"},
        {"deepseek-coder-v2:16b-lite-instruct-q4_0", "deepseek-coder-v2-*-lite-instruct"},
    };
    struct published p = shipped();
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_string_equal(model_of(&p, same[i][0]), same[i][1]);
    published_free(&p);
}

static void another_model_is_none_of_these(void **state)
{
    static const char *const others[] = {
        "Qwen/Qwen2.5-Coder-0.5B", /* base */
        "qwen2.5-coder:0.5b-base-q4_K_M",
        "Qwen/Qwen2.5-Math-7B-Instruct",
        "Qwen2.5-Coder-14B-Instruct",
        "Qwen2.5-Coder-0.5B-Instruct-abliterated",
        "DeepSeek-R1-Distill-Llama-3.1-8B-Instruct",
        "llama3.1:8b-text-q4_K_M",
        "llama3.1:70b",
        "llama3.2:3b-instruct-q4_K_M",
        "gpt-4o",
        "q05.gguf",
        "instruct",
        "",
    };
    struct published p = shipped();
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_string_equal(model_of(&p, others[i]), "");
    published_free(&p);
}

static const char table[] =
    "version: 1\n"
    "losses:\n- {quantisation: Q4, points: 3, source: s}\n"
    "models:\n"
    "- {model: any-*, values: [{suite: a, value: 10, quantisation: q, protocol: p, source: s}]}\n"
    "- {model: any-thing-2b, values: []}\n"
    "- {model: any-thing-*, values: []}\n";

static int load(const char *text, struct published *p, struct err *err)
{
    char path[64];
    snprintf(path, sizeof path, "published_test.%d.yaml", (int)getpid());
    assert_int_equal(file_write(path, text, strlen(text), err), 0);
    int rc = published_load(path, p, err);
    unlink(path);
    return rc;
}

static void most_words_win(void **state)
{
    struct published p = {0};
    struct err err = {0};
    (void)state;
    assert_int_equal(load(table, &p, &err), 0);
    assert_string_equal(model_of(&p, "any-thing-2b"), "any-thing-2b");
    assert_string_equal(model_of(&p, "any-thing-3b"), "any-thing-*");
    assert_string_equal(model_of(&p, "any-other"), "any-*");
    published_free(&p);
}

static void refused(const char *from, const char *to, const char *sentence)
{
    struct published p = {0};
    struct err err = {0};
    const char *at = strstr(table, from);
    char text[sizeof table + 100];
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - table), table, to, at + strlen(from));
    assert_true(load(text, &p, &err) < 0);
    assert_int_equal(err.kind, ERR_INPUT);
    if (!strstr(err.msg, sentence))
        fail_msg("'%s' is not in '%s'", sentence, err.msg);
}

static void a_wrong_table_is_refused_with_its_line(void **state)
{
    (void)state;
    refused("value: 10", "value: 110", ":5: value: expected a number from 0 to 100, found 110");
    refused("value: 10", "value: ten", ":5: value: expected a number, found 'ten'");
    refused("value: 10, ", "", ":5: value is missing");
    refused("protocol", "protocoll", ":5: value: unknown key 'protocoll'");
    refused("any-thing-2b", "q4_K_M", ":6: model: 'q4_K_M' has no word");
    refused("any-thing-2b", "any-*", ":6: model: 'any-*' is there already");
    refused("version: 1", "version: 2", ":1: version: expected a whole number from 1 to 1");
    refused("models:", "model:", "unknown key 'model'");
}

static void values_of_a_suite_in_order(void **state)
{
    struct published p = shipped();
    const struct published_model *m = published_find(&p, "qwen2.5-coder:0.5b-instruct-q4_K_M");
    size_t at = 0;
    (void)state;
    assert_float_equal(published_next(m, "humaneval", &at)->percent, 61.6, 1e-9);
    assert_float_equal(published_next(m, "humaneval", &at)->percent, 54.3, 1e-9);
    assert_null(published_next(m, "humaneval", &at));
    at = 0;
    assert_float_equal(published_next(m, "mbpp_sanitized", &at)->percent, 52.4, 1e-9);
    at = 0;
    assert_null(published_next(m, "coding_suite", &at));
    published_free(&p);
}

static void quantisations(void **state)
{
    static const struct {
        const char *name, *quantisation;
        double points; /* < 0: none is known */
    } cases[] = {{"qwen2.5-coder:0.5b-instruct-q4_K_M", "Q4_K_M", 3},
                 {"Qwen2.5-Coder-1.5B-Instruct.IQ4_XS.gguf", "IQ4_XS", 3},
                 {"llama3.1:8b-instruct-q8_0", "Q8_0", 1},
                 {"llama3.1:8b-instruct-fp16", "FP16", 0},
                 {"llama3.1:8b", "", -1}};
    struct published p = shipped();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double points = -1;
        char *found CLEANUP_FREE = words_quantisation(cases[i].name);
        assert_string_equal(found, cases[i].quantisation);
        assert_int_equal(published_loss(&p, found, &points), cases[i].points >= 0);
        assert_float_equal(points, cases[i].points, 1e-9);
    }
    published_free(&p);
}

static void the_rule(void **state)
{
    (void)state;
    /* 82 of 164: 42.4 to 57.6 */
    assert_int_equal(published_judge((struct stats_ci){42.4, 57.6}, 61.6, 3), PUBLISHED_LOWER);
    assert_int_equal(published_judge((struct stats_ci){42.4, 57.6}, 54.3, 3), PUBLISHED_AGREES);
    assert_int_equal(published_judge((struct stats_ci){42.4, 58.6}, 61.6, 3), PUBLISHED_AGREES);
    assert_int_equal(published_judge((struct stats_ci){42.4, 58.6}, 61.6, 0), PUBLISHED_LOWER);
    assert_int_equal(published_judge((struct stats_ci){61.6, 70}, 61.6, 3), PUBLISHED_AGREES);
    assert_int_equal(published_judge((struct stats_ci){61.7, 70}, 61.6, 3), PUBLISHED_HIGHER);
    /* few tasks: 0 of 1, and 21 of 30 against 72.6 */
    assert_int_equal(published_judge((struct stats_ci){0, 79.3}, 61.6, 3), PUBLISHED_OPEN);
    assert_int_equal(published_judge((struct stats_ci){52.1, 83.3}, 72.6, 3), PUBLISHED_OPEN);
    assert_int_equal(published_judge((struct stats_ci){52.6, 83.3}, 72.6, 3), PUBLISHED_AGREES);
    assert_string_equal(published_verdict_name(PUBLISHED_UNKNOWN), "unknown model");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_as_servers_give_them),
        cmocka_unit_test(another_model_is_none_of_these),
        cmocka_unit_test(most_words_win),
        cmocka_unit_test(a_wrong_table_is_refused_with_its_line),
        cmocka_unit_test(values_of_a_suite_in_order),
        cmocka_unit_test(quantisations),
        cmocka_unit_test(the_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
