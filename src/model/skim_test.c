/* Lines read in place: skim finds the same values as jansson. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/rng.h"
#include "model/skim.h"
#include "model/wirejson.h"

static void texts_are_taken_out(void **state)
{
    (void)state;
    static const struct {
        const char *in, *text;
        bool repaired;
    } cases[] = {
        {"plain", "plain", false},
        {"", "", false},
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", false},
        {"caf\\u00e9\\u20AC", "caf\xc3\xa9\xe2\x82\xac", false},
        {"\\ud83d\\ude00!", "\xf0\x9f\x98\x80!", false},
        {"a\\ud83d b", "a\xef\xbf\xbd b", true},
        {"\\ud83d\\u0041",
         "\xef\xbf\xbd"
         "A",
         true},
        {"\\ude00\\\\ud83d", "\xef\xbf\xbd\\ud83d", true},
        {"\\ud83d", "\xef\xbf\xbd", true},
        {"\xff", "\xff", false}, /* whose turn it is to clean: the reply's */
    };
    struct skim s = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *line CLEANUP_FREE = xasprintf("{\"t\":\"%s\"}", cases[i].in);
        struct str text CLEANUP_STR = {0};
        bool repaired = false;
        assert_true(skim_object(&s, line, strlen(line)));
        skim_text(&s, skim_get(&s, SKIM_ROOT, "t"), &text, &repaired);
        assert_string_equal(str_text(&text), cases[i].text);
        assert_int_equal(repaired, cases[i].repaired);
    }
    skim_free(&s);
}

static void what_is_no_object_is_refused(void **state)
{
    (void)state;
    static const char *const no[] = {
        "",        " ",        "[1]",   "\"t\"", "<html>",          "{\"t\":\"x\"",
        "{\"t\":", "{\"t\"",   "{}x",   "{} {}", "{\"t\":\"\\x\"}", "{\"t\":\"\\u12\"}",
        "{]",      "{\"t\":1", "{t:1}", "}",     "data: {}",        "{\"a\":[}",
    };
    struct skim s = {0};
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (skim_object(&s, no[i], strlen(no[i])))
            fail_msg("taken for an object: %s", no[i]);
    assert_true(skim_object(&s, " {} \r", 5));
    assert_int_equal(skim_get(&s, SKIM_ROOT, "t"), SKIM_NONE);
    skim_free(&s);
}

static void values_are_what_they_are(void **state)
{
    (void)state;
    static const char line[] =
        "{\"n\":12,\"big\":1e300,\"less\":-3,\"half\":2.5,\"yes\":true,\"no\":false,\"nil\":null,"
        "\"s\":\"true\",\"e\":\"\",\"o\":{\"n\":1},\"a\":[],\"n\":13}";
    struct skim s = {0};
    assert_true(skim_object(&s, line, strlen(line)));
#define GET(key) skim_get(&s, SKIM_ROOT, key)
    assert_int_equal(skim_count(&s, GET("n"), -1), 13); /* the last of that name */
    assert_int_equal(skim_count(&s, GET("big"), -1), INT32_MAX);
    assert_int_equal(skim_count(&s, GET("less"), -1), 0);
    assert_int_equal(skim_count(&s, GET("half"), -1), 2);
    assert_int_equal(skim_count(&s, GET("yes"), -1), -1);
    assert_int_equal(skim_count(&s, GET("s"), -1), -1);
    assert_int_equal(skim_count(&s, GET("absent"), -1), -1);
    assert_true(skim_is_true(&s, GET("yes")));
    assert_false(skim_is_true(&s, GET("no")) || skim_is_true(&s, GET("s")));
    assert_true(skim_is_text(&s, GET("s")) && skim_says(&s, GET("s"), "true"));
    assert_true(skim_is_empty(&s, GET("e")) && skim_is_empty(&s, GET("nil")));
    assert_false(skim_is_empty(&s, GET("s")));
    assert_true(skim_is_object(&s, GET("o")) && skim_is_array(&s, GET("a")));
    assert_int_equal(skim_count(&s, skim_get(&s, GET("o"), "n"), -1), 1);
    assert_int_equal(skim_first(&s, GET("a")), SKIM_NONE);
    assert_int_equal(skim_get(&s, SKIM_NONE, "n"), SKIM_NONE);
    assert_int_equal(skim_get(&s, GET("s"), "n"), SKIM_NONE);
    json_t *o CLEANUP_JSON = skim_json(&s, GET("o")), *text CLEANUP_JSON = skim_json(&s, GET("s"));
    assert_int_equal(json_get_int(o, "n", 0), 1);
    assert_string_equal(json_string_value(text), "true");
    assert_null(skim_json(&s, GET("n")));
#undef GET
    skim_free(&s);
}

/* ---- beside jansson ---- */

static json_t *random_text(struct rng *r)
{
    static const char *const parts[] = {
        "a", "\"", "\\", "\n", "\x01", "\xc3\xa9", "\xf0\x9f\x98\x80",
        "{", "]",  ",",  ": ", "/",    "\x7f"};
    struct str text CLEANUP_STR = {0};
    for (uint64_t n = rng_below(r, 8); n > 0; n--)
        str_add(&text, parts[rng_below(r, sizeof parts / sizeof *parts)]);
    return json_string(str_text(&text));
}

static json_t *random_value(struct rng *r, int depth)
{
    static const char *const keys[] = {"a", "b", "content", "delta", "x y"};
    uint64_t kind = rng_below(r, depth > 0 ? 7 : 5);
    json_t *v;
    switch (kind) {
    case 0:
        return json_null();
    case 1:
        return json_boolean(rng_below(r, 2));
    case 2:
        return json_integer((json_int_t)rng_below(r, 1000000));
    case 3:
    case 4:
        return random_text(r);
    case 5:
        v = json_array();
        for (uint64_t n = rng_below(r, 5); n > 0; n--)
            json_array_append_new(v, random_value(r, depth - 1));
        return v;
    default:
        v = json_object();
        for (uint64_t n = rng_below(r, 5); n > 0; n--)
            json_object_set_new(v, keys[rng_below(r, 5)], random_value(r, depth - 1));
        return v;
    }
}

static void same(const struct skim *s, int value, const json_t *want)
{
    struct str text CLEANUP_STR = {0};
    bool repaired = false;
    const char *key;
    json_t *v;
    size_t i;
    int at = skim_first(s, value);
    assert_int_not_equal(value, SKIM_NONE);
    assert_int_equal(skim_is_text(s, value), json_is_string(want));
    assert_int_equal(skim_is_object(s, value), json_is_object(want));
    assert_int_equal(skim_is_array(s, value), json_is_array(want));
    assert_int_equal(skim_is_true(s, value), json_is_true(want));
    skim_text(s, value, &text, &repaired);
    if (json_is_string(want))
        assert_string_equal(str_text(&text), json_string_value(want));
    if (json_is_integer(want))
        assert_int_equal(skim_count(s, value, -1), json_integer_value(want));
    json_object_foreach ((json_t *)want, key, v)
        same(s, skim_get(s, value, key), v);
    json_array_foreach (want, i, v) {
        same(s, at, v);
        at = skim_next(s, at);
    }
    assert_int_equal(at, SKIM_NONE);
    assert_false(repaired);
}

static void finds_what_jansson_finds(void **state)
{
    (void)state;
    struct rng r = rng_make(7);
    struct skim s = {0};
    for (int i = 0; i < 3000; i++) {
        json_t *want CLEANUP_JSON = json_object();
        for (uint64_t n = rng_below(&r, 6); n > 0; n--) {
            char key[] = {(char)('a' + rng_below(&r, 26)), '\0'};
            json_object_set_new(want, key, random_value(&r, 4));
        }
        size_t how = i % 3 == 0 ? JSON_COMPACT : i % 3 == 1 ? JSON_ENSURE_ASCII : JSON_INDENT(1);
        char *line CLEANUP_FREE = json_dumps(want, how);
        assert_true(skim_object(&s, line, strlen(line)));
        same(&s, SKIM_ROOT, want);
        for (size_t cut = 0; cut < strlen(line); cut += 1 + strlen(line) / 16)
            assert_false(skim_object(&s, line, cut));
    }
    skim_free(&s);
}

static void long_lines_are_read_to_the_end(void **state)
{
    (void)state;
    struct skim s = {0};
    struct str line CLEANUP_STR = {0};
    str_add(&line, "{\"a\":[");
    for (int i = 0; i < 100000; i++)
        str_addf(&line, "%s%d", i ? "," : "", i);
    str_add(&line, "],\"b\":5}");
    assert_true(skim_object(&s, line.p, line.len));
    assert_int_equal(skim_count(&s, skim_get(&s, SKIM_ROOT, "b"), -1), 5);
    str_clear(&line);
    for (int i = 0; i < 200000; i++) /* as deep as a line can be long: no recursion, no fault */
        str_add(&line, "{\"a\":");
    assert_false(skim_object(&s, line.p, line.len));
    skim_free(&s);
}

/* Each of these kept the reader busy for minutes or filled the memory; the test ends. */
static void monsters_are_refused_in_linear_time(void **state)
{
    (void)state;
    static const struct {
        const char *open, *close;
    } deep[] = {{"[", "]"}, {"{\"a\":", "}"}, {"[{\"a\":", "}]"}, {"[1,[", "]]"}};
    struct skim s = {0};
    for (size_t i = 0; i < sizeof deep / sizeof *deep; i++) {
        struct str line CLEANUP_STR = {0};
        str_add(&line, "{\"a\":");
        for (int k = 0; k < 4000000; k++)
            str_add(&line, deep[i].open);
        str_add(&line, "0");
        for (int k = 0; k < 4000000; k++)
            str_add(&line, deep[i].close);
        str_addc(&line, '}');
        assert_false(skim_object(&s, line.p, line.len));
        bool repaired = false;
        assert_null(wirejson_object(line.p, line.len, &repaired));
    }
    struct str wide CLEANUP_STR = {0};
    str_add(&wide, "{\"a\":[0");
    for (int k = 0; k < 8000000; k++)
        str_add(&wide, ",0");
    str_add(&wide, "]}");
    assert_false(skim_object(&s, wide.p, wide.len));
    assert_true(s.cap <= 1 << 18);
    skim_free(&s);
}

/* Brackets in texts do not count, and what is under the caps is read. */
static void brackets_in_texts_are_no_depth(void **state)
{
    (void)state;
    struct skim s = {0};
    struct str line CLEANUP_STR = {0};
    str_add(&line, "{\"t\":\"");
    for (int k = 0; k < 5000; k++)
        str_add(&line, "[{,\\\"");
    str_add(&line, "\"}");
    assert_true(skim_object(&s, line.p, line.len));
    str_clear(&line);
    for (int k = 0; k < 64; k++)
        str_add(&line, "{\"a\":");
    str_addf(&line, "\"%5000s\"", "x");
    for (int k = 0; k < 64; k++)
        str_addc(&line, '}');
    assert_true(skim_object(&s, line.p, line.len));
    skim_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_taken_out),
        cmocka_unit_test(what_is_no_object_is_refused),
        cmocka_unit_test(values_are_what_they_are),
        cmocka_unit_test(finds_what_jansson_finds),
        cmocka_unit_test(long_lines_are_read_to_the_end),
        cmocka_unit_test(monsters_are_refused_in_linear_time),
        cmocka_unit_test(brackets_in_texts_are_no_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
