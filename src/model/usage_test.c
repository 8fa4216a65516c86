/* Counts of tokens that servers send, leave out, or send as nothing: what a reply is charged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>

#include "fixtures/call.h"

enum { PROMPT = 3 /* tokens that the 12 bytes of `question` are taken for */ };

#define SAYS(text) "data: {\"choices\":[{\"delta\":{\"content\":\"" text "\"}}]}\n\n"
#define ENDS "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define DONE "data: [DONE]\n\n"
#define USAGE(counts) "data: {\"choices\":[],\"usage\":" counts "}\n\n"
#define WORDS "a reply in one piece that is longer than any single token could be"

struct charged {
    const char *body;
    int prompt, generated;
    bool here; /* counted here, at least a part */
};

static void check(const char *backend, const struct page *pages, const struct charged *c)
{
    struct fixture f;
    struct step step = {.body = c->body};
    start(&f, backend, pages, &step, 1);
    assert_int_equal(ask(&f), 0);
    const char *label = f.reply.label ? f.reply.label : "";
    if (f.reply.prompt_tokens != c->prompt || f.reply.generated_tokens != c->generated)
        print_message("%s\n", c->body);
    assert_int_equal(f.reply.prompt_tokens, c->prompt);
    assert_int_equal(f.reply.generated_tokens, c->generated);
    assert_int_equal(strstr(label, "usage_missing") != NULL, c->here);
    end(&f);
}

static void what_a_server_does_not_count_is_counted_here(void **state)
{
    (void)state;
    static const struct charged cases[] = {
        {SAYS("4") SAYS("2") ENDS USAGE("{\"prompt_tokens\":11,\"completion_tokens\":9}") DONE, 11,
         9, false},
        {SAYS("4") SAYS("2") ENDS DONE, PROMPT, 2, true},
        /* all nothing, as proxies say that do not count */
        {SAYS("4") SAYS("2")
             ENDS USAGE("{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}") DONE,
         PROMPT, 2, true},
        {SAYS("4") SAYS("2") ENDS USAGE("{\"prompt_tokens\":-1,\"completion_tokens\":-1}") DONE,
         PROMPT, 2, true},
        /* the prompt's at the beginning, nothing at the end */
        {USAGE("{\"prompt_tokens\":11,\"completion_tokens\":0}") SAYS("4") SAYS("2") ENDS DONE, 11,
         2, true},
        {SAYS("4") ENDS USAGE("{\"prompt_tokens\":11}") DONE, 11, 1, true},
        /* no reply is no token */
        {ENDS USAGE("{\"prompt_tokens\":11,\"completion_tokens\":0}") DONE, 11, 0, false},
        {ENDS USAGE("{\"prompt_tokens\":0,\"completion_tokens\":0}") DONE, PROMPT, 0, true},
        /* a whole reply in one piece is no single token */
        {SAYS(WORDS) ENDS DONE, PROMPT, (sizeof WORDS - 1 + 3) / 4, true},
        {SAYS(WORDS) ENDS USAGE("{\"prompt_tokens\":11,\"completion_tokens\":14}") DONE, 11, 14,
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check("openai", openai_pages, &cases[i]);
}

/* Older versions leave the count out, others say 0, when all of the prompt was cached: an
 * arm that asks the same again would read for nothing. */
static void a_cached_prompt_is_charged(void **state)
{
    (void)state;
    static const struct charged cases[] = {
        {"{\"message\":{\"content\":\"42\"},\"done\":true,\"done_reason\":\"stop\",\"eval_count\":"
         "5}\n",
         PROMPT, 5, true},
        {"{\"message\":{\"content\":\"42\"},\"done\":true,\"done_reason\":\"stop\","
         "\"prompt_eval_count\":0,\"eval_count\":5}\n",
         PROMPT, 5, true},
        {"{\"message\":{\"content\":\"42\"},\"done\":true,\"done_reason\":\"stop\","
         "\"prompt_eval_count\":11,\"eval_count\":5}\n",
         11, 5, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check("ollama", ollama_pages, &cases[i]);
}

/* Sums and differences of counts at the end of their range (sanitizers watch). */
static void counts_out_of_range_are_clamped(void **state)
{
    (void)state;
    static const struct charged cases[] = {
        {SAYS("4") ENDS USAGE("{\"total_tokens\":99999999999}") DONE, PROMPT, 1, true},
        {SAYS("4") ENDS USAGE("{\"prompt_tokens\":99999999999,\"completion_tokens\":99999999999}")
             DONE,
         INT_MAX, INT_MAX, false},
        {SAYS("4") "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}],\"timings\":{"
                   "\"prompt_n\":99999999999,\"cache_n\":99999999999,\"predicted_n\":7}}\n\n" DONE,
         INT_MAX, 7, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check("openai", openai_pages, &cases[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_server_does_not_count_is_counted_here),
        cmocka_unit_test(a_cached_prompt_is_charged),
        cmocka_unit_test(counts_out_of_range_are_clamped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
