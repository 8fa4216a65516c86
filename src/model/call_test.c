/* Calls over real sockets, against a scripted server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/clock.h"
#include "fixtures/call.h"

static json_t *logged(const struct fixture *f)
{
    return f->reply.attempt_log ? json_loads(f->reply.attempt_log, 0, NULL) : NULL;
}

static const char *fault_of(const json_t *log, size_t i)
{
    return json_get_str(json_array_get(log, i), "fault", "none");
}

/* ---- replies ---- */

static void an_openai_server_answers(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, "openai", openai_pages, &good, 1);
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 1);
    assert_null(f.reply.label);
    assert_int_equal(f.reply.prompt_tokens, 11);
    assert_int_equal(f.reply.generated_tokens, 2);
    assert_true(f.reply.first_token_s > 0 && f.reply.first_token_s <= f.reply.total_s);
    json_t *q CLEANUP_JSON = sent(&f);
    assert_int_equal(json_get_int(q, "seed", 0), INT32_MAX - 1);
    assert_int_equal(json_get_int(q, "max_tokens", 0), 100);
    assert_true(json_get_num(q, "top_p", 0) == 0.95);
    assert_true(json_get_bool(json_object_get(q, "stream_options"), "include_usage", false));
    assert_string_equal(json_get_str(q, "model", ""), "tiny");
    assert_non_null(strstr(f.server.last_head.p, "Authorization: Bearer sk-canary"));
    assert_non_null(strstr(f.server.last_head.p, "HTTP/1.1"));
    assert_null(json_object_get(q, "min_p")); /* off, and OpenAI itself does not know it */
    end(&f);
}

/* What is sent as min_p, -1 = nothing; `of` is the object that holds it, NULL = the body. */
static double min_p_sent(const char *backend, const struct page *pages, const char *of,
                         double min_p)
{
    static const struct step both[] = {
        {.body = "{\"message\":{\"content\":\"42\"},\"done\":true,\"done_reason\":\"stop\"}\n"},
        {.body = GOOD}};
    struct fixture f;
    start(&f, backend, pages, &both[of ? 0 : 1], 1);
    f.q.sampling.min_p = min_p;
    assert_int_equal(ask(&f), 0);
    json_t *q CLEANUP_JSON = sent(&f);
    double is = json_get_num(of ? json_object_get(q, of) : q, "min_p", -1);
    end(&f);
    return is;
}

static void min_p_is_sent(void **state)
{
    (void)state;
    assert_true(min_p_sent("openai", openai_pages, NULL, 0.05) == 0.05);
    assert_true(min_p_sent("openai", llama_pages, NULL, 0.05) == 0.05);
    assert_true(min_p_sent("openai", llama_pages, NULL, 0) == 0); /* its own default is 0.05 */
    assert_true(min_p_sent("ollama", ollama_pages, "options", 0.05) == 0.05);
    assert_true(min_p_sent("ollama", ollama_pages, "options", 0) == 0);
}

static void an_ollama_server_answers(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {.body = "{\"message\":{\"thinking\":\"6*7\"}}\n{\"message\":{\"content\":\"42\"}}\n"
                 "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\","
                 "\"prompt_eval_count\":11,\"eval_count\":5}\n"}};
    struct fixture f;
    start(&f, "ollama", ollama_pages, steps, 1);
    f.cfg.num_ctx = 8192;
    f.q.json_schema = "{\"type\":\"object\"}";
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 1);
    assert_string_equal(f.reply.reasoning, "6*7");
    assert_string_equal(f.reply.label, "schema_invalid");
    json_t *q CLEANUP_JSON = sent(&f), *options = json_object_get(q, "options");
    assert_true(json_is_false(json_object_get(q, "truncate")));
    assert_true(json_is_false(json_object_get(q, "shift")));
    assert_int_equal(json_get_int(options, "num_ctx", 0), 8192);
    assert_int_equal(json_get_int(options, "num_predict", 0), 100);
    assert_int_equal(json_get_int(options, "top_k", -1), 0);
    assert_int_equal(json_get_int(options, "seed", 0), INT32_MAX - 1);
    assert_string_equal(json_get_str(json_object_get(q, "format"), "type", ""), "object");
    end(&f);
}

static void replies_are_labelled(void **state)
{
    (void)state;
    reply_to(EVENT("<think>hm</think>\\n\\n42") EVENT_END("stop"), "42", "hm", MODEL_FINISH_STOP,
             "");
    reply_to("data: {\"choices\":[{\"delta\":{\"content\":\"<think>h\"}}]}\n\ndata: {\"choices\":[{"
             "\"delta\":{},\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":9,"
             "\"completion_tokens\":100}}\n\ndata: [DONE]\n\n",
             "", "h", MODEL_FINISH_LENGTH, "thinking_ate_budget");
    reply_to(EVENT("4") EVENT_END("length"), "4", "", MODEL_FINISH_CONTEXT, "context_full");
    reply_to(
        "data: {\"choices\":[{\"delta\":{\"content\":\"4\"},\"finish_reason\":\"length\"}]}\n\n"
        "data: [DONE]\n\n",
        "4", "", MODEL_FINISH_LENGTH, "usage_missing");
    reply_to(EVENT_END("content_filter"), "", "", MODEL_FINISH_STOP, "empty,content_filter");
    reply_to("data: {\"choices\":[{\"delta\":{\"refusal\":\"no\"},\"finish_reason\":\"stop\"}],"
             "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\ndata: [DONE]\n\n",
             "no", "", MODEL_FINISH_STOP, "refusal");
    reply_to(EVENT("\\ud83d") EVENT_END("stop"), "\xef\xbf\xbd", "", MODEL_FINISH_STOP,
             "bad_unicode");
    reply_to(EVENT("\xff") EVENT_END("stop"), "\xef\xbf\xbd", "", MODEL_FINISH_STOP, "bad_unicode");
    /* a character in two tokens, as servers send it that pass on bytes */
    reply_to(EVENT("\xe2\x82") EVENT("\xac") EVENT_END("stop"), "\xe2\x82\xac", "",
             MODEL_FINISH_STOP, "");
    reply_to(EVENT("a\\u0000b") EVENT_END("stop"),
             "a\xe2\x90\x80"
             "b",
             "", MODEL_FINISH_STOP, "");
    reply_to(EVENT("sk-canary-0123456789abcdef") EVENT_END("stop"), "[redacted]", "",
             MODEL_FINISH_STOP, "redacted");
}

static void a_dripping_server_is_read_to_the_end(void **state)
{
    (void)state;
    static const struct step steps[] = {{.body = ": ping\n\n" GOOD, .drip_ms = -1}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 1);
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 1);
    end(&f);
}

/* ---- faults ---- */

/* First `bad`, then a good answer: how many attempts, and what the first is called. */
static void recovers(struct step bad, const char *fault)
{
    struct fixture f;
    struct step steps[] = {bad, good};
    start(&f, "openai", openai_pages, steps, 2);
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 2);
    json_t *log CLEANUP_JSON = logged(&f);
    assert_int_equal(json_array_size(log), 2);
    assert_string_equal(fault_of(log, 0), fault);
    assert_string_equal(fault_of(log, 1), "none");
    end(&f);
}

#define AT_ONCE "retry-after-ms: 1\r\n"

static void passing_faults_are_retried(void **state)
{
    (void)state;
    recovers((struct step){.status = 429, .headers = AT_ONCE, .body = "{\"error\":\"slow down\"}"},
             "status");
    recovers((struct step){.status = 503, .headers = AT_ONCE}, "status");
    recovers((struct step){.status = 500, .headers = AT_ONCE, .body = "oops"}, "status");
    recovers((struct step){.headers = AT_ONCE, .body = GOOD, .cut = 80}, "lost");
    recovers((struct step){.headers = AT_ONCE, .body = GOOD, .cut = 80, .unframed = true}, "cut");
    recovers((struct step){.headers = AT_ONCE, .body = EVENT("4")}, "cut");
    recovers((struct step){.headers = AT_ONCE, .body = EVENT("4") "data: [DONE]\n\n"}, "no_finish");
    recovers((struct step){.headers = AT_ONCE, .body = "<html>Bad gateway</html>"}, "not_json");
    recovers((struct step){.headers = AT_ONCE,
                           .body =
                               EVENT("4") "data: {\"error\":{\"message\":\"boom\",\"code\":503}}"
                                          "\n\ndata: [DONE]\n\n"},
             "error_in_stream");
    recovers((struct step){.no_reply = true}, "lost");
    recovers(
        (struct step){.raw = "HTTP/1.1 204 No Content\r\nConnection: close\r\n" AT_ONCE "\r\n"},
        "status");
    recovers((struct step){.status = 202, .headers = AT_ONCE, .body = "{}"}, "status");
    recovers((struct step){.raw = "garbage instead of a status line\r\n\r\n"}, "garbled");
    recovers((struct step){.raw = "HTTP/9.9 what 200\r\n\r\n"}, "garbled");
    recovers((struct step){.raw = "\x16\x03\x01\x02"}, "garbled");
}

/* The answer is an error, after so many requests. */
static void fails(struct step bad, int requests, const char *says)
{
    struct fixture f;
    start(&f, "openai", openai_pages, &bad, 1);
    int rc = ask(&f);
    if (rc != -EIO || f.server.chats != requests || !strstr(f.err.msg, says))
        fail_msg("%d after %d requests: %s", rc, f.server.chats, f.err.msg);
    assert_int_equal(f.reply.attempts, requests);
    assert_string_equal(f.reply.label, "incomplete");
    assert_null(strstr(f.err.msg, canary));
    assert_null(strstr(f.reply.attempt_log, canary));
    end(&f);
}

static void lasting_faults_are_errors(void **state)
{
    (void)state;
    fails((struct step){.status = 400, .body = "{\"error\":\"no\"}"}, 1, "HTTP 400: no");
    fails((struct step){.status = 401,
                        .body = "{\"error\":\"Incorrect key: sk-canary-0123456789abcdef\"}"},
          1, "[redacted]");
    fails((struct step){.status = 404, .body = "404 page not found"}, 1, "404");
    fails((struct step){.status = 501}, 1, "501");
    fails((struct step){.status = 500, .headers = AT_ONCE}, 2, "500");
    fails((struct step){.status = 429, .headers = AT_ONCE}, 4, "429");
    fails((struct step){.status = 429, .body = "{\"error\":{\"code\":\"insufficient_quota\"}}"}, 1,
          "429");
    fails((struct step){.headers = AT_ONCE, .body = GOOD, .cut = 100}, 4, "lost");
    fails((struct step){.headers = AT_ONCE,
                        .body = "data: {\"error\":{\"message\":\"bad tool\",\"code\":400}}\n\n"},
          1, "bad tool");
    fails((struct step){.status = 302, .headers = "Location: http://localhost:1/\r\n"}, 1,
          "redirects");
}

static void partial_text_is_kept_beside_the_fault(void **state)
{
    (void)state;
    struct step bad = {.headers = AT_ONCE, .body = EVENT("half an answ"), .unframed = true};
    struct fixture f;
    start(&f, "openai", openai_pages, &bad, 1);
    assert_int_equal(ask(&f), -EIO);
    assert_string_equal(f.reply.text, "half an answ");
    json_t *log CLEANUP_JSON = logged(&f);
    assert_int_equal(json_array_size(log), 4);
    assert_string_equal(json_get_str(json_array_get(log, 2), "text", ""), "half an answ");
    end(&f);
}

static void a_line_without_end_is_given_up(void **state)
{
    (void)state;
    struct str body CLEANUP_STR = {0};
    str_add(&body, "data: ");
    while (body.len < (2 << 20))
        str_add(&body, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    fails((struct step){.body = body.p}, 1, "1 MiB");
}

static void a_kept_connection_may_die_for_free(void **state)
{
    (void)state;
    static const struct step steps[] = {{.body = GOOD}, {.no_reply = true}, {.body = GOOD}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 3);
    assert_int_equal(ask(&f), 0);
    double before = clock_seconds();
    assert_int_equal(ask(&f), 0);
    assert_string_equal(f.reply.text, "42");
    assert_true(clock_seconds() - before < 0.4);
    assert_int_equal(f.server.chats, 3);
    end(&f);
}

static void redirects_stay_at_home(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {.status = 307, .headers = "Location: /v1/chat/completions\r\n"}, {.body = GOOD}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 2);
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 1);
    json_t *q CLEANUP_JSON = sent(&f);
    assert_string_equal(json_get_str(q, "model", ""), "tiny");
    end(&f);
}

/* ---- time ---- */

static void the_budgets_time_is_an_outcome(void **state)
{
    (void)state;
    static const struct step stalls[] = {{.body = EVENT("4"), .hang = true}},
                             silent[] = {{.hang = true, .body = ""}};
    struct fixture f;
    start(&f, "openai", openai_pages, stalls, 1);
    f.q.timeout_s = 0.6;
    assert_int_equal(ask(&f), 0);
    assert_int_equal(f.reply.finish, MODEL_FINISH_LENGTH);
    assert_string_equal(f.reply.label, "timeout,usage_missing");
    assert_string_equal(f.reply.text, "4");
    assert_int_equal(f.reply.generated_tokens, 1);
    assert_true(fabs(f.reply.total_s - 0.6) < 0.3);
    end(&f);
    start(&f, "openai", openai_pages, silent, 1);
    f.q.timeout_s = 0.3; /* slow, but alive: it answers other questions */
    assert_int_equal(ask(&f), 0);
    assert_string_equal(f.reply.text, "");
    assert_string_equal(f.reply.label, "timeout,usage_missing");
    end(&f);
}

static void silence_is_a_fault(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {.wait_ms = 60000, .body = GOOD}, {.body = EVENT("4"), .hang = true}, {.body = GOOD}};
    struct fixture f;
    setenv("HRM_FIRST_TOKEN_SECONDS", "1", 1);
    setenv("HRM_IDLE_SECONDS", "0.2", 1);
    start(&f, "openai", openai_pages, steps, 3);
    assert_int_equal(ask(&f), -EIO); /* each kind may happen once in a call */
    json_t *log CLEANUP_JSON = logged(&f);
    assert_string_equal(fault_of(log, 0), "slow_first");
    assert_string_equal(fault_of(log, 1), "slow_idle");
    end(&f);
    unsetenv("HRM_FIRST_TOKEN_SECONDS");
    unsetenv("HRM_IDLE_SECONDS");
}

static void *stop_soon(void *unused)
{
    test_nap(150);
    stop_request();
    return unused;
}

static void a_stop_closes_the_socket(void **state)
{
    (void)state;
    static const struct step steps[] = {{.body = GOOD, .wait_ms = 5000},
                                        {.body = GOOD, .drip_ms = 50}};
    for (int i = 0; i < 2; i++) {
        struct fixture f;
        pthread_t t;
        start(&f, "openai", openai_pages, &steps[i], 1);
        open_and_probe(&f);
        double before = clock_seconds();
        pthread_create(&t, NULL, stop_soon, NULL);
        assert_int_equal(ask(&f), -EINTR);
        assert_true(clock_seconds() - before < 0.15 + 0.35);
        pthread_join(t, NULL);
        stop_reset();
        end(&f);
    }
}

/* ---- outages ---- */

struct comeback {
    struct test_server *server;
    int port;
};

static void *come_back(void *arg)
{
    struct comeback *c = arg;
    test_nap(600);
    test_server_start(c->server, c->port, openai_pages, &good, 1);
    return NULL;
}

static void a_server_that_comes_back_is_waited_for(void **state)
{
    (void)state;
    struct fixture f;
    pthread_t t;
    start(&f, "openai", openai_pages, &good, 1);
    assert_int_equal(ask(&f), 0);
    struct comeback c = {&f.server, f.server.port};
    test_server_stop(&f.server);
    pthread_create(&t, NULL, come_back, &c);
    assert_int_equal(ask(&f), 0);
    pthread_join(t, NULL);
    assert_string_equal(f.reply.text, "42");
    json_t *log CLEANUP_JSON = logged(&f);
    assert_true(json_array_size(log) >= 2);
    end(&f);
}

static void a_server_that_stays_away_ends_the_run(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, "openai", openai_pages, &good, 1);
    f.cfg.max_outage_s = 0.5;
    assert_int_equal(ask(&f), 0);
    test_server_stop(&f.server);
    assert_int_equal(ask(&f), -EHOSTDOWN);
    assert_int_equal(f.err.kind, ERR_ENV);
    assert_int_equal(ask(&f), -EHOSTDOWN);
    model_close(f.model);
    arena_free(f.arena);
}

/* ---- concurrency ---- */

static void *ask_in_thread(void *arg)
{
    struct fixture *f = arg;
    struct fixture mine = {.model = f->model, .arena = arena_new(), .q = f->q};
    assert_int_equal(ask(&mine), 0);
    assert_string_equal(mine.reply.text, "42");
    struct model_reply *r = xmalloc(sizeof *r);
    *r = mine.reply;
    arena_free(mine.arena);
    return r;
}

static void queueing_is_not_service(void **state)
{
    (void)state;
    enum { THREADS = 8 };
    static const struct step slow[] = {{.body = GOOD, .wait_ms = 60}};
    struct fixture f;
    pthread_t threads[THREADS];
    struct model_reply last = {0};
    start(&f, "openai", llama_pages, slow, 1);
    open_and_probe(&f);
    assert_int_equal(model_slots(f.model), 2); /* not the 4 asked for: the server has 2 */
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, ask_in_thread, &f);
    for (int i = 0; i < THREADS; i++) {
        void *r;
        pthread_join(threads[i], &r);
        if (((struct model_reply *)r)->queue_s > last.queue_s)
            last = *(struct model_reply *)r;
        free(r);
    }
    assert_int_equal(f.server.most_in_flight, 2);
    assert_true(last.queue_s > 0.15); /* behind three others */
    assert_true(last.total_s < last.queue_s);
    assert_true(f.server.n_workers <= 3); /* connections: the slots', and the probe's */
    end(&f);
}

/* ---- probes ---- */

static void identity_is_what_the_server_says(void **state)
{
    (void)state;
    struct fixture f;
    json_t *id = NULL;
    start(&f, "openai", llama_pages, &good, 1);
    assert_int_equal(model_open(&f.cfg, &f.model, &f.err), 0);
    assert_int_equal(model_probe(f.model, &id, &f.err), 0);
    assert_string_equal(json_get_str(id, "dialect", ""), "llama-server");
    assert_string_equal(json_get_str(id, "server", ""), "llama-server b11669");
    assert_string_equal(json_get_str(id, "quantization", ""), "Q4_K_M");
    assert_int_equal(json_get_int(id, "context", 0), 4096);
    assert_int_equal(json_get_int(id, "slots", 0), 2);
    assert_int_equal(strlen(json_get_str(id, "chat_template", "")), 64);
    json_decref(id);
    end(&f);
    start(&f, "ollama", ollama_pages, &good, 1);
    assert_int_equal(model_open(&f.cfg, &f.model, &f.err), 0);
    assert_int_equal(model_probe(f.model, &id, &f.err), 0);
    assert_string_equal(json_get_str(id, "server", ""), "Ollama 0.33.2");
    assert_string_equal(json_get_str(id, "digest", ""), "46e0c10c");
    assert_string_equal(json_get_str(id, "quantization", ""), "Q4_K_M");
    assert_int_equal(json_get_int(id, "context", 0), 8192);
    assert_int_equal(json_get_int(id, "context_trained", 0), 131072);
    json_decref(id);
    end(&f);
}

static void probe_says(struct fixture *f, enum err_kind kind, const char *const *words)
{
    json_t *id = NULL;
    assert_int_equal(model_open(&f->cfg, &f->model, &f->err), 0);
    assert_true(model_probe(f->model, &id, &f->err) < 0);
    assert_int_equal(f->err.kind, kind);
    for (; *words; words++)
        if (!strstr(f->err.msg, *words))
            fail_msg("no '%s' in: %s", *words, f->err.msg);
}

static void what_is_missing_is_said_with_what_helps(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, "ollama", ollama_pages, &good, 1);
    f.cfg.name = "mistral:7b";
    probe_says(&f, ERR_ENV,
               (const char *const[]){"mistral:7b", "llama3.1:latest, qwen3:8b",
                                     "ollama pull mistral:7b", "127.0.0.1", NULL});
    end(&f);
    start(&f, "ollama", ollama_pages, &good, 1);
    f.cfg.think = MODEL_THINK_ON;
    probe_says(&f, ERR_INPUT, (const char *const[]){"--think", "llama3.1", NULL});
    end(&f);
    start(&f, "ollama", ollama_pages, &good, 1);
    test_server_stop(&f.server);
    probe_says(&f, ERR_ENV,
               (const char *const[]){"http://127.0.0.1:", "ollama serve", "OLLAMA_BASE_URL", NULL});
    model_close(f.model);
    arena_free(f.arena);
    static const struct page locked[] = {{"/v1/models", "{\"error\":\"no\"}", 401},
                                         {NULL, NULL, 0}};
    start(&f, "openai", locked, &good, 1);
    probe_says(&f, ERR_ENV, (const char *const[]){"API key", "401", NULL});
    end(&f);
}

static void a_strict_run_asks_one_at_a_time_without_caches(void **state)
{
    (void)state;
    struct fixture f;
    start(&f, "openai", llama_pages, &good, 1);
    f.cfg.strict = true;
    assert_int_equal(ask(&f), 0);
    assert_int_equal(model_slots(f.model), 1);
    json_t *q CLEANUP_JSON = sent(&f);
    assert_true(json_is_false(json_object_get(q, "cache_prompt")));
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_openai_server_answers),
        cmocka_unit_test(min_p_is_sent),
        cmocka_unit_test(an_ollama_server_answers),
        cmocka_unit_test(replies_are_labelled),
        cmocka_unit_test(a_dripping_server_is_read_to_the_end),
        cmocka_unit_test(passing_faults_are_retried),
        cmocka_unit_test(lasting_faults_are_errors),
        cmocka_unit_test(partial_text_is_kept_beside_the_fault),
        cmocka_unit_test(a_line_without_end_is_given_up),
        cmocka_unit_test(a_kept_connection_may_die_for_free),
        cmocka_unit_test(redirects_stay_at_home),
        cmocka_unit_test(the_budgets_time_is_an_outcome),
        cmocka_unit_test(silence_is_a_fault),
        cmocka_unit_test(a_stop_closes_the_socket),
        cmocka_unit_test(a_server_that_comes_back_is_waited_for),
        cmocka_unit_test(a_server_that_stays_away_ends_the_run),
        cmocka_unit_test(queueing_is_not_service),
        cmocka_unit_test(identity_is_what_the_server_says),
        cmocka_unit_test(what_is_missing_is_said_with_what_helps),
        cmocka_unit_test(a_strict_run_asks_one_at_a_time_without_caches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
