/* Calls that a server refuses, wholly or in part, and replies that end in odd ways. What sentences
 * mean is refusal_test.c's business; here it is what comes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fixtures/call.h"

#define REFUSE(status_, message)                                                                   \
    {                                                                                              \
        .status = status_, .body = "{\"error\":{\"message\":\"" message "\"}}"                     \
    }

/* ---- refusals that are outcomes, or can be met ---- */

static void a_full_context_is_an_outcome(void **state)
{
    (void)state;
    static const struct step refuses[] = {
        {.status = 400,
         .body = "{\"error\":{\"message\":\"exceeds\",\"type\":\"exceed_context_size_error\","
                 "\"n_prompt_tokens\":9000,\"n_ctx\":4096}}"}};
    struct fixture f;
    start(&f, "openai", llama_pages, refuses, 1);
    assert_int_equal(ask(&f), 0);
    assert_int_equal(f.reply.finish, MODEL_FINISH_CONTEXT);
    assert_string_equal(f.reply.text, "");
    assert_string_equal(f.reply.label, "context_full");
    assert_int_equal(f.reply.prompt_tokens, 9000);
    assert_int_equal(f.reply.generated_tokens, 0);
    end(&f);
    static const struct step ollama[] = {
        {.status = 400, .body = "{\"error\":\"the input length exceeds the context length\"}"}};
    start(&f, "ollama", ollama_pages, ollama, 1);
    assert_int_equal(ask(&f), 0);
    assert_int_equal(f.reply.finish, MODEL_FINISH_CONTEXT);
    assert_int_equal(f.server.chats, 1);
    end(&f);
}

static void a_reply_takes_the_room_there_is(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {.status = 400,
         .body = "{\"error\":{\"message\":\"This model's maximum context length is 2048 tokens and "
                 "your request has 2000 input tokens\"}}"},
        {.body = EVENT("4") EVENT_END("length")}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 2);
    assert_int_equal(ask(&f), 0);
    json_t *q CLEANUP_JSON = sent(&f);
    assert_int_equal(json_get_int(q, "max_tokens", 0), 48);
    assert_int_equal(f.reply.finish, MODEL_FINISH_CONTEXT);
    end(&f);
}

static void a_refused_field_is_left_out_for_good(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {.status = 400, .body = "{\"error\":{\"message\":\"no\",\"param\":\"max_tokens\"}}"},
        {.status = 400, .body = "{\"error\":{\"message\":\"no\",\"param\":\"messages[0].role\"}}"},
        {.body = GOOD}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 3);
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 3);
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 1);
    json_t *q CLEANUP_JSON = sent(&f), *messages = json_object_get(q, "messages");
    assert_int_equal(json_get_int(q, "max_completion_tokens", 0), 100);
    assert_null(json_object_get(q, "max_tokens"));
    assert_int_equal(json_array_size(messages), 1);
    assert_string_equal(json_get_str(json_array_get(messages, 0), "content", ""),
                        "be brief\n\n6*7?");
    end(&f);
}

static void a_refused_schema_is_asked_for_once(void **state)
{
    (void)state;
    static const struct step steps[] = {{.status = 400, .body = "{\"error\":\"bad request\"}"},
                                        {.body = EVENT("{\\\"a\\\":1}") EVENT_END("stop")}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 2);
    f.q.json_schema = "{\"type\":\"object\"}";
    assert_int_equal(ask(&f), 0);
    assert_string_equal(f.reply.text, "{\"a\":1}");
    assert_string_equal(f.reply.label, "schema_refused");
    assert_int_equal(ask(&f), 0);
    assert_int_equal(f.reply.attempts, 1);
    end(&f);
}

/* A server that does not know it: the reply says that the sampling is not what was asked for. */
static void a_refused_min_p_is_told(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {400, .body = "{\"error\":{\"message\":\"Unrecognized request argument: min_p\"}}"},
        {.body = GOOD}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 2);
    f.q.sampling.min_p = 0.05;
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 2);
    assert_string_equal(f.reply.label, "sampling_refused");
    json_t *q CLEANUP_JSON = sent(&f);
    assert_null(json_object_get(q, "min_p"));
    assert_non_null(json_object_get(q, "top_p"));
    end(&f);
}

/* ---- the system role ---- */

static const char folded[] = "be brief\n\n6*7?";

static void a_refused_system_role_is_folded(void **state)
{
    (void)state;
    static const struct step refusals[] = {
        REFUSE(400, "System role not supported"),
        REFUSE(500, "Jinja Exception: System role not supported"),
        REFUSE(400, "Conversation roles must alternate user/assistant/user/assistant/..."),
        REFUSE(422, "messages.0: Input tag 'system' found using 'role' does not match any of"),
        REFUSE(400, "Developer instruction is not enabled for models/gemma-3-27b-it"),
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct step steps[] = {refusals[i], good};
        struct fixture f;
        start(&f, "openai", openai_pages, steps, 2);
        assert_int_equal(ask(&f), 0);
        assert_answered(&f, 2);
        assert_string_equal(f.reply.label, "system_folded"); /* the record says so */
        assert_int_equal(ask(&f), 0);                        /* and it is known from then on */
        assert_answered(&f, 1);
        assert_string_equal(f.reply.label, "system_folded");
        json_t *q CLEANUP_JSON = sent(&f), *messages = json_object_get(q, "messages");
        assert_int_equal(json_array_size(messages), 1);
        const json_t *first = json_array_get(messages, 0);
        assert_string_equal(json_get_str(first, "role", ""), "user");
        assert_string_equal(json_get_str(first, "content", ""), folded);
        end(&f);
    }
}

/* All system texts open the first message of the user, wherever they stood. */
static void folding_keeps_every_text(void **state)
{
    (void)state;
    static const struct model_message odd[] = {
        {"system", "a"}, {"assistant", "b"}, {"user", "c"}, {"system", "d"}, {"user", "e"}};
    static const struct model_message alone[] = {{"system", "a"}};
    static const struct step steps[] = {REFUSE(400, "System role not supported"), {.body = GOOD}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 2);
    f.q.messages = odd;
    f.q.n_messages = 5;
    assert_int_equal(ask(&f), 0);
    json_t *q CLEANUP_JSON = sent(&f);
    char *text CLEANUP_FREE = json_text(json_object_get(q, "messages"));
    assert_string_equal(text, "[{\"role\":\"assistant\",\"content\":\"b\"},"
                              "{\"role\":\"user\",\"content\":\"a\\n\\nd\\n\\nc\"},"
                              "{\"role\":\"user\",\"content\":\"e\"}]");
    f.q.messages = alone;
    f.q.n_messages = 1;
    assert_int_equal(ask(&f), 0);
    json_t *again CLEANUP_JSON = sent(&f);
    char *only CLEANUP_FREE = json_text(json_object_get(again, "messages"));
    assert_string_equal(only, "[{\"role\":\"user\",\"content\":\"a\"}]");
    f.q.messages = &question[1];
    assert_int_equal(ask(&f), 0);
    assert_null(f.reply.label); /* nothing was folded */
    end(&f);
}

/* ---- fields ---- */

static void all_fields_that_are_listed_go_at_once(void **state)
{
    (void)state;
    static const char detail[] =
        "{\"object\":\"error\",\"message\":{\"detail\":["
        "{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"seed\"],\"msg\":\"Extra inputs are not "
        "permitted\"},{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"stream_options\"],"
        "\"msg\":\"Extra inputs are not permitted\"}]}}";
    static const struct step steps[] = {{422, .body = detail}, {.body = GOOD}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 2);
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 2);
    assert_string_equal(f.reply.label, "seed_refused");
    assert_non_null(strstr(f.reply.attempt_log, "body.seed: Extra inputs are not permitted"));
    json_t *q CLEANUP_JSON = sent(&f);
    assert_null(json_object_get(q, "seed"));
    assert_null(json_object_get(q, "stream_options"));
    assert_non_null(json_object_get(q, "temperature"));
    end(&f);
}

/* One of the two stays. A server that refuses everything is not asked for ever. */
static void of_temperature_and_top_p_one_stays(void **state)
{
    (void)state;
    static const struct step steps[] = {
        REFUSE(400, "`temperature` and `top_p` cannot both be specified for this model."),
        {.body = GOOD}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 2);
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 2);
    assert_string_equal(f.reply.label, "sampling_refused");
    json_t *q CLEANUP_JSON = sent(&f);
    assert_true(json_get_num(q, "temperature", -1) == 0.2);
    assert_null(json_object_get(q, "top_p"));
    end(&f);
    start(&f, "openai", openai_pages, steps, 1);
    assert_int_equal(ask(&f), -EIO);
    assert_int_equal(f.server.chats, 2);
    end(&f);
}

/* ---- no room ---- */

static void is_full(const struct step *step, int requests, int prompt_tokens)
{
    struct fixture f;
    start(&f, "openai", openai_pages, step, 1);
    if (ask(&f) != 0)
        fail_msg("%s: %s", step->body, f.err.msg);
    assert_int_equal(f.reply.finish, MODEL_FINISH_CONTEXT);
    assert_string_equal(f.reply.label, "context_full");
    assert_int_equal(f.server.chats, requests);
    assert_int_equal(f.reply.prompt_tokens, prompt_tokens);
    end(&f);
}

/* Wherever the server says it: as a status, as an error event, as an error field, as data. */
static void an_overflow_in_the_stream_is_an_outcome(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {.body = "event: error\ndata: {\"error\":{\"message\":\"Trying to keep the first 2092 "
                 "tokens when context the overflows. However, the model is loaded with context "
                 "length of only 2048 tokens\"}}\n\n"},
        {.body = "error: {\"code\":400,\"message\":\"Trying to keep the first 2092 tokens when "
                 "context the overflows. However, the model is loaded with context length of only "
                 "2048 tokens\"}\n\ndata: [DONE]\n\n"},
        {.body = "data: {\"error\":{\"code\":400,\"n_prompt_tokens\":2092,\"n_ctx\":2048,\"type\":"
                 "\"exceed_context_size_error\",\"message\":\"no\"}}\n\ndata: [DONE]\n\n"},
        {.body = "event: error\ndata: prompt is too long: 2092 tokens > 2048 maximum\n\n"},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        is_full(&steps[i], 1, 2092);
}

static void room_in_the_stream_is_taken(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {.body =
             "event: error\ndata: {\"message\":\"You passed 2000 input tokens and requested "
             "100 output tokens. However, the model's context length is only 2048 tokens\"}\n\n"},
        {.body = GOOD}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 2);
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 2);
    json_t *q CLEANUP_JSON = sent(&f);
    assert_int_equal(json_get_int(q, "max_tokens", 0), 48);
    end(&f);
}

#define AT_LEAST                                                                                   \
    REFUSE(400, "This model's maximum context length is 2048 tokens. However, you requested 100 "  \
                "output tokens and your prompt contains at least 1949 input tokens, for a total "  \
                "of at least 2049 tokens.")

static void a_prompt_of_unknown_length_is_tried_with_less(void **state)
{
    (void)state;
    static const struct step never = AT_LEAST;
    is_full(&never, 7, 1949); /* 100, 50, 25, 12, 6, 3, 1 */
    static const struct step steps[] = {AT_LEAST, AT_LEAST, {.body = GOOD}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 3);
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 3);
    json_t *q CLEANUP_JSON = sent(&f);
    assert_int_equal(json_get_int(q, "max_tokens", 0), 25);
    end(&f);
}

/* vLLM can be asked how long it is. */
static void vllm_counts_the_prompt(void **state)
{
    (void)state;
    static const struct page pages[] = {
        {"/v1/models",
         "{\"data\":[{\"id\":\"tiny\",\"owned_by\":\"vllm\",\"max_model_len\":2048}]}", 0},
        {"/version", "{\"version\":\"0.15.0\"}", 0},
        {"/tokenize", "{\"count\":1975,\"max_model_len\":2048,\"tokens\":[1,2]}", 0},
        {NULL, NULL, 0}};
    static const struct step steps[] = {AT_LEAST, {.body = GOOD}};
    struct fixture f;
    start(&f, "openai", pages, steps, 2);
    assert_int_equal(ask(&f), 0);
    assert_answered(&f, 2);
    json_t *q CLEANUP_JSON = sent(&f);
    assert_int_equal(json_get_int(q, "max_tokens", 0), 73);
    end(&f);
}

/* What the model writes at most says nothing about the context. */
static void a_limit_of_replies_is_met(void **state)
{
    (void)state;
    static const struct step steps[] = {
        REFUSE(400, "max_tokens is too large: 100. This model supports at most 64 completion "
                    "tokens, whereas you provided 100."),
        {.body = EVENT("4") "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}],"
                            "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":64}}\n\n"
                            "data: [DONE]\n\n"}};
    struct fixture f;
    start(&f, "openai", openai_pages, steps, 2);
    assert_int_equal(ask(&f), 0);
    json_t *q CLEANUP_JSON = sent(&f);
    assert_int_equal(json_get_int(q, "max_tokens", 0), 64);
    assert_int_equal(f.reply.finish, MODEL_FINISH_LENGTH);
    end(&f);
}

/* ---- odd ends ---- */

#define OLLAMA_END(reason)                                                                         \
    "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"" reason "\"}\n"
#define OLLAMA_GOOD                                                                                \
    "{\"message\":{\"content\":\"42\"}}\n{\"message\":{\"content\":\"\"},\"done\":true,"           \
    "\"done_reason\":\"stop\",\"prompt_eval_count\":11,\"eval_count\":5}\n"

/* The server ended it, not the model: nothing of that is the model's answer. */
static void an_end_of_the_servers_own_is_retried(void **state)
{
    (void)state;
    static const char *const ollama[] = {
        OLLAMA_END("load"), OLLAMA_END("unload"),
        "{\"message\":{\"content\":\"4\"}}\n" OLLAMA_END("unload")};
    static const char *const openai[] = {EVENT("4") EVENT_END("abort"), EVENT_END("load"),
                                         EVENT("4") EVENT_END("insufficient_system_resource")};
    for (size_t i = 0; i < 6; i++) {
        struct step steps[] = {{.body = i < 3 ? ollama[i] : openai[i - 3]},
                               {.body = i < 3 ? OLLAMA_GOOD : GOOD}};
        struct fixture f;
        start(&f, i < 3 ? "ollama" : "openai", i < 3 ? ollama_pages : openai_pages, steps, 2);
        assert_int_equal(ask(&f), 0);
        assert_answered(&f, 2);
        assert_non_null(strstr(f.reply.attempt_log, "ended the reply with finish"));
        end(&f);
    }
}

/* It said "length", and then once more in an error: that is how the reply ended. */
static void a_limit_told_twice_is_a_length_stop(void **state)
{
    (void)state;
#define LENGTH EVENT("4") "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n"
    reply_to(LENGTH "data: {\"error\":{\"message\":\"max_tokens limit reached\",\"code\":400}}\n\n",
             "4", "", MODEL_FINISH_LENGTH, "usage_missing");
    reply_to(LENGTH "event: error\ndata: generation limit exceeded\n\n", "4", "",
             MODEL_FINISH_LENGTH, "usage_missing");
    reply_to(LENGTH "data: {\"error\":\"context size exceeded, the prompt is too long\"}\n\n"
                    "data: [DONE]\n\n",
             "4", "", MODEL_FINISH_LENGTH, "usage_missing");
}

static void an_end_without_done_needs_finish_and_counts(void **state)
{
    (void)state;
#define COUNTS "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":2}}\n\n"
#define STOP "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    static const struct {
        struct step step;
        int attempts;
    } cases[] = {
        {{.body = EVENT("4") EVENT("2") STOP COUNTS}, 1},
        {{.body = EVENT("4") EVENT("2") STOP COUNTS ": bye\n\n", .hang = true}, 1}, /* left open */
        {{.body = EVENT("4") EVENT("2") STOP COUNTS, .unframed = true}, 1},
        {{.body = EVENT("4") EVENT("2") STOP COUNTS "data: [DO", .cut = 250}, 2}, /* no clean end */
        {{.body = EVENT("4") EVENT("2") STOP}, 2},
        {{.body = EVENT("4") EVENT("2") COUNTS}, 2},
        {{.body = EVENT("4") EVENT("2") STOP, .unframed = true}, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct step steps[] = {cases[i].step, good};
        struct fixture f;
        start(&f, "openai", openai_pages, steps, 2);
        assert_int_equal(ask(&f), 0);
        assert_answered(&f, cases[i].attempts);
        end(&f);
    }
}

/* ---- names ---- */

static json_t *identity(struct fixture *f)
{
    json_t *id = NULL;
    int rc = model_open(&f->cfg, &f->model, &f->err);
    if (rc == 0)
        rc = model_probe(f->model, &id, &f->err);
    assert_int_equal(rc == 0, id != NULL);
    return id;
}

static void a_name_that_is_not_served_is_refused(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "{\"data\":[{\"id\":\"big\",\"owned_by\":\"someone\"},{\"id\":\"small\"}]}",
        "{\"data\":[{\"id\":\"big\",\"owned_by\":\"vllm\"},{\"id\":\"small\"}]}",
        "{\"data\":[{\"id\":\"big\",\"owned_by\":\"organization_owner\"},{\"id\":\"small\"}]}",
        "{\"data\":[{\"id\":\"big\",\"owned_by\":\"llamacpp\"},{\"id\":\"small\"}]}"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct page pages[] = {{"/v1/models", lists[i], 0}, {NULL, NULL, 0}};
        struct fixture f;
        start(&f, "openai", pages, &good, 1);
        assert_null(identity(&f));
        assert_int_equal(f.err.kind, ERR_INPUT);
        assert_non_null(strstr(f.err.msg, "'tiny' is not on the server"));
        assert_non_null(strstr(f.err.msg, "big, small"));
        assert_int_equal(f.server.chats, 0);
        end(&f);
    }
}

static void a_server_that_ignores_the_name_is_recorded_by_its_own(void **state)
{
    (void)state;
    static const struct {
        const char *list, *asked, *recorded;
    } cases[] = {
        {"{\"data\":[{\"id\":\"/m/q.gguf\",\"owned_by\":\"llamacpp\"}]}", "gpt-4o", "/m/q.gguf"},
        {"{\"data\":[{\"id\":\"/m/q.gguf\",\"owned_by\":\"llamacpp\"}]}", "", "/m/q.gguf"},
        {"{\"data\":[{\"id\":\"models/gemini-2.5-flash\"}]}", "gemini-2.5-flash",
         "gemini-2.5-flash"},
        {"{\"data\":[{\"id\":\"qwen3:latest\",\"owned_by\":\"library\"}]}", "qwen3", "qwen3"},
        {"{\"data\":[]}", "anything", "anything"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct page pages[] = {{"/v1/models", cases[i].list, 0}, {NULL, NULL, 0}};
        struct fixture f;
        start(&f, "openai", pages, &good, 1);
        f.cfg.name = cases[i].asked;
        json_t *id CLEANUP_JSON = identity(&f);
        assert_string_equal(json_get_str(id, "name", ""), cases[i].recorded);
        assert_int_equal(ask(&f), 0);
        json_t *q CLEANUP_JSON = sent(&f);
        assert_string_equal(json_get_str(q, "model", ""), cases[i].recorded);
        end(&f);
    }
}

/* ---- a prompt that was cut silently ---- */

static bool says_cut(size_t bytes, int counted, int density_bytes, int density_tokens)
{
    char *long_text CLEANUP_FREE = xcalloc(bytes + 1, 1), *first = NULL, *then = NULL;
    memset(long_text, 'x', bytes);
    const struct model_message message = {"user", long_text};
    struct fixture f;
    struct step steps[2];
#define COUNTED                                                                                    \
    "{\"message\":{\"content\":\"42\"},\"done\":true,\"done_reason\":\"stop\","                    \
    "\"prompt_eval_count\":%d,\"eval_count\":5}\n"
    steps[0] = (struct step){.body = first = xasprintf(COUNTED, density_tokens)};
    steps[1] = (struct step){.body = then = xasprintf(COUNTED, counted)};
    start(&f, "ollama", ollama_pages, density_bytes ? steps : steps + 1, density_bytes ? 2 : 1);
    f.q.messages = &message;
    f.q.n_messages = 1;
    if (density_bytes) {
        long_text[density_bytes] = '\0';
        assert_int_equal(ask(&f), 0);
        assert_null(f.reply.label);
        long_text[density_bytes] = 'x';
    }
    assert_int_equal(ask(&f), 0);
    bool cut = f.reply.label && strstr(f.reply.label, "prompt_cut");
    end(&f);
    free(first);
    free(then);
    return cut;
}

/* The context is 8192 tokens; a cut one counts 4096 or little more. */
static void a_prompt_cut_to_half_is_told(void **state)
{
    (void)state;
    assert_true(says_cut(24000, 4096, 0, 0)); /* fewer than 3 bytes a token, if it were whole */
    assert_true(says_cut(40000, 4100, 0, 0));
    assert_true(says_cut(60000, 8000, 0, 0));
    assert_false(says_cut(16000, 4096, 0, 0)); /* 3.9 bytes a token: whole */
    assert_false(says_cut(32000, 8000, 0, 0));
    assert_false(says_cut(3000, 11, 0, 0));          /* the rest was cached */
    assert_true(says_cut(20000, 4096, 3000, 1200));  /* this model has 2.5 bytes a token */
    assert_false(says_cut(23000, 4200, 5400, 1000)); /* this one 5.4 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_context_is_an_outcome),
        cmocka_unit_test(a_reply_takes_the_room_there_is),
        cmocka_unit_test(a_refused_field_is_left_out_for_good),
        cmocka_unit_test(a_refused_schema_is_asked_for_once),
        cmocka_unit_test(a_refused_min_p_is_told),
        cmocka_unit_test(a_refused_system_role_is_folded),
        cmocka_unit_test(folding_keeps_every_text),
        cmocka_unit_test(all_fields_that_are_listed_go_at_once),
        cmocka_unit_test(of_temperature_and_top_p_one_stays),
        cmocka_unit_test(an_overflow_in_the_stream_is_an_outcome),
        cmocka_unit_test(room_in_the_stream_is_taken),
        cmocka_unit_test(a_prompt_of_unknown_length_is_tried_with_less),
        cmocka_unit_test(vllm_counts_the_prompt),
        cmocka_unit_test(a_limit_of_replies_is_met),
        cmocka_unit_test(an_end_of_the_servers_own_is_retried),
        cmocka_unit_test(a_limit_told_twice_is_a_length_stop),
        cmocka_unit_test(an_end_without_done_needs_finish_and_counts),
        cmocka_unit_test(a_name_that_is_not_served_is_refused),
        cmocka_unit_test(a_server_that_ignores_the_name_is_recorded_by_its_own),
        cmocka_unit_test(a_prompt_cut_to_half_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
