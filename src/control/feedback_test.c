/* Feedback on failed runs. */
#include "control/feedback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static const char program[] = "n = int(input())\nfor i in range(n):\n    print(10 / (i - 2))\n";

static const char *of_test(const char *test, enum tool_status verdict, const char *type,
                           const char *message, struct arena *a)
{
    struct tool_grade_request q = {.program = program, .tests = &test, .n_tests = 1};
    struct tool_test_result t = {verdict, type, message, NULL, 0};
    struct tool_grade_result r = {.n_tests = 1, .tests = &t};
    return feedback_of_grade(&q, &r, a);
}

static void an_assert_shows_call_expected_and_got(void **state)
{
    static const struct {
        const char *test, *message, *want;
    } rows[] = {
        {"assert f(1) == 2", "assert f(1) == 2: got 1",
         "assert f(1) == 2\ncall: f(1)\nexpected: 2\ngot: 1"},
        {"assert f([1, 2]) == [3, 4]", "assert f([1, 2]) == [3, 4]: got [1, 2]",
         "assert f([1, 2]) == [3, 4]\ncall: f([1, 2])\nexpected: [3, 4]\ngot: [1, 2]"},
        {"assert f(x) == WANT", "assert f(x) == WANT: got 3, expected [2]",
         "assert f(x) == WANT\ncall: f(x)\nexpected: [2]\ngot: 3"},
        {"assert f(1)", "assert f(1): f returned None",
         "assert f(1)\nAssertionError: assert f(1): f returned None"},
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(of_test(rows[i].test, TOOL_FAIL, "AssertionError", rows[i].message, a),
                            rows[i].want);
    assert_string_equal(of_test("assert f(1) == 2", TOOL_OK, NULL, NULL, a), "");
    arena_free(a);
}

static void an_exception_shows_its_line(void **state)
{
    struct arena *a = arena_new();
    (void)state;
    assert_string_equal(of_test("assert f(1) == 2", TOOL_ERROR, "ZeroDivisionError",
                                "division by zero (line 3)", a),
                        "assert f(1) == 2\nZeroDivisionError: division by zero (line 3)\n"
                        "line 3: print(10 / (i - 2))");
    assert_string_equal(of_test("assert f(1) == 2", TOOL_CPU, NULL, "used 2 s of CPU time", a),
                        "assert f(1) == 2\ncpu: used 2 s of CPU time");
    assert_string_equal(of_test("assert f(1) == 2", TOOL_ERROR, "NameError", "x (line 99)", a),
                        "assert f(1) == 2\nNameError: x (line 99)");
    assert_string_equal(
        feedback_of_run(program, "ZeroDivisionError", "division by zero",
                        "Traceback\n  File \"main.py\", line 1, in <module>\n  File "
                        "\"main.py\", line 3, in f\n",
                        a),
        "ZeroDivisionError: division by zero\nline 3: print(10 / (i - 2))");
    assert_string_equal(feedback_of_run("x = 1\nwhile x:\n    x += 1\n", "cpu",
                                        "used 2 s of CPU time (line 3)", NULL, a),
                        "cpu: used 2 s of CPU time (line 3)\nline 3: x += 1");
    assert_string_equal(feedback_of_run(program, "timeout", "not finished after 10 s", NULL, a),
                        "timeout: not finished after 10 s");
    arena_free(a);
}

static const char *of_case(const struct tool_case *c, struct tool_test_result t, struct arena *a)
{
    struct tool_grade_request q = {.program = program, .cases = c, .n_cases = 1};
    struct tool_grade_result r = {.n_tests = 1, .tests = &t};
    return feedback_of_grade(&q, &r, a);
}

static void a_case_shows_input_expected_and_printed_output(void **state)
{
    struct arena *a = arena_new();
    const struct tool_case exact = {.stdin_text = "4\n7\n", .stdout_text = "5\n"},
                           part = {.stdin_text = "3\n", .expect_substr = "6"},
                           none = {.stdout_text = "5\n"};
    (void)state;
    assert_string_equal(
        of_case(&exact, (struct tool_test_result){TOOL_FAIL, "WrongOutput", "x", "4\n", 0}, a),
        "input:\n4\n7\nexpected output:\n5\nprinted:\n4");
    assert_string_equal(
        of_case(&part, (struct tool_test_result){TOOL_FAIL, "WrongOutput", "x", "", 0}, a),
        "input:\n3\nexpected in the output:\n6\nprinted:\n(nothing)");
    assert_string_equal(of_case(&exact,
                                (struct tool_test_result){TOOL_ERROR, "ZeroDivisionError",
                                                          "division by zero", "-5.0\n-10.0\n", 3},
                                a),
                        "input:\n4\n7\nexpected output:\n5\nZeroDivisionError: division by zero\n"
                        "line 3: print(10 / (i - 2))\nprinted before:\n-5.0\n-10.0");
    assert_string_equal(
        of_case(&none,
                (struct tool_test_result){TOOL_ERROR, "EOFError", "EOF when reading a line", "", 1},
                a),
        "input:\n(nothing)\nexpected output:\n5\nEOFError: EOF when reading a line\n"
        "line 1: n = int(input())");
    arena_free(a);
}

/* Long outputs are shown from the line where they differ, and everything fits FEEDBACK_MAX. */
static void long_outputs_are_cut_where_they_differ(void **state)
{
    struct arena *a = arena_new();
    struct str want CLEANUP_STR = {0}, got CLEANUP_STR = {0};
    (void)state;
    for (int i = 0; i < 100; i++) {
        str_addf(&want, "line %d\n", i);
        str_addf(&got, i == 70 ? "wrong\n" : "line %d\n", i);
    }
    const struct tool_case c = {.stdin_text = want.p, .stdout_text = want.p};
    const char *text =
        of_case(&c, (struct tool_test_result){TOOL_FAIL, "WrongOutput", "x", got.p, 0}, a);
    assert_true(strlen(text) <= FEEDBACK_MAX);
    assert_non_null(strstr(text, "input:\nline 0\n"));
    assert_non_null(strstr(text, "expected output:\n...\nline 70\n"));
    assert_non_null(strstr(text, "printed:\n...\nwrong\nline 71\n"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_assert_shows_call_expected_and_got),
        cmocka_unit_test(an_exception_shows_its_line),
        cmocka_unit_test(a_case_shows_input_expected_and_printed_output),
        cmocka_unit_test(long_outputs_are_cut_where_they_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
