/* Who answers is asked again: after a connection was lost, and every few minutes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fixtures/call.h"
#include "model/identity.h"

static const struct step lost_between[] = {{.body = GOOD}, {.no_reply = true}, {.body = GOOD}};

static const struct page other_llama[] = {
    {"/v1/models", "{\"data\":[{\"id\":\"/nowhere/tiny-Q4_K_M.gguf\",\"owned_by\":\"llamacpp\"}]}",
     0},
    {"/health", "{\"status\":\"ok\"}", 0},
    {"/props",
     "{\"build_info\":\"b11669\",\"model_path\":\"/nowhere/big-Q8_0.gguf\",\"total_slots\":2,"
     "\"chat_template\":\"T\",\"default_generation_settings\":{\"n_ctx\":4096}}",
     0},
    {NULL, NULL, 0}};

static const struct page other_ollama[] = {
    {"/api/tags", "{\"models\":[{\"name\":\"llama3.1:latest\",\"digest\":\"ffffffff\"}]}", 0},
    {"/api/show", "{\"template\":\"T\"}", 0},
    {NULL, NULL, 0}};

static const struct page gone[] = {
    {"/v1/models", "{\"data\":[{\"id\":\"big\",\"owned_by\":\"someone\"}]}", 0}, {NULL, NULL, 0}};

static const struct page broken[] = {{"/v1/models", "oops", 500}, {NULL, NULL, 0}};

static const struct step ollama_steps[] = {
    {.body = "{\"message\":{\"content\":\"42\"},\"done\":true,\"done_reason\":\"stop\"}\n"},
    {.no_reply = true},
    {.body = "{\"message\":{\"content\":\"42\"},\"done\":true,\"done_reason\":\"stop\"}\n"}};

static const struct {
    const char *backend;
    const struct page *before, *after;
    const char *says; /* NULL = the run goes on */
} cases[] = {
    {"openai", llama_pages, other_llama,
     "its file was \"tiny-Q4_K_M.gguf\", it is \"big-Q8_0.gguf\""},
    {"ollama", ollama_pages, other_ollama, "its digest was \"46e0c10c\", it is \"ffffffff\""},
    {"openai", openai_pages, gone, "'tiny' is not on the server"},
    {"openai", openai_pages, broken, NULL}, /* nobody can tell */
    {"openai", llama_pages, llama_pages, NULL},
};

static void is_another(struct fixture *f, const char *says, int chats)
{
    assert_int_equal(ask(f), -EHOSTDOWN);
    assert_int_equal(f->err.kind, ERR_ENV);
    if (!strstr(f->err.msg, "another model answers at http://127.0.0.1") ||
        !strstr(f->err.msg, says))
        fail_msg("no '%s' in: %s", says, f->err.msg);
    assert_int_equal(f->server.chats, chats);
    assert_int_equal(ask(f), -EHOSTDOWN); /* nothing is asked any more */
    assert_int_equal(f->server.chats, chats);
}

static void another_model_after_a_lost_connection_ends_the_run(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool ollama = cases[i].backend[1] == 'l';
        struct fixture f;
        start(&f, cases[i].backend, cases[i].before, ollama ? ollama_steps : lost_between, 3);
        f.q.timeout_s = 60;
        assert_int_equal(ask(&f), 0);
        json_t *was CLEANUP_JSON = NULL, *is CLEANUP_JSON = NULL;
        assert_int_equal(model_probe(f.model, &was, &f.err), 0);
        f.server.pages = cases[i].after;
        if (!cases[i].says) {
            assert_int_equal(ask(&f), 0);
            assert_string_equal(f.reply.text, "42");
            end(&f);
            continue;
        }
        is_another(&f, cases[i].says, 3);
        assert_int_equal(model_probe(f.model, &is, &f.err), 0); /* for the record */
        assert_false(json_equal(was, is));
        end(&f);
    }
}

static void another_model_is_noticed_in_time(void **state)
{
    (void)state;
    struct fixture f;
    setenv("HRM_IDENTITY_SECONDS", "0.05", 1);
    start(&f, "openai", llama_pages, &good, 1);
    assert_int_equal(ask(&f), 0);
    test_nap(100);
    assert_int_equal(ask(&f), 0); /* asked again, and the same */
    f.server.pages = other_llama;
    test_nap(100);
    is_another(&f, "its file was", 2); /* before anything more is sent */
    end(&f);
    unsetenv("HRM_IDENTITY_SECONDS");
}

static void only_what_tells_models_apart_is_compared(void **state)
{
    (void)state;
    static const struct {
        const char *was, *is, *diff;
    } pairs[] = {
        {"{\"name\":\"a\",\"slots\":1,\"server\":\"b1\"}",
         "{\"name\":\"a\",\"slots\":2,\"server\":\"b2\"}", NULL},
        {"{\"digest\":\"x\"}", "{}", NULL}, /* not told this time */
        {"{\"digest\":\"x\"}", "{\"digest\":\"y\"}", "its digest was \"x\", it is \"y\""},
        {"{\"dialect\":\"vllm\",\"context\":4096}", "{\"dialect\":\"vllm\",\"context\":2048}",
         "its context was 4096, it is 2048"},
        {"{\"dialect\":\"lmstudio\",\"context\":4096}",
         "{\"dialect\":\"lmstudio\",\"context\":2048}", NULL},
        {"{\"name\":\"a\",\"roles\":{\"planner\":{\"digest\":\"x\"}}}",
         "{\"name\":\"a\",\"roles\":{\"planner\":{\"digest\":\"y\"}}}",
         "of the model of planner: its digest was \"x\", it is \"y\""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        json_t *was CLEANUP_JSON = json_loads(pairs[i].was, 0, NULL);
        json_t *is CLEANUP_JSON = json_loads(pairs[i].is, 0, NULL);
        char *diff CLEANUP_FREE = identity_diff(was, is);
        assert_int_equal(diff != NULL, pairs[i].diff != NULL);
        if (diff)
            assert_string_equal(diff, pairs[i].diff);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_model_after_a_lost_connection_ends_the_run),
        cmocka_unit_test(another_model_is_noticed_in_time),
        cmocka_unit_test(only_what_tells_models_apart_is_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
