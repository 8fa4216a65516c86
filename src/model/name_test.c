/* NAME[+lora=ID[:SCALE]][@URL] */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "model/name.h"

static void names(void **state)
{
    static const struct {
        const char *text, *name, *lora, *url;
    } cases[] = {
        {"llama3.1:8b", "llama3.1:8b", NULL, NULL},
        {"", "", NULL, NULL},
        {"+lora=0", "", "[{\"id\":0,\"scale\":1}]", NULL},
        {"base+lora=2:0.5", "base", "[{\"id\":2,\"scale\":0.5}]", NULL},
        {"base+lora=0:0", "base", "[{\"id\":0,\"scale\":0}]", NULL},
        {"sup@http://host:8081/v1", "sup", NULL, "http://host:8081/v1"},
        {"m+lora=1@https://h/v1", "m", "[{\"id\":1,\"scale\":1}]", "https://h/v1"},
        {"phi@sha256:abc", "phi@sha256:abc", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model_name n;
        assert_int_equal(model_name_parse(cases[i].text, &n, NULL), 0);
        assert_string_equal(n.name, cases[i].name);
        assert_string_equal(n.lora ? n.lora : "none", cases[i].lora ? cases[i].lora : "none");
        assert_string_equal(n.url ? n.url : "none", cases[i].url ? cases[i].url : "none");
        model_name_free(&n);
    }
}

static void wrong_adapters(void **state)
{
    static const char *const texts[] = {
        "m+lora=", "m+lora=x", "m+lora=-1", "m+lora=1:", "m+lora=1:x", "m+lora=1:1y", "m+lora=1x"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct model_name n;
        struct err err = {0};
        assert_true(model_name_parse(texts[i], &n, &err) < 0);
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(wrong_adapters)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
