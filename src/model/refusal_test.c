/* What servers say when they refuse a request: tests/refusals/cases.jsonl holds a body for every
 * row of refusal_rows.c, as servers send it, and bodies that no row knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/pattern.h"
#include "model/refusal.h"
#include "model/refusal_rows.h"
#include "model/sampling.h"

/* ---- the cases ---- */

static int kind_named(const char *name)
{
    static const char *const names[] = {[REFUSAL_OTHER] = "other",
                                        [REFUSAL_CONTEXT] = "context",
                                        [REFUSAL_ROOM] = "room",
                                        [REFUSAL_FIELD] = "field",
                                        [REFUSAL_QUOTA] = "quota"};
    int i = 0;
    while (i <= REFUSAL_QUOTA && !str_eq(names[i], name))
        i++;
    return i;
}

static unsigned bits_of(const json_t *names)
{
    unsigned bits = 0;
    const json_t *name;
    size_t i;
    json_array_foreach (names, i, name) {
        unsigned bit = sampling_bit(json_string_value(name));
        for (size_t k = 0; k < n_field_names; k++)
            if (str_eq(field_names[k].name, json_string_value(name)))
                bit = field_names[k].field;
        assert_int_not_equal(bit, 0);
        bits |= bit;
    }
    return bits;
}

static void check(const char *line, const json_t *want, const struct refusal *got)
{
    if ((int)got->kind != kind_named(json_get_str(want, "kind", "?")) ||
        got->fields != bits_of(json_object_get(want, "fields")) ||
        got->room != json_get_int(want, "room", 0) ||
        got->prompt_tokens != json_get_int(want, "prompt", 0) ||
        got->context != json_get_int(want, "context", 0) ||
        !str_eq(got->family, json_get_str(want, "family", NULL)))
        fail_msg("%s: kind %d fields %x tokens %d of %d room %d by %s", line, got->kind,
                 got->fields, got->prompt_tokens, got->context, got->room,
                 got->family ? got->family : "words");
}

static void refusals_are_understood(void **state)
{
    (void)state;
    size_t n = 0, cases = 0;
    char *all CLEANUP_FREE = NULL;
    bool *overflow CLEANUP_FREE = xcalloc(n_overflow_rows, sizeof *overflow);
    bool *field CLEANUP_FREE = xcalloc(n_field_rows, sizeof *field);
    assert_int_equal(file_read("tests/refusals/cases.jsonl", 0, &all, &n, NULL), 0);
    for (char *save = NULL, *line = strtok_r(all, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save), cases++) {
        json_t *c CLEANUP_JSON = json_loads(line, 0, NULL);
        const json_t *body = json_object_get(c, "body");
        char *text CLEANUP_FREE = body ? json_text(body) : xstrdup(json_get_str(c, "text", ""));
        struct refusal got;
        refusal_read((long)json_get_int(c, "status", 0), text, strlen(text), &got);
        check(line, c, &got);
        if (got.family)
            *(got.kind == REFUSAL_FIELD ? &field[got.row] : &overflow[got.row]) = true;
    }
    assert_true(cases > 90);
    /* a row that no body of ours reaches is one that nobody has seen work */
    for (size_t i = 0; i < n_overflow_rows; i++)
        if (!overflow[i])
            fail_msg("no body for %s: %s", overflow_rows[i].family, overflow_rows[i].like);
    for (size_t i = 0; i < n_field_rows; i++)
        if (!field[i])
            fail_msg("no body for %s: %s", field_rows[i].family, field_rows[i].like);
}

static void text_that_is_no_json_is_read_too(void **state)
{
    (void)state;
    static const char body[] = "\xff\xfe{ System role not supported";
    struct refusal got;
    refusal_read(400, body, strlen(body), &got);
    assert_int_equal(got.kind, REFUSAL_FIELD);
    assert_int_equal(got.fields, FIELD_SYSTEM);
    static const char dots[] = "x................................................top_k must be so";
    refusal_read(400, dots, strlen(dots), &got); /* in no time */
    assert_int_equal(got.kind, REFUSAL_FIELD);
    refusal_read(403, body, strlen(body), &got); /* the status says something else */
    assert_int_equal(got.kind, REFUSAL_OTHER);
}

static void error_bodies_of_all_servers_have_a_sentence(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"error\":\"a\"}", "a"},
        {"{\"error\":{\"message\":\"b\",\"type\":\"x\"}}", "b"},
        {"{\"object\":\"error\",\"message\":\"c\"}", "c"},
        {"{\"detail\":\"d\"}", "d"},
        {"[{\"error\":{\"message\":\"e\"}}]", "e"},
        {"{\"error\":[\"f\",\"g\"]}", "f; g"},
        {"{\"detail\":[{\"loc\":[\"body\",\"messages\",0],\"msg\":\"h\"},{\"msg\":\"i\"},{}]}",
         "body.messages.0: h; i"},
        {"{\"message\":{\"detail\":[{\"loc\":[\"body\",\"seed\"],\"msg\":\"j\"}]}}",
         "body.seed: j"},
        {"{\"error\":{\"message\":\"k\",\"metadata\":{\"raw\":\"{\\\"error\\\":\\\"l\\\"}\"}}}",
         "k: l"},
        {"plain", "plain"},
        {"{}", "an error without a message"},
        {"[]", "an error without a message"},
        {"[[[{\"error\":{\"error\":{\"error\":[{}]}}}]]]", "an error without a message"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got CLEANUP_FREE = refusal_text(cases[i][0], strlen(cases[i][0]));
        assert_string_equal(got, cases[i][1]);
    }
}

/* ---- patterns ---- */

static void patterns_find_numbers_and_names(void **state)
{
    (void)state;
    struct pattern_found f;
    assert_true(pattern_match("has {p} of {c}", "it HAS\n12 of 128,000, 5", &f));
    assert_int_equal(f.number['p' - 'a'], 12);
    assert_int_equal(f.number['c' - 'a'], 128000);
    assert_true(pattern_match("{p} a", "99 b 123 a", &f)); /* not 23 a */
    assert_int_equal(f.number['p' - 'a'], 123);
    assert_true(pattern_match("a {p}*b {c}*d", "a 1 x b 2 b 3 yd", &f));
    assert_int_equal(f.number['c' - 'a'], 2);
    assert_false(pattern_match("a {p}*b {c}*d", "a 1 x b c yd", &f));
    assert_true(pattern_match("'{f}' no", "say `a.b[0].c` no", &f));
    assert_string_equal(f.name, "a.b[0].c");
    assert_true(pattern_match("{f} no", "top_p no", &f));
    assert_string_equal(f.name, "top_p");
    assert_false(pattern_match("{f} no", " no", &f));
    assert_false(pattern_match("x", "", &f));
    assert_true(pattern_match("is {p}", "is 99999999999999999999", &f));
    assert_int_equal(f.number['p' - 'a'], INT32_MAX);
    char *name CLEANUP_FREE = xmalloc(301);
    memset(name, 'n', 300);
    name[300] = '\0';
    assert_false(pattern_match("{f}", name, &f)); /* longer than any field's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_are_understood),
        cmocka_unit_test(text_that_is_no_json_is_read_too),
        cmocka_unit_test(error_bodies_of_all_servers_have_a_sentence),
        cmocka_unit_test(patterns_find_numbers_and_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
