/* YAML trees: what is read, and the sentence for everything that is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "base/ytree.h"

static struct ytree load(const char *text)
{
    struct ytree t = {0};
    struct err err = {0};
    if (ytree_load_text("t.yaml", text, strlen(text), &t, &err) < 0)
        fail_msg("%s", err.msg);
    return t;
}

static void assert_refused(const char *text, const char *message)
{
    struct ytree t = {.path = "untouched"};
    struct err err = {0};
    assert_int_not_equal(ytree_load_text("t.yaml", text, strlen(text), &t, &err), 0);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.msg, message);
    assert_string_equal(t.path, "untouched");
}

static void nodes_know_their_lines(void **state)
{
    (void)state;
    struct ytree t CLEANUP_YTREE = load("a: 1\n"
                                        "b:\n"
                                        "- {c: x, d: \"two\\nlines\"}\n"
                                        "- |\n"
                                        "  block\n");
    assert_int_equal(t.root->kind, YNODE_MAP);
    const struct ynode *b = ynode_get(t.root, "b");
    assert_int_equal(b->kind, YNODE_SEQ);
    assert_int_equal(b->n, 2);
    const struct ynode *d = ynode_get(b->val[0], "d");
    assert_int_equal(d->line, 3);
    assert_false(d->plain);
    assert_string_equal(d->text, "two\nlines");
    assert_int_equal(b->val[1]->line, 4);
    assert_string_equal(b->val[1]->text, "block\n");
}

static void a_byte_order_mark_is_skipped(void **state)
{
    (void)state;
    struct ytree t CLEANUP_YTREE = load("\xef\xbb\xbf"
                                        "a: 1\r\nb: 2\r\n");
    assert_string_equal(ynode_get(t.root, "b")->text, "2");
}

static void null_is_absent(void **state)
{
    (void)state;
    struct ytree t CLEANUP_YTREE = load("a: ~\nb: null\nc:\nd: ''\ne: 'null'\n");
    assert_null(ynode_get(t.root, "a"));
    assert_null(ynode_get(t.root, "b"));
    assert_null(ynode_get(t.root, "c"));
    assert_null(ynode_get(t.root, "z"));
    assert_string_equal(ynode_get(t.root, "d")->text, "");
    assert_string_equal(ynode_get(t.root, "e")->text, "null");
}

static void typed_readers_accept_what_is_meant(void **state)
{
    (void)state;
    struct ytree t CLEANUP_YTREE = load("i: -12\nd: 1e-6\nb: yes\ns: 6\n");
    long long i = 0;
    double d = 0;
    bool b = false;
    const char *s = NULL;
    struct err err;
    assert_int_equal(ynode_int(&t, ynode_get(t.root, "i"), "i", -20, 20, &i, &err), 0);
    assert_int_equal(i, -12);
    assert_int_equal(ynode_double(&t, ynode_get(t.root, "d"), "d", &d, &err), 0);
    assert_true(d == 1e-6);
    assert_int_equal(ynode_bool(&t, ynode_get(t.root, "b"), "b", &b, &err), 0);
    assert_true(b);
    assert_int_equal(ynode_string(&t, ynode_get(t.root, "s"), "s", &s, &err), 0);
    assert_string_equal(s, "6");
}

static void typed_readers_say_what_was_found(void **state)
{
    (void)state;
    struct ytree t CLEANUP_YTREE =
        load("a: two\nb: '2'\nc: [1]\nd: 99999999999999999999\ne: .inf\n");
    long long i = 7;
    double d = 7;
    bool b = true;
    struct err err;
    assert_int_not_equal(ynode_int(&t, ynode_get(t.root, "a"), "steps", 0, 9, &i, &err), 0);
    assert_string_equal(err.msg, "t.yaml:1: steps: expected a whole number, found 'two'");
    assert_int_not_equal(ynode_int(&t, ynode_get(t.root, "b"), "steps", 0, 9, &i, &err), 0);
    assert_string_equal(err.msg, "t.yaml:2: steps: expected a whole number, found \"2\"");
    assert_int_not_equal(ynode_int(&t, ynode_get(t.root, "c"), "steps", 0, 9, &i, &err), 0);
    assert_string_equal(err.msg, "t.yaml:3: steps: expected a whole number, found a list");
    assert_int_not_equal(ynode_int(&t, ynode_get(t.root, "d"), "steps", 0, 9, &i, &err), 0);
    assert_int_not_equal(ynode_double(&t, ynode_get(t.root, "e"), "answer", &d, &err), 0);
    assert_string_equal(err.msg, "t.yaml:5: answer: expected a number, found '.inf'");
    assert_int_not_equal(ynode_bool(&t, ynode_get(t.root, "a"), "json", &b, &err), 0);
    assert_string_equal(err.msg, "t.yaml:1: json: expected true or false, found 'two'");
    assert_int_equal(i, 7);
    assert_true(d == 7 && b);
}

static void whole_numbers_keep_their_range(void **state)
{
    (void)state;
    struct ytree t CLEANUP_YTREE = load("a: 10");
    long long i = 7;
    struct err err;
    assert_int_not_equal(ynode_int(&t, ynode_get(t.root, "a"), "steps", 0, 9, &i, &err), 0);
    assert_string_equal(err.msg, "t.yaml:1: steps: expected a whole number from 0 to 9, found 10");
}

static void unknown_keys_get_the_nearest(void **state)
{
    (void)state;
    static const char *const allowed[] = {"prompt", "oracle"};
    struct ytree t CLEANUP_YTREE = load("prompt: x\npromt: y\n");
    struct err err;
    assert_int_not_equal(ynode_check_keys(&t, t.root, "task", allowed, 2, &err), 0);
    assert_string_equal(err.msg, "t.yaml:2: task: unknown key 'promt'; did you mean 'prompt'?");
    struct ytree far CLEANUP_YTREE = load("whatever: x\n");
    assert_int_not_equal(ynode_check_keys(&far, far.root, "task", allowed, 2, &err), 0);
    assert_string_equal(err.msg,
                        "t.yaml:1: task: unknown key 'whatever'; expected prompt or oracle");
    struct ytree list CLEANUP_YTREE = load("- x\n");
    assert_int_not_equal(ynode_check_keys(&list, list.root, "task", allowed, 2, &err), 0);
    assert_string_equal(err.msg, "t.yaml:1: task: expected a mapping, found a list");
}

static void broken_files_are_refused(void **state)
{
    (void)state;
    assert_refused("", "t.yaml: the file is empty; expected a YAML document");
    assert_refused("a: 1\n---\nb: 2\n", "t.yaml:3: a second document; expected one");
    assert_refused("a: 1\nb: 2\na: 3\n", "t.yaml:3: key 'a' is given twice; first in line 1");
    assert_refused("a: !!python/object x\n",
                   "t.yaml:1: tag 'tag:yaml.org,2002:python/object' is not supported");
    assert_refused("a: \"x\\0y\"\n", "t.yaml:1: NUL character in text");
    assert_refused("[1]: 2\n", "t.yaml:1: a key must be plain text");
    assert_refused("a: [1, 2\n", "t.yaml:2: not valid YAML: did not find expected ',' or ']' while "
                                 "parsing a flow sequence that starts in line 1");
    assert_refused("a: *nobody\n", "t.yaml:1: not valid YAML: found undefined alias");
}

static void bombs_do_not_go_off(void **state)
{
    (void)state;
    struct str s CLEANUP_STR = {0};
    str_add(&s, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
        str_addf(&s, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            str_addf(&s, "%s*a%d", j > 0 ? ", " : "", i - 1);
        str_add(&s, "]\n");
    }
    assert_refused(str_text(&s), "t.yaml:1: more than 1000000 values, aliases counted as often as "
                                 "used");
    str_clear(&s);
    for (int i = 0; i < 200; i++)
        str_addc(&s, '[');
    for (int i = 0; i < 200; i++)
        str_addc(&s, ']');
    assert_refused(str_text(&s), "t.yaml:1: nested more than 64 levels deep");
    assert_refused("a: &a [*a]\n", "t.yaml:1: nested more than 64 levels deep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_know_their_lines),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(null_is_absent),
        cmocka_unit_test(typed_readers_accept_what_is_meant),
        cmocka_unit_test(typed_readers_say_what_was_found),
        cmocka_unit_test(whole_numbers_keep_their_range),
        cmocka_unit_test(unknown_keys_get_the_nearest),
        cmocka_unit_test(broken_files_are_refused),
        cmocka_unit_test(bombs_do_not_go_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
