/* From bytes to replies: real streams in every chunking, and cut at every offset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/rng.h"
#include "model/stream.h"
#include "model/wirejson.h"

static const char data_dir[] = "../shared/data/protocol";

/* NULL, after a sentence, when the data is not there. Caller frees. */
static char *data_file(const char *name, size_t *n)
{
    char *path CLEANUP_FREE = file_join(data_dir, name), *text = NULL;
    if (file_read(path, 0, &text, n, NULL) < 0)
        print_message("skipped: %s is not there\n", path);
    return text;
}

static json_t *data_json(const char *name)
{
    size_t n = 0;
    char *text CLEANUP_FREE = data_file(name, &n);
    json_t *j = text ? json_loadb(text, n, 0, NULL) : NULL;
    assert_true(j || !text);
    return j;
}

/* ---- feeding ---- */

enum chunking { WHOLE, BYTES, RANDOM };

static void feed(struct stream *s, const char *bytes, size_t n, enum chunking how)
{
    struct rng rng = rng_make(n);
    for (size_t at = 0, k; at < n; at += k) {
        k = how == WHOLE ? n : how == BYTES ? 1 : 1 + (size_t)rng_below(&rng, 97);
        k = k < n - at ? k : n - at;
        if (stream_feed(s, bytes + at, k))
            return;
    }
}

/* Everything that counts about a finished stream, as text. Caller frees. */
static char *outcome(const struct stream_format *f, const char *bytes, size_t n, enum chunking how,
                     bool whole)
{
    struct stream s;
    stream_open(&s, f);
    feed(&s, bytes, n, how);
    stream_end(&s, whole);
    char *text = xasprintf("fault %d finish %s tokens %d/%d error %s\nreasoning %s\ntext %s",
                           s.fault, s.finish, s.prompt_tokens, s.generated_tokens,
                           str_text(&s.error), str_text(&s.reasoning), str_text(&s.text));
    stream_free(&s);
    return text;
}

static void same_in_every_chunking(const struct stream_format *f, const char *bytes, size_t n)
{
    char *whole CLEANUP_FREE = outcome(f, bytes, n, WHOLE, true);
    char *single CLEANUP_FREE = outcome(f, bytes, n, BYTES, true);
    char *random CLEANUP_FREE = outcome(f, bytes, n, RANDOM, true);
    assert_string_equal(whole, single);
    assert_string_equal(whole, random);
}

static struct str copy(const struct str *s)
{
    struct str c = {0};
    str_addn(&c, str_text(s), s->len);
    return c;
}

/* What stream_end would say now, without ending the stream. */
static enum stream_fault fault_if_cut(const struct stream *s)
{
    struct stream c = *s;
    c.lines.part = copy(&s->lines.part);
    c.think.held = copy(&s->think.held);
    c.text = c.reasoning = c.error = c.head = c.piece = (struct str){0}; /* only added to */
    c.skim = (struct skim){0};
    c.sse = (struct sse){0};
    enum stream_fault fault = stream_end(&c, false);
    stream_free(&c);
    return fault;
}

/* A reply cut anywhere does not count; the whole one does. */
static void no_short_answer(const struct stream_format *f, const char *bytes, size_t n)
{
    struct stream s;
    stream_open(&s, f);
    for (size_t i = 0; i < n; i++) {
        if (fault_if_cut(&s) == STREAM_OK)
            fail_msg("a reply cut after %zu of %zu bytes counts as whole", i, n);
        assert_int_equal(stream_feed(&s, bytes + i, 1), 0);
    }
    assert_int_equal(stream_end(&s, true), STREAM_OK);
    stream_free(&s);
}

/* ---- parts ---- */

struct events {
    json_t *list;
};

static int add_event(void *user, const char *event, const char *data, size_t n)
{
    struct events *e = user;
    json_array_append_new(e->list,
                          json_pack("{s:s,s:o}", "event", event, "data", json_stringn(data, n)));
    return 0;
}

struct decoder {
    struct sse sse;
    struct events *events;
};

static int decode_line(void *user, const char *line, size_t n)
{
    struct decoder *d = user;
    return sse_line(&d->sse, line, n, add_event, d->events);
}

static void unhex(const char *hex, struct str *out)
{
    for (unsigned byte; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        str_addc(out, (char)byte);
}

static void decode(const json_t *chunks, struct events *e)
{
    struct lines lines = {.max = STREAM_LINE_MAX};
    struct decoder d = {.events = e};
    const json_t *chunk;
    size_t i;
    json_array_foreach (chunks, i, chunk) {
        struct str bytes CLEANUP_STR = {0};
        unhex(json_string_value(chunk), &bytes);
        assert_int_equal(lines_feed(&lines, bytes.p, bytes.len, decode_line, &d), 0);
    }
    lines_free(&lines);
    sse_free(&d.sse);
}

static void check_event(const json_t *want, const json_t *got)
{
    const char *data = json_get_str(got, "data", NULL);
    assert_string_equal(json_get_str(want, "event", ""), json_get_str(got, "event", ""));
    if (json_object_get(want, "data"))
        assert_string_equal(json_get_str(want, "data", ""), data);
    if (json_object_get(want, "json")) {
        json_t *j CLEANUP_JSON = json_loads(data, 0, NULL);
        assert_true(json_equal(json_object_get(want, "json"), j));
    }
}

static void events_are_decoded_as_other_clients_do(void **state)
{
    (void)state;
    json_t *cases CLEANUP_JSON = data_json("sse_decoder_cases.json");
    const json_t *c, *want;
    size_t i, k;
    json_array_foreach (cases, i, c) {
        json_t *got CLEANUP_JSON = json_array();
        decode(json_object_get(c, "chunks_hex"), &(struct events){got});
        const json_t *expect = json_object_get(c, "expect_events");
        assert_int_equal(json_array_size(got), json_array_size(expect));
        json_array_foreach (expect, k, want)
            check_event(want, json_array_get(got, k));
    }
}

static void thoughts_are_split_as_ollama_does(void **state)
{
    (void)state;
    json_t *cases CLEANUP_JSON = data_json("ollama_thinking_parser_cases.json");
    const json_t *c, *step;
    size_t i, k;
    json_array_foreach (cases, i, c) {
        struct think t = {0};
        json_array_foreach (json_object_get(c, "steps"), k, step) {
            struct str text CLEANUP_STR = {0}, reasoning CLEANUP_STR = {0};
            const char *input = json_get_str(step, "input", "");
            think_feed(&t, input, strlen(input), &text, &reasoning);
            assert_string_equal(str_text(&text), json_get_str(step, "content", ""));
            assert_string_equal(str_text(&reasoning), json_get_str(step, "thinking", ""));
        }
        think_free(&t);
    }
}

static void what_may_be_a_tag_is_not_lost(void **state)
{
    (void)state;
    static const struct {
        const char *in, *text, *reasoning;
    } cases[] = {{" <thi", " <thi", ""},           {"<think>ab</thi", "", "ab</thi"},
                 {"<think>ab", "", "ab"},          {"<thinking>", "<thinking>", ""},
                 {"a</think>b", "a</think>b", ""}, {"", "", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct think t = {0};
        struct str text CLEANUP_STR = {0}, reasoning CLEANUP_STR = {0};
        think_feed(&t, cases[i].in, strlen(cases[i].in), &text, &reasoning);
        think_end(&t, &text, &reasoning);
        assert_string_equal(str_text(&text), cases[i].text);
        assert_string_equal(str_text(&reasoning), cases[i].reasoning);
        think_free(&t);
    }
}

static void a_lone_closing_tag_ends_thought(void **state)
{
    (void)state;
    struct str text CLEANUP_STR = {0}, reasoning CLEANUP_STR = {0};
    str_add(&text, "so it is 4.\n</think>\n\n4");
    assert_true(think_split_unopened(&text, &reasoning));
    assert_string_equal(text.p, "4");
    assert_string_equal(reasoning.p, "so it is 4.\n");
    assert_false(think_split_unopened(&text, &reasoning));
}

static void odd_json_is_read_and_told(void **state)
{
    (void)state;
    static const struct {
        const char *in, *text; /* NULL: refused */
        bool repaired;
    } cases[] = {
        {"{\"t\":\"caf\\u00e9\"}", "caf\xc3\xa9", false},
        {"{\"t\":\"\\ud83d\\ude00\"}", "\xf0\x9f\x98\x80", false},
        {"{\"t\":\"a\\ud83d b\"}", "a\xef\xbf\xbd b", true},
        {"{\"t\":\"\\ude00\\\\ud83d\"}", "\xef\xbf\xbd\\ud83d", true},
        {"{\"t\":\"\xff\"}", "\xef\xbf\xbd", true},
        {"{\"t\":\"x\",\"t\":\"y\",\"u\":null}", "y", false},
        {"{\"t\":\"x\"", NULL, false},
        {"[\"t\"]", NULL, false},
        {"<html>", NULL, false},
        {"", NULL, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool repaired = false;
        json_t *j CLEANUP_JSON = wirejson_object(cases[i].in, strlen(cases[i].in), &repaired);
        assert_int_equal(j != NULL, cases[i].text != NULL);
        if (j)
            assert_string_equal(json_get_str(j, "t", ""), cases[i].text);
        assert_int_equal(repaired, cases[i].repaired);
    }
}

static void deep_json_is_refused(void **state)
{
    (void)state;
    for (int depth = WIREJSON_DEPTH - 1; depth <= WIREJSON_DEPTH; depth++) {
        struct str s CLEANUP_STR = {0};
        bool repaired = false;
        str_add(&s, "{\"a\":");
        for (int i = 0; i < depth; i++)
            str_addc(&s, '[');
        for (int i = 0; i < depth; i++)
            str_addc(&s, ']');
        str_addc(&s, '}');
        json_t *j CLEANUP_JSON = wirejson_object(s.p, s.len, &repaired);
        assert_int_equal(j != NULL, depth < WIREJSON_DEPTH);
    }
}

/* ---- whole streams ---- */

static const struct {
    const char *name, *body;
    bool whole;
    enum stream_fault fault;
    const char *text;
} openai_cases[] = {
    {"plain",
     "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"4\"},\"finish_reason\":null}]}\n\n"
     "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     false, STREAM_OK, "4"},
    {"no space, CR LF, comments, nulls, unknown fields, empty choices",
     ": ping\r\n\r\ndata:{\"choices\":[{\"delta\":{\"content\":\"4\",\"x\":[1]},\"finish_reason\":"
     "\"stop\"}],\"usage\":null}\r\n\r\ndata:{\"choices\":[]}\r\n\r\ndata:[DONE]\r\n\r\n",
     false, STREAM_OK, "4"},
    {"[DONE] without a blank line, but the body is known to be whole",
     "data: {\"choices\":[{\"delta\":{\"content\":\"4\"},\"finish_reason\":\"stop\"}]}\n\ndata: "
     "[DONE]",
     true, STREAM_OK, "4"},
    {"no [DONE]",
     "data: {\"choices\":[{\"delta\":{\"content\":\"4\"},\"finish_reason\":\"stop\"}]}\n\n", true,
     STREAM_CUT, "4"},
    {"no finish", "data: {\"choices\":[{\"delta\":{\"content\":\"4\"}}]}\n\ndata: [DONE]\n\n", true,
     STREAM_NO_FINISH, "4"},
    {"an empty finish",
     "data: {\"choices\":[{\"delta\":{\"content\":\"4\"},\"finish_reason\":\"\"}]}\n\ndata: "
     "[DONE]\n\n",
     true, STREAM_NO_FINISH, "4"},
    {"one of two choices has no finish",
     "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"4\"},\"finish_reason\":\"stop\"},"
     "{\"index\":1,\"delta\":{\"content\":\"5\"}}]}\n\ndata: [DONE]\n\n",
     true, STREAM_NO_FINISH, "4"},
    {"an error object, then [DONE]",
     "data: {\"choices\":[{\"delta\":{\"content\":\"4\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: {\"error\":{\"message\":\"boom\",\"code\":500}}\n\ndata: [DONE]\n\n",
     true, STREAM_ERROR, "4"},
    {"vLLM's error object", "data: {\"object\":\"error\",\"message\":\"boom\",\"code\":400}\n\n",
     true, STREAM_ERROR, ""},
    {"finish 'error'", "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}\n\n", true,
     STREAM_ERROR, ""},
    {"a page", "<html><body>Bad gateway</body></html>", true, STREAM_NOT_JSON, ""},
    {"a line that is no JSON", "data: {\"choices\":\n\n", true, STREAM_NOT_JSON, ""},
    {"nothing", "", true, STREAM_CUT, ""},
    {"only [DONE]", "data: [DONE]\n\n", true, STREAM_NO_FINISH, ""},
    {"not streamed",
     "{\"choices\":[{\"message\":{\"content\":\"4\"},\n\"finish_reason\":\"stop\"}]}", false,
     STREAM_OK, "4"},
    {"both names of reasoning, the same thought",
     "data: {\"choices\":[{\"delta\":{\"reasoning\":\"h\",\"reasoning_content\":\"h\",\"content\":"
     "\"4\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
     false, STREAM_OK, "4"},
    {"the whole once more behind the pieces",
     "data: {\"choices\":[{\"delta\":{\"content\":\"def f(x): \"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"return x + 1\"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
     "data: {\"object\":\"chat.completion\",\"choices\":[{\"message\":{\"content\":\"def f(x): "
     "return x + 1\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, "def f(x): return x + 1"},
    {"the whole once more in the frame with the finish",
     "data: {\"choices\":[{\"delta\":{\"content\":\"def f(x): \"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"return x + 1\"}}]}\n\n"
     "data: {\"object\":\"chat.completion\",\"choices\":[{\"message\":{\"content\":\"def f(x): "
     "return x + 1\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, "def f(x): return x + 1"},
    {"the whole once more as a last delta",
     "data: {\"choices\":[{\"delta\":{\"content\":\"def f(x): \"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"return x + 1\"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"def f(x): return x + "
     "1\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, "def f(x): return x + 1"},
    {"the whole once more without the blanks around it",
     "data: {\"choices\":[{\"delta\":{\"content\":\" def f(x): \"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"return x + 1\\n\"}}]}\n\n"
     "data: {\"object\":\"chat.completion\",\"choices\":[{\"message\":{\"content\":\"def f(x): "
     "return x + 1\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, " def f(x): return x + 1\n"},
    {"the whole once more, and more of it",
     "data: {\"choices\":[{\"delta\":{\"content\":\"def f(x): \"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"return x + 1\"}}]}\n\n"
     "data: {\"object\":\"chat.completion\",\"choices\":[{\"message\":{\"content\":\"def f(x): "
     "return x + 1 # yes\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, "def f(x): return x + 1 # yes"},
    {"the whole once more as a delta behind the finish",
     "data: {\"choices\":[{\"delta\":{\"content\":\"def f(x): \"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"return x + 1\"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"def f(x): return x + 1\"}}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, "def f(x): return x + 1"},
    {"a short text that says itself twice",
     "data: {\"choices\":[{\"delta\":{\"content\":\"ha\"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"ha\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, "haha"},
    {"a last delta that goes on",
     "data: {\"choices\":[{\"delta\":{\"content\":\"def f(x): \"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"return x + 1\"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\" or so\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, "def f(x): return x + 1 or so"},
    {"pieces as messages",
     "data: {\"object\":\"chat.completion\",\"choices\":[{\"message\":{\"content\":\"def f(x): "
     "\"},\"finish_reason\":null}]}\n\n"
     "data: {\"object\":\"chat.completion\",\"choices\":[{\"message\":{\"content\":\"return x + "
     "1\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, "def f(x): return x + 1"},
    {"growing messages",
     "data: {\"object\":\"chat.completion\",\"choices\":[{\"message\":{\"content\":\"def f(x): "
     "return\"},\"finish_reason\":null}]}\n\n"
     "data: {\"object\":\"chat.completion\",\"choices\":[{\"message\":{\"content\":\"def f(x): "
     "return x + 1\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, "def f(x): return x + 1"},
    {"thought in pieces, the answer in a message",
     "data: {\"choices\":[{\"delta\":{\"reasoning\":\"h\"}}]}\n\n"
     "data: "
     "{\"object\":\"chat.completion\",\"choices\":[{\"message\":{\"content\":\"4\",\"reasoning\":"
     "\"h\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, "4"},
    {"thought in the whole once more",
     "data: {\"choices\":[{\"delta\":{\"content\":\"<think>h</think>\"}}]}\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"def f(x): return x + 1\"}}]}\n\n"
     "data: "
     "{\"object\":\"chat.completion\",\"choices\":[{\"message\":{\"content\":\"<think>h</think>def "
     "f(x): return x + 1\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, "def f(x): return x + 1"},
    {"text behind [DONE]",
     "data: {\"choices\":[{\"delta\":{\"content\":\"4\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n"
     "data: {\"choices\":[{\"delta\":{\"content\":\"2\"}}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_OK, "4"},
    {"an error behind [DONE]",
     "data: {\"choices\":[{\"delta\":{\"content\":\"4\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: [DONE]\n\n"
     "data: {\"error\":\"late\"}\n\n",
     true, STREAM_OK, "4"},
    {"no [DONE], but finish, counts and a clean end",
     "data: {\"choices\":[{\"delta\":{\"content\":\"4\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4}}\n\n",
     true, STREAM_OK, "4"},
    {"the same without a clean end",
     "data: {\"choices\":[{\"delta\":{\"content\":\"4\"},\"finish_reason\":\"stop\"}]}\n\n"
     "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4}}\n\n",
     false, STREAM_CUT, "4"},
    {"counts and a clean end, but no finish",
     "data: {\"choices\":[{\"delta\":{\"content\":\"4\"}}]}\n\n"
     "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4}}\n\n",
     true, STREAM_CUT, "4"},
    {"an error field",
     "error: {\"code\":400,\"message\":\"boom\"}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_ERROR, ""},
    {"an error object that is no JSON", "data: {\"error\":{\"message\" \"boom\",\"x\"}}\n\n", true,
     STREAM_ERROR, ""},
    {"an error field without a blank", "error:boom\n\n", true, STREAM_ERROR, ""},
    {"an error field in the middle",
     "data: {\"choices\":[{\"delta\":{\"content\":\"4\"}}]}\n\n"
     "error: {\"message\":\"boom\"}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_ERROR, "4"},
    {"an error event in plain words", "event: error\ndata: overloaded\n\n", true, STREAM_ERROR, ""},
    {"finish 'abort'",
     "data: {\"choices\":[{\"delta\":{\"content\":\"4\"},\"finish_reason\":\"abort\"}]}\n\n"
     "data: [DONE]\n\n",
     true, STREAM_ERROR, "4"},
    {"not streamed, an empty finish",
     "{\"choices\":[{\"message\":{\"content\":\"4\"},\"finish_reason\":\"\"}]}", false, STREAM_OK,
     "4"},
    {"not streamed, an empty finish and nothing else",
     "{\"choices\":[{\"message\":{\"content\":\"\"},\"finish_reason\":\"\"}]}", false,
     STREAM_NO_FINISH, ""},
    {"[DONE] and blanks",
     "data: {\"choices\":[{\"delta\":{\"content\":\"4\"},\"finish_reason\":\"stop\"}]}\n\ndata: "
     "[DONE]  \n\n",
     true, STREAM_OK, "4"},
    {"not streamed, behind a mark of byte order",
     "\xef\xbb\xbf{\"choices\":[{\"message\":{\"content\":\"4\"},\"finish_reason\":\"stop\"}]}",
     false, STREAM_OK, "4"},
    {"not streamed, no finish",
     "{\"choices\":[{\"message\":{\"content\":\"4\"},\"finish_reason\":null}]}", false,
     STREAM_NO_FINISH, "4"},
};

static void a_reply_counts_by_the_success_rule_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof openai_cases / sizeof *openai_cases; i++) {
        struct stream s;
        const char *body = openai_cases[i].body;
        stream_open(&s, &stream_openai);
        feed(&s, body, strlen(body), WHOLE);
        if (stream_end(&s, openai_cases[i].whole) != openai_cases[i].fault)
            fail_msg("%s: fault %d", openai_cases[i].name, s.fault);
        assert_string_equal(str_text(&s.text), openai_cases[i].text);
        assert_true(s.reasoning.len <= 1);
        stream_free(&s);
        same_in_every_chunking(&stream_openai, body, strlen(body));
    }
}

static void ollama_repeats_itself_and_ends_early(void **state)
{
    (void)state;
#define LINE(text) "{\"message\":{\"content\":\"" text "\"}}\n"
#define LAST(text, reason)                                                                         \
    "{\"message\":{\"content\":\"" text "\"},\"done\":true,\"done_reason\":\"" reason "\"}\n"
    static const struct {
        const char *body;
        enum stream_fault fault;
        const char *text;
    } cases[] = {
        {LINE("def f(x): ") LINE("return 1") LAST("def f(x): return 1", "stop"), STREAM_OK,
         "def f(x): return 1"},
        {LINE("def f(x): ") LAST("return 1", "stop"), STREAM_OK, "def f(x): return 1"},
        {LINE("4") LAST("", "stop") LINE("2"), STREAM_OK, "4"},
        {LAST("", "load"), STREAM_ERROR, ""},
        {LINE("4") LAST("", "unload"), STREAM_ERROR, "4"},
        {LAST("", "stop"), STREAM_OK, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stream s;
        stream_open(&s, &stream_ollama);
        feed(&s, cases[i].body, strlen(cases[i].body), WHOLE);
        assert_int_equal(stream_end(&s, true), cases[i].fault);
        assert_string_equal(str_text(&s.text), cases[i].text);
        stream_free(&s);
        same_in_every_chunking(&stream_ollama, cases[i].body, strlen(cases[i].body));
    }
}

/* A blank a line, as long as a body may be: what is held back for <think> is looked at once. */
static void blanks_are_held_in_linear_time(void **state)
{
    (void)state;
    struct think t = {0};
    struct str text CLEANUP_STR = {0}, reasoning CLEANUP_STR = {0};
    for (int i = 0; i < 1000000; i++)
        think_feed(&t, " ", 1, &text, &reasoning);
    assert_int_equal(text.len, 0);
    think_feed(&t, "<think>a</think>b", strlen("<think>a</think>b"), &text, &reasoning);
    think_end(&t, &text, &reasoning);
    assert_string_equal(text.p, "b");
    assert_string_equal(reasoning.p, "a");
    think_free(&t);
}

static void lines_and_bodies_have_caps(void **state)
{
    (void)state;
    static char block[64 << 10];
    struct stream s;
    memset(block, 'x', sizeof block);
    stream_open(&s, &stream_openai);
    size_t fed = 0;
    feed(&s, "data: ", 6, WHOLE);
    while (stream_feed(&s, block, sizeof block) == 0)
        fed += sizeof block;
    assert_true(fed <= STREAM_LINE_MAX);
    assert_int_equal(stream_end(&s, true), STREAM_TOO_LARGE);
    stream_free(&s);
    memset(block, '\n', sizeof block);
    stream_open(&s, &stream_ollama);
    for (fed = 0; stream_feed(&s, block, sizeof block) == 0;)
        fed += sizeof block;
    assert_true(fed == STREAM_BODY_MAX);
    assert_int_equal(stream_end(&s, true), STREAM_TOO_LARGE);
    stream_free(&s);
}

static void ollama_streams_end_as_its_own_client_says(void **state)
{
    (void)state;
    json_t *cases CLEANUP_JSON = data_json("ollama_client_stream_cases.json");
    const json_t *c;
    size_t i;
    json_array_foreach (cases, i, c) {
        const char *body = json_get_str(c, "body", ""),
                   *error = json_get_str(c, "expect_error", "");
        if (json_get_int(c, "status", 200) != 200)
            continue; /* call_test.c */
        struct stream s;
        stream_open(&s, &stream_ollama);
        feed(&s, body, strlen(body), WHOLE);
        stream_end(&s, !json_get_bool(c, "cut", false));
        assert_int_equal(s.fault == STREAM_OK, !*error);
        if (s.fault == STREAM_OK)
            assert_string_equal(s.text.p, json_get_str(c, "expect_content", NULL));
        else if (s.fault == STREAM_ERROR)
            assert_string_equal(s.error.p, error);
        else if (s.fault == STREAM_NOT_JSON)
            assert_non_null(strstr(s.head.p, error));
        else
            assert_int_equal(s.fault, STREAM_CUT);
        stream_free(&s);
        same_in_every_chunking(&stream_ollama, body, strlen(body));
    }
}

/* ---- recorded traffic ---- */

static void byte_exact_streams_hold_at_every_cut(void **state)
{
    (void)state;
    static const char *const names[] = {"2018feb66ae13fcf", "569c877e69429d4c", "83b060bae42eb41c",
                                        "a491adda08c3d4fd", "d615580118391ee1", "f82268f2fefd5cfb"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = 0;
        char *name CLEANUP_FREE = xasprintf("sse/%s.sse", names[i]);
        char *bytes CLEANUP_FREE = data_file(name, &n);
        if (!bytes)
            continue;
        same_in_every_chunking(&stream_openai, bytes, n);
        no_short_answer(&stream_openai, bytes, n);
    }
}

static void a_recorded_reply_is_read(void **state)
{
    (void)state;
    size_t n = 0;
    char *bytes CLEANUP_FREE = data_file("sse/83b060bae42eb41c.sse", &n);
    char *got CLEANUP_FREE =
        bytes ? outcome(&stream_openai, bytes, n, RANDOM, false) : xstrdup("skipped");
    if (bytes)
        assert_string_equal(got, "fault 0 finish stop tokens 9/2 error \nreasoning \ntext Foo!");
}

/* A fixture as the bytes of a body: chunk lists become events. Caller frees. */
static char *fixture_body(const char *name, size_t *n)
{
    char *bytes = data_file(name, n);
    if (!bytes || !str_ends(name, ".chunks.txt"))
        return bytes;
    struct str s = {0};
    for (char *save = NULL, *line = strtok_r(bytes, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save))
        str_addf(&s, "data: %s\n\n", line);
    str_add(&s, "data: [DONE]\n\n");
    free(bytes);
    *n = s.len;
    return str_take(&s);
}

static void check_fixture(const char *path)
{
    size_t n = 0;
    char *body CLEANUP_FREE = fixture_body(path, &n);
    struct stream s;
    bool error = strstr(path, "legacy-parameter-error") != NULL;
    if (!body)
        return;
    stream_open(&s, &stream_openai);
    feed(&s, body, n, RANDOM);
    assert_int_equal(stream_end(&s, true), error ? STREAM_ERROR : STREAM_OK);
    bool calls = strstr(path, "tool-call") != NULL;
    if (!error && s.text.len == 0 && !calls)
        fail_msg("%s: no text", path);
    if (strstr(path, "reasoning") && !error && !strstr(path, "groq"))
        assert_true(s.reasoning.len > 0);
    stream_free(&s);
    same_in_every_chunking(&stream_openai, body, n);
    if (n < 20000 && !error) {
        while (n > 0 && strchr(" \n", body[n - 1]) && body[0] == '{')
            n--; /* a document is whole without the blanks behind it */
        no_short_answer(&stream_openai, body, n);
    }
}

static void every_provider_is_understood(void **state)
{
    (void)state;
    char *dir CLEANUP_FREE = file_join(data_dir, "providers");
    DIR *d = opendir(dir);
    if (!d)
        print_message("skipped: %s is not there\n", dir);
    for (struct dirent *e; d && (e = readdir(d));) {
        char *path CLEANUP_FREE = file_join("providers", e->d_name);
        if (e->d_name[0] != '.')
            check_fixture(path);
    }
    if (d)
        closedir(d);
}

/* The recorder noted "fr=stop" where a finish was seen; stubs give none, Snowflake gives "" beside
 * a whole document, which is an answer. */
static bool tells_finish(const json_t *r)
{
    const json_t *f;
    size_t i;
    json_array_foreach (json_object_get(r, "features"), i, f) {
        if (str_starts(json_string_value(f), "fr=") || str_starts(json_string_value(f), "dr="))
            return true;
    }
    return false;
}

static void check_recording(const json_t *r)
{
    const json_t *response = json_object_get(r, "response");
    const char *uri = json_get_str(json_object_get(r, "request"), "uri", "");
    const char *body = json_get_str(response, "body", "");
    bool ollama = strstr(uri, ":11434/api/") != NULL;
    const struct stream_format *f = ollama ? &stream_ollama : &stream_openai;
    if (json_get_int(response, "status", 0) != 200)
        return;
    struct stream s;
    stream_open(&s, f);
    feed(&s, body, strlen(body), RANDOM);
    stream_end(&s, true);
    bool unsaid = body[0] == '{' && s.text.len > 0 && strstr(body, "\"finish_reason\": \"\"");
    if ((s.fault == STREAM_OK) != (tells_finish(r) || unsaid))
        fail_msg("%s (%s): fault %d", json_get_str(r, "id", "?"), uri, s.fault);
    if (s.fault == STREAM_OK && s.text.len == 0 && s.reasoning.len == 0)
        assert_true(strstr(s.finish, "call") || strstr(s.finish, "length"));
    stream_free(&s);
    same_in_every_chunking(f, body, strlen(body));
}

static void every_recording_is_understood(void **state)
{
    (void)state;
    size_t n = 0;
    char *all CLEANUP_FREE = data_file("recordings.jsonl", &n);
    for (char *save = NULL, *line = all ? strtok_r(all, "\n", &save) : NULL; line;
         line = strtok_r(NULL, "\n", &save)) {
        json_t *r CLEANUP_JSON = json_loads(line, JSON_ALLOW_NUL, NULL);
        assert_non_null(r);
        check_recording(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_decoded_as_other_clients_do),
        cmocka_unit_test(thoughts_are_split_as_ollama_does),
        cmocka_unit_test(what_may_be_a_tag_is_not_lost),
        cmocka_unit_test(a_lone_closing_tag_ends_thought),
        cmocka_unit_test(odd_json_is_read_and_told),
        cmocka_unit_test(deep_json_is_refused),
        cmocka_unit_test(a_reply_counts_by_the_success_rule_only),
        cmocka_unit_test(ollama_repeats_itself_and_ends_early),
        cmocka_unit_test(blanks_are_held_in_linear_time),
        cmocka_unit_test(lines_and_bodies_have_caps),
        cmocka_unit_test(ollama_streams_end_as_its_own_client_says),
        cmocka_unit_test(byte_exact_streams_hold_at_every_cut),
        cmocka_unit_test(a_recorded_reply_is_read),
        cmocka_unit_test(every_provider_is_understood),
        cmocka_unit_test(every_recording_is_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
