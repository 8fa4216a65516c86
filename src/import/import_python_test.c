/* Examples in Python: what is accepted, what is refused, and which literals are equal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "import/import_python.h"

static void assert_literal(const char *text, const char *canonical)
{
    struct str s CLEANUP_STR = {0};
    assert_int_equal(python_literal(text, &s), strlen(text));
    assert_string_equal(str_text(&s), canonical);
}

static void literals_have_one_canonical_text(void **state)
{
    (void)state;
    assert_literal("-12", "-12");
    assert_literal("+2.00", "2");
    assert_literal("2.", "2");
    assert_literal("0.50", "0.50");
    assert_literal("1e-5", "1e-5");
    assert_literal("0b11", "0b11");
    assert_literal("None", "None");
    assert_literal("\"a b\"", "'a b'");
    assert_literal("'it\\'s'", "'it\\'s'");
    assert_literal("r'\\d'", "r'\\d'");
    assert_literal("[ 1,\n 2.0 ]", "[1,2,]");
    assert_literal("((3))", "3");
    assert_literal("(3,)", "(3,)");
    assert_literal("()", "()");
    assert_literal("{'a': [1], 'b' : {2}}", "{'a':[1,],'b':{2,},}");
}

static void what_is_no_literal_is_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {"",     "x",     "[1, x]", "[1 2]",     "[1",  "(,)",
                                          "'abc", "f('')", "Truely", "\"\"\"a\"", "[1)", "- 1"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct str s CLEANUP_STR = {0};
        if (python_literal(refused[i], &s) != 0)
            fail_msg("'%s' was read as %s", refused[i], str_text(&s));
    }
    struct str deep CLEANUP_STR = {0}, out CLEANUP_STR = {0};
    for (int i = 0; i < 100000; i++)
        str_addc(&deep, '[');
    assert_int_equal(python_literal(str_text(&deep), &out), 0);
    assert_int_equal(python_call(str_text(&deep), "f"), 0);
}

static void assert_call(const char *text, size_t n)
{
    assert_int_equal(python_call(text, "f"), n);
}

static void calls_are_names_calls_and_indices(void **state)
{
    (void)state;
    assert_call("f(1) == 2", 4);
    assert_call("round(f([1, ')']), 2) # why", 21);
    assert_call("list(f(3))[0]", 13);
    assert_call("a.b(f(\n1))", 10);
    assert_call("f", 0);
    assert_call("g(1)", 0);
    assert_call("ff(1)", 0);
    assert_call("g('f(1)')", 0);
    assert_call("not f(1)", 0);
    assert_call("f(1", 0);
    assert_call("f(1] == 2", 0);
    assert_call("f(1).x", 0);
}

static void assert_example(const char *text, const char *expression, const char *literal)
{
    struct arena *arena = arena_new();
    struct python_example e = {0};
    assert_int_equal(python_example(text, "f", &e, arena), expression != NULL);
    if (expression) {
        assert_string_equal(e.expression, expression);
        assert_string_equal(e.literal, literal);
    }
    arena_free(arena);
}

static void examples_are_a_call_and_a_literal(void **state)
{
    (void)state;
    assert_example(" f( \"a b\" )==\"c\"", "f('a b')", "'c'");
    assert_example("f(1)  == (2)  # two", "f(1)", "2");
    assert_example("f(1) == True.", NULL, NULL);
    assert_example("f(1) => [2]", NULL, NULL);
    assert_example("f(1) == 2, 3", NULL, NULL);
    assert_example("f(1) == g(1)", NULL, NULL);
    assert_example("f(1)", NULL, NULL);
}

static void called_names_are_found_in_order(void **state)
{
    (void)state;
    const char *s = "assert x.sort(set(f('g(1)', _h2(3))))";
    size_t at = 0, n;
    struct str found CLEANUP_STR = {0};
    for (; (n = python_next_call(s, &at)) > 0; at += n) {
        str_addn(&found, s + at, n);
        str_addc(&found, ' ');
    }
    assert_string_equal(str_text(&found), "set f _h2 ");
}

static void definitions_stand_in_column_0(void **state)
{
    (void)state;
    const char *s =
        "import re\ndef f(x):\n    g = 1\n    def h():\n        pass\nclass C:\n    x = 1\nk = f";
    assert_true(python_defines(s, "f"));
    assert_true(python_defines(s, "C"));
    assert_true(python_defines(s, "k"));
    assert_false(python_defines(s, "g"));
    assert_false(python_defines(s, "h"));
    assert_false(python_defines(s, "x"));
    assert_true(python_is_name("_a1"));
    assert_false(python_is_name("1a"));
    assert_false(python_is_name("a.b"));
    assert_false(python_is_name(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_have_one_canonical_text),
        cmocka_unit_test(what_is_no_literal_is_refused),
        cmocka_unit_test(calls_are_names_calls_and_indices),
        cmocka_unit_test(examples_are_a_call_and_a_literal),
        cmocka_unit_test(called_names_are_found_in_order),
        cmocka_unit_test(definitions_stand_in_column_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
