/* The Python tool end to end: programs, verdicts, forgeries, and a warm interpreter that is killed
 * mid-run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "tool/grade_way.h"
#include "tool/output.h"
#include "tool/tool.h"

static struct tool *tool;
static struct arena *arena;

static struct tool_run_result run_full(const char *code, const char *in, const char *value)
{
    struct err err = {0};
    struct tool_run_result res;
    struct tool_run_request req = {.code = code,
                                   .code_len = strlen(code),
                                   .stdin_text = in,
                                   .stdin_len = in ? strlen(in) : 0,
                                   .value_name = value,
                                   .limits = {.cpu_s = 1, .wall_s = 60}, /* however busy */
                                   .seed = 7};
    if (tool_run(tool, &req, &res, arena, &err) < 0)
        fail_msg("%s", err.msg);
    return res;
}

static struct tool_run_result run(const char *code)
{
    return run_full(code, NULL, NULL);
}

static void test_output_and_value(void **state)
{
    (void)state;
    struct tool_run_result r =
        run_full("x = sum(map(int, input().split()))\nprint(x)", "1 2\n", "x");
    assert_int_equal(r.status, TOOL_OK);
    assert_string_equal(r.out, "3\n");
    assert_string_equal(r.value, "3");
    assert_null(r.error_type);
}

static void test_exception(void **state)
{
    (void)state;
    struct tool_run_result r = run("def f():\n    return [][1]\nf()");
    assert_int_equal(r.status, TOOL_ERROR);
    assert_string_equal(r.error_type, "IndexError");
    assert_string_equal(r.message, "list index out of range");
    assert_non_null(strstr(r.errout, "return [][1]"));
    assert_int_equal(r.exit_code, 1);
}

static void test_ends(void **state)
{
    (void)state;
    const struct {
        const char *code;
        enum tool_status status;
    } cases[] = {
        {"import sys; sys.exit(0)", TOOL_OK},
        {"import sys; sys.exit('no')", TOOL_ERROR},
        {"while True: pass", TOOL_CPU},
        {"x = 'a' * 10**10", TOOL_MEMORY},
        {"while True: print('x' * 1000)", TOOL_OUTPUT_LIMIT},
        {"import ctypes; ctypes.string_at(0)", TOOL_CRASH},
        {"def f(:", TOOL_ERROR},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(tool_status_name(run(cases[i].code).status),
                            tool_status_name(cases[i].status));
}

static struct tool_grade_result grade(const char *program, const char *entry,
                                      const char *const *tests, size_t n)
{
    struct err err = {0};
    struct tool_grade_result res;
    struct tool_grade_request req = {.program = program,
                                     .entry_point = entry,
                                     .tests = tests,
                                     .n_tests = n,
                                     .limits = {.cpu_s = 1}};
    if (tool_grade(tool, &req, &res, arena, &err) < 0)
        fail_msg("%s", err.msg);
    return res;
}

static void test_grade(void **state)
{
    (void)state;
    const char *tests[] = {"assert f(1) == 2", "assert f(2) == 4", "assert f('a') == 'aa'"};
    struct tool_grade_result r = grade("def f(x):\n    return x * 2", "f", tests, 3);
    assert_int_equal(r.verdict, TOOL_OK);
    assert_int_equal(r.n_passed, 3);
    r = grade("def f(x):\n    return x + 1", "f", tests, 3);
    assert_int_equal(r.verdict, TOOL_FAIL);
    assert_int_equal(r.n_passed, 1);
    assert_string_equal(r.message, "assert f(2) == 4: got 3");
    assert_string_equal(r.tests[2].error_type, "TypeError");
    r = grade("def g(x):\n    return x + 1", "f", tests, 3);
    assert_int_equal(r.verdict, TOOL_ERROR);
    assert_string_equal(r.error_type, "NameError");
    r = grade("import os\ndef f(x):\n    if x == 1: os._exit(0)\n    return x * 2", "f", tests, 3);
    assert_int_equal(r.verdict, TOOL_ERROR);
    assert_int_equal(r.n_passed, 2);
}

/* A failed case says what was printed and which line of the program raised. */
static void test_cases(void **state)
{
    const struct tool_case cases[] = {
        {"2\n", "4\n", NULL}, {"0\n", "0\n", NULL}, {"x\n", "0\n", NULL}};
    struct tool_grade_request q = {.program = "n = int(input())\nprint(n + 2)\nprint(1 // n)\n",
                                   .prelude = "import math\nimport os\n",
                                   .cases = cases,
                                   .n_cases = 3};
    struct tool_grade_result r;
    struct err err = {0};
    (void)state;
    assert_int_equal(tool_grade(tool, &q, &r, arena, &err), 0);
    assert_int_equal(r.tests[0].verdict, TOOL_FAIL);
    assert_string_equal(r.tests[0].out, "4\n0\n");
    assert_int_equal(r.tests[0].line, 0);
    assert_int_equal(r.tests[1].verdict, TOOL_ERROR);
    assert_string_equal(r.tests[1].error_type, "ZeroDivisionError");
    assert_string_equal(r.tests[1].out, "2\n");
    assert_int_equal(r.tests[1].line, 3);
    assert_string_equal(r.tests[2].error_type, "ValueError");
    assert_int_equal(r.tests[2].line, 1);
}

static void test_forged_equality(void **state)
{
    (void)state;
    const char *tests[] = {"assert f(1) == 2"};
    struct tool_grade_result r = grade("class E(int):\n    def __eq__(self, o): return True\n"
                                       "def f(x):\n    return E(7)",
                                       "f", tests, 1);
    assert_int_equal(r.verdict, TOOL_FAIL);
    r = grade("class E:\n    def __eq__(self, o): return True\ndef f(x):\n    return E()", "f",
              tests, 1);
    assert_int_equal(r.verdict, TOOL_FAIL);
}

static int open_tool(void **state)
{
    (void)state;
    struct err err = {0};
    arena = arena_new();
    if (tool_open(&(struct tool_config){.slots = 1}, &tool, &err) == 0)
        return 0;
    print_error("%s\n", err.msg);
    return -1;
}

static int close_tool(void **state)
{
    (void)state;
    tool_close(tool);
    arena_free(arena);
    return 0;
}

/* The message of a program that a limit of time ended. A machine that is busy may give it no
 * processor to answer on, so there are several tries; want NULL = any line. */
static const char *message_of_limit(struct tool_grade_request *q, enum tool_status verdict,
                                    const char *want)
{
    struct tool_grade_result r = {0};
    q->limits = (struct tool_limits){.cpu_s = 0.1, .wall_s = verdict == TOOL_CPU ? 30 : 0.3};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(tool_grade(tool, q, &r, arena, NULL), 0);
        assert_int_equal(r.verdict, verdict);
        if (want ? strcmp(r.tests[0].message, want) == 0
                 : strstr(r.tests[0].message, "(line ") != NULL)
            break;
    }
    return r.tests[0].message;
}

static void test_where_a_limit_met_it(void **state)
{
    (void)state;
    static const char *const tests[] = {"assert f() == 5"};
    static const struct {
        const char *program;
        enum tool_status verdict;
        const char *isolated, *together;
    } cases[] = {
        {"def f():\n    x = 0\n    while True: x += 1\n", TOOL_CPU,
         "used 0.1 s of CPU time (line 3)", "used 2.1 s of CPU time (line 3)"},
        {"import time\ndef f():\n    g()\ndef g():\n    time.sleep(99)\n", TOOL_TIMEOUT,
         "not finished after 0.3 s (line 5)", "not finished after 2.3 s (line 5)"},
        /* in a library, and in a long operation of the interpreter itself */
        {"import re\ndef f():\n    return re.match('(a*)*b', 'a' * 99)\n", TOOL_CPU,
         "used 0.1 s of CPU time (line 3)", NULL},
        {"def f():\n    return sum(range(10 ** 12))\n", TOOL_CPU, "used 0.1 s of CPU time (line 2)",
         NULL},
        {"while True:\n    pass\n", TOOL_CPU, "used 0.1 s of CPU time (line 1)", NULL},
        /* who does not want to answer is ended all the same */
        {"import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
         "while True: pass\n",
         TOOL_CPU, "used 0.1 s of CPU time", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tool_grade_request q = {.program = cases[i].program,
                                       .entry_point = "f",
                                       .prelude = "import math\n",
                                       .tests = tests,
                                       .n_tests = 1};
        const char *want = cases[i].isolated;
        assert_string_equal(message_of_limit(&q, cases[i].verdict, want), want);
        q.one_process = true;
        want = cases[i].together;
        if (want)
            assert_string_equal(message_of_limit(&q, cases[i].verdict, want), want);
    }
    struct tool_case reads = {.stdin_text = "", .stdout_text = "1"};
    struct tool_grade_request q = {.program = "x = 1\nwhile x:\n    x += 1\n",
                                   .prelude = "import math\nimport re",
                                   .cases = &reads,
                                   .n_cases = 1};
    const char *message = message_of_limit(&q, TOOL_CPU, NULL);
    assert_true(strcmp(message, "used 0.1 s of CPU time (line 2)") == 0 ||
                strcmp(message, "used 0.1 s of CPU time (line 3)") == 0);
}

/* Which way a task is graded is its reference's to decide. */
static void test_way_of_a_task(void **state)
{
    (void)state;
    static const char *const tests[] = {"SECRET = 5\nassert f() == 5"};
    struct tool_grade_request q = {
        .entry_point = "f", .tests = tests, .n_tests = 1, .limits = {.cpu_s = 20}};
    const char *needs_one_process = "import sys\n"
                                    "def f(): return sys._getframe(1).f_globals['SECRET']\n";
    const struct {
        const char *reference;
        enum tool_way way;
    } cases[] = {{"def f(): return 5\n", TOOL_ISOLATED},
                 {needs_one_process, TOOL_ONE_PROCESS},
                 {"def f(): return 6\n", TOOL_NEITHER},
                 {NULL, TOOL_UNKNOWN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum tool_way way;
        for (int again = 0; again < 2; again++) { /* found out, then known */
            assert_int_equal(
                tool_way_of_task(tool, &cases[i], cases[i].reference, &q, &way, arena, NULL), 0);
            assert_int_equal(way, cases[i].way);
        }
    }
}

/* A program that equals everything passes in one process, where it decides; isolated it does not.
 */
static void test_disputed(void **state)
{
    (void)state;
    static const char *const tests[] = {"assert f() == 5"};
    struct tool_grade_request q = {
        .entry_point = "f", .tests = tests, .n_tests = 1, .limits = {.cpu_s = 20}};
    const struct {
        const char *program;
        enum tool_status verdict;
        bool disputed;
    } cases[] = {{"class E(int):\n    def __eq__(s, o): return True\ndef f(): return E()\n",
                  TOOL_FAIL, true},
                 {"def f(): return 4\n", TOOL_FAIL, false},
                 {"import os\ndef f(): os._exit(0)\n", TOOL_ERROR, false},
                 {"def f(): return 5\n", TOOL_OK, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tool_grade_result res;
        bool disputed;
        q.program = cases[i].program;
        assert_int_equal(tool_grade(tool, &q, &res, arena, NULL), 0);
        assert_int_equal(res.verdict, cases[i].verdict);
        assert_int_equal(tool_is_disputed(tool, &q, &res, &disputed, arena, NULL), 0);
        assert_int_equal(disputed, cases[i].disputed);
    }
}

/* expect_substr: a program that prints guesses gives no answer. */
static void test_answer_of_an_output(void **state)
{
    (void)state;
    static const struct {
        const char *out, *want;
        bool says;
    } cases[] = {
        {"6\n", "6", true},
        {"Sum: 6\n", "6", true},
        {"The sum of the first 3 numbers is 6.\n\n", "6", true},
        {"6\nDone\n", "6", true},
        {"1 2 3 4 5 6\n", "6", false},
        {"1\n2\n3\n4\n5\n6\n7\n", "6", false},
        {"16\n", "6", false},
        {"0041004200430044", "042", false},
        {"6 7\n", "6", false},
        {"noise\n13 46 39\n", "13 46 39", true},
        {"a\nb\n", "a\nb", true},
        {"b\na\n", "a\nb", false},
        {"the word is gnat!\n", "gnat", true},
        {"gnats\n", "gnat", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (output_says(cases[i].out, cases[i].want) != cases[i].says)
            fail_msg("\"%s\" in \"%s\"", cases[i].want, cases[i].out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output_and_value),
        cmocka_unit_test(test_exception),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_grade),
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_forged_equality),
        cmocka_unit_test(test_way_of_a_task),
        cmocka_unit_test(test_disputed),
        cmocka_unit_test(test_where_a_limit_met_it),
        cmocka_unit_test(test_answer_of_an_output),
    };
    return cmocka_run_group_tests(tests, open_tool, close_tool);
}
