/* Validation finds defects: each case below is a suite with one defect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "suite/suite.h"
#include "suite/validate.h"
#include "tool/tool.h"

static struct tool *tool; /* NULL where the jail cannot be built */

/* The first finding's message, or "" if there is none. Valid until the next call. */
static const char *first_finding(const char *text, size_t faults)
{
    static char message[1024];
    struct suite s;
    struct suite_validation v;
    struct err err = {0};
    if (suite_parse("x.yaml", text, strlen(text), &s, &err) < 0 ||
        suite_validate(&s, tool, 2, &v, &err) < 0)
        fail_msg("%s", err.msg);
    strcpy(message, v.n_findings > 0 ? v.findings[0].message : "");
    if (v.n_faults != faults)
        fail_msg("%zu faults, %zu expected: %s", v.n_faults, faults, message);
    suite_validation_free(&v);
    suite_free(&s);
    return message;
}

#define TASK "tasks:\n- id: a\n  prompt: double it\n  entry_point: f\n"
#define GOLD "  reference: \"def f(x):\\n    return x * 2\\n\"\n"

static void sound_suites_have_no_findings(void **state)
{
    (void)state;
    if (!tool)
        skip();
    assert_string_equal(first_finding(TASK GOLD "  public_tests: [assert f(1) == 2]\n"
                                                "  hidden_tests: [assert f(2) == 4]\n",
                                      0),
                        "");
    assert_string_equal(first_finding("tasks:\n- {id: a, prompt: echo, reference: print(input()), "
                                      "oracle: {stdin: x, stdout: x}}\n",
                                      0),
                        "");
}

static void a_slow_reference_is_a_note(void **state)
{
    (void)state;
    if (!tool)
        skip();
    assert_string_equal(first_finding(TASK "  reference: |\n"
                                           "    import time\n"
                                           "    def f(x):\n"
                                           "        while time.process_time() < 2.3: pass\n"
                                           "        return x * 2\n"
                                           "  hidden_tests: [assert f(2) == 4]\n",
                                      0),
                        "the reference passes, but not within the default CPU limit");
}

#define WORKS(seconds)                                                                             \
    "  reference: |\n"                                                                             \
    "    import time\n"                                                                            \
    "    def f(x):\n"                                                                              \
    "        while time.process_time() < " seconds ": pass\n"                                      \
    "        return x * 2\n"                                                                       \
    "  hidden_tests: [assert f(2) == 4]\n"

static void a_task_has_a_time_limit_of_its_own(void **state)
{
    (void)state;
    if (!tool)
        skip();
    assert_string_equal(first_finding(TASK "  timeout_s: 20\n" WORKS("2.3"), 0), "");
    assert_string_equal(first_finding(TASK "  timeout_s: 0.3\n" WORKS("0.8"), 0),
                        "the reference passes, but not within its CPU limit");
    assert_string_equal(first_finding("tasks:\n- {id: a, prompt: x, answer: 1, timeout_s: 20, "
                                      "reference: \"import time\\nwhile time.process_time() < "
                                      "2.3: pass\\nprint(1)\"}\n",
                                      0),
                        "");
}

#define HOLDS(megabytes)                                                                           \
    "  reference: |\n"                                                                             \
    "    def f(x):\n"                                                                              \
    "        held = b'x' * (" megabytes " << 20)\n"                                                \
    "        return x * 2\n"                                                                       \
    "  hidden_tests: [assert f(2) == 4]\n"

static void a_task_has_a_memory_limit_of_its_own(void **state)
{
    (void)state;
    if (!tool)
        skip();
    assert_string_equal(first_finding(TASK HOLDS("100"), 0), "");
    assert_string_equal(first_finding(TASK "  memory_mb: 300\n" HOLDS("100"), 0), "");
    assert_non_null(strstr(first_finding(TASK "  memory_mb: 50\n" HOLDS("100"), 1),
                           "the reference does not pass: memory"));
    assert_non_null(
        strstr(first_finding("tasks:\n- {id: a, prompt: x, answer: 1, memory_mb: 50, reference: "
                             "\"held = b'x' * (100 << 20)\\nprint(1)\"}\n",
                             1),
               "the reference does not run: memory"));
}

static void programs_are_judged(void **state)
{
    (void)state;
    if (!tool)
        skip();
    assert_string_equal(first_finding(TASK GOLD "  hidden_tests: [assert f(2) == 5]\n", 1),
                        "the reference does not pass: fail: assert f(2) == 5: got 4");
    assert_string_equal(first_finding(TASK "  reference: \"def f(x): pass\"\n"
                                           "  hidden_tests: [assert not f(2)]\n",
                                      1),
                        "a program that returns None passes");
    assert_string_equal(first_finding("tasks:\n- {id: a, prompt: x, reference: print(), oracle: "
                                      "{stdout: ''}}\n",
                                      1),
                        "an empty program passes");
    assert_string_equal(first_finding(TASK "  hidden_tests: [assert f(2) == 4]\n", 0),
                        "no reference to show that the task can be solved");
}

static void wrong_programs_must_fail_a_hidden_test(void **state)
{
    (void)state;
    if (!tool)
        skip();
    assert_string_equal(first_finding(TASK GOLD "  hidden_tests: [assert f(2) == 4, "
                                                "assert f(3) == 6]\n"
                                                "  wrong: [\"def f(x):\\n    return x + 2\\n\"]\n",
                                      0),
                        "");
    assert_string_equal(first_finding(TASK GOLD "  hidden_tests: [assert f(2) == 4]\n"
                                                "  wrong: ['f = lambda x: 4 * x', "
                                                "\"# adds\\nf = lambda x: x + 2\"]\n",
                                      1),
                        "wrong program 2 passes the hidden tests (# adds)");
    /* a public test that fails it proves nothing */
    assert_string_equal(first_finding(TASK GOLD "  public_tests: [assert f(1) == 2]\n"
                                                "  hidden_tests: [assert f(2) == 4]\n"
                                                "  wrong: ['f = lambda x: 4']\n",
                                      1),
                        "wrong program 1 passes the hidden tests (f = lambda x: 4)");
    assert_string_equal(first_finding("tasks:\n- {id: a, prompt: echo, reference: print(input()), "
                                      "wrong: [print(1), print(2)], oracle: {stdin: '2', stdout: "
                                      "'2'}}\n",
                                      1),
                        "wrong program 2 passes the hidden tests (print(2))");
    assert_non_null(
        strstr(first_finding(TASK GOLD "  hidden_tests: [assert f(2) == 4]\n"
                                       "  wrong: ['f = lambda x: y']\n",
                             1),
               "wrong program 1 is stopped by no false test, but: error: name 'y' is "));
    /* graded in one process, as their task is: isolated, these could not see the test's x */
    static const char caller[] = TASK "  reference: \"import sys\\ndef f(n):\\n    return n * "
                                      "sys._getframe(1).f_globals['x']\\n\"\n"
                                      "  hidden_tests: [\"x = 2\\nassert f(2) == 4\"]\n"
                                      "  wrong: [\"import sys\\ndef f(n):\\n    return n + %s + "
                                      "sys._getframe(1).f_globals['x']\\n\"]\n";
    char *noticed CLEANUP_FREE = xasprintf(caller, "1"),
                  *passes CLEANUP_FREE = xasprintf(caller, "0");
    assert_true(str_starts(first_finding(noticed, 0), "isolated: no, "));
    first_finding(passes, 1);
}

static void tests_are_compared(void **state)
{
    (void)state;
    if (!tool)
        skip();
    assert_string_equal(first_finding(TASK GOLD "  public_tests: [assert f(1) == 2]\n"
                                                "  hidden_tests: [assert f( 1 )==2]\n",
                                      1),
                        "a public test gives away the hidden test: assert f( 1 )==2");
    assert_string_equal(first_finding(TASK GOLD "  hidden_tests: [assert f(1) == 2, "
                                                "assert f(1) == 2]\n",
                                      1),
                        "a hidden test is given twice: assert f(1) == 2");
    assert_string_equal(first_finding("tasks:\n- {id: a, prompt: x, reference: print(1), "
                                      "public_cases: [{stdout: '1'}], oracle: {stdout: '1'}}\n",
                                      1),
                        "hidden case 1 has the input of public case 1");
}

static bool leaks(const char *public_test, const char *hidden)
{
    return suite_test_leaks("f", &public_test, 1, hidden);
}

static void leaks_are_seen_through_disguise(void **state)
{
    (void)state;
    assert_true(leaks("assert f('a b', 1) == 2", "assert f(\"a b\",1)==2"));
    assert_true(leaks("assert f([1, 2]) == [2]", "assert 0 not in f([1,2])"));
    assert_true(leaks("assert f('(') == 1", "x = f('(')\nassert x > 0"));
    assert_false(leaks("assert f('a b') == 2", "assert f('ab') == 2"));
    assert_false(leaks("assert f(1) == 2", "assert f(1) == f(3)"));
    assert_false(leaks("assert f(1) == 2", "assert len(f.__doc__) > 0"));
    assert_false(leaks("assert half(1) == 2", "assert f(1) == 2"));
    assert_false(leaks("assert f(f(1)) == 2", "assert f(2) == 2"));
    assert_true(leaks("assert f(f(1)) == 2", "assert f(1) == 2"));
    assert_true(leaks("assert f(1, '", "assert f(1, '"));
}

#define MATH(fields) "tasks: [{id: a, prompt: 'is it 5 or 3?', answer: 12, " fields "}]"

static void math_answers_are_judged(void **state)
{
    (void)state;
    assert_string_equal(first_finding("tasks: [{id: a, prompt: x, answer: 3}]", 0), "");
    assert_string_equal(first_finding("tasks: [{id: a, prompt: x, answer: 3, tolerance: 4}]", 1),
                        "with tolerance 4 even 0 would pass for 3");
    assert_string_equal(first_finding(MATH("unit: km per hour"), 0), "");
    assert_string_equal(first_finding(MATH("unit: duck eggs"), 0), "");
    assert_string_equal(first_finding(MATH("unit: million dollars"), 1),
                        "unit 'million dollars' scales the answer; write the number out");
    assert_string_equal(first_finding(MATH("unit: '12'"), 1),
                        "unit '12' is no unit; expected a noun, a sign or a rate");
    assert_string_equal(first_finding("tasks: [{id: a, prompt: x, answer: 0.5, unit: '%'}]", 1),
                        "0.5 per cent: should it be 50?");
}

static void references_of_math_tasks_are_run(void **state)
{
    (void)state;
    if (!tool)
        skip();
    assert_string_equal(first_finding(MATH("reference: print(3 * 4)"), 0), "");
    assert_string_equal(first_finding(MATH("reference: \"print(1)\\nprint('so: $12')\\n\", "
                                           "unit: dollars"),
                                      0),
                        "");
    assert_string_equal(first_finding(MATH("reference: print(3 + 4)"), 1),
                        "the reference prints '7', the answer is 12 (wrong)");
    assert_string_equal(first_finding(MATH("reference: \"print('12 cents')\", unit: dollars"), 1),
                        "the reference prints '12 cents', the answer is 12 (wrong_unit)");
    assert_string_equal(first_finding(MATH("reference: x = 12"), 1),
                        "the reference prints '', the answer is 12 (none)");
    assert_string_equal(first_finding(MATH("reference: print(1 / 0)"), 1),
                        "the reference does not run: error: ZeroDivisionError: division by zero");
}

static void gold_steps_must_lead_to_the_answer(void **state)
{
    (void)state;
    const struct suite_node steps[] = {{"s1", "3 * 5", 15}, {"s2", "s1 - 3", 12}};
    struct task t = {
        .id = "a", .prompt = "x", .has_answer = true, .answer = 12, .graph = steps, .n_graph = 2};
    const struct suite s = {.domain = SUITE_MATH, .tasks = &t, .n_tasks = 1};
    struct suite_validation v;
    assert_int_equal(suite_validate(&s, NULL, 1, &v, NULL), 0);
    assert_int_equal(v.n_graphs, 1);
    assert_int_equal(v.n_faults, 0);
    suite_validation_free(&v);
    t.n_graph = 1;
    assert_int_equal(suite_validate(&s, NULL, 1, &v, NULL), 0);
    assert_int_equal(v.n_faults, 1);
    assert_string_equal(v.findings[0].message, "the last step gives 15, the answer is 12");
    suite_validation_free(&v);
}

/* Tasks whose answer is the statement's last number are counted. */
static void the_last_number_is_counted(void **state)
{
    (void)state;
    struct task t[] = {{.prompt = "2 and 7", .has_answer = true, .answer = 7},
                       {.prompt = "7 and 2", .has_answer = true, .answer = 7}};
    const struct suite s = {.domain = SUITE_MATH, .tasks = t, .n_tasks = 2};
    struct suite_validation v;
    assert_int_equal(suite_validate(&s, NULL, 1, &v, NULL), 0);
    assert_int_equal(v.n_answers, 2);
    assert_int_equal(v.n_last_number, 1);
    suite_validation_free(&v);
}

/* Loads and validates a shipped suite, in which nothing is at fault. */
static void validate_shipped(const char *path, struct suite *s, struct suite_validation *v)
{
    struct err err = {0};
    if (suite_load(path, s, &err) < 0 || suite_validate(s, tool, 2, v, &err) < 0)
        fail_msg("%s", err.msg);
    for (size_t i = 0; i < v->n_findings; i++)
        if (v->findings[i].fault)
            fail_msg("%s: %s", v->findings[i].task->id, v->findings[i].message);
}

/* Every answer of the shipped suite is what its reference prints. */
static void the_shipped_math_suite_is_valid(void **state)
{
    (void)state;
    if (!tool)
        skip();
    struct suite s;
    struct suite_validation v;
    validate_shipped("eval/suites/math_suite.yaml", &s, &v);
    assert_int_equal(v.n_references, 40);
    assert_int_equal(v.n_references_pass, 40);
    assert_int_equal(v.n_programs, 2);
    assert_int_equal(v.n_last_number, 0);
    for (size_t i = 0; i < s.n_tasks; i++)
        assert_in_range(s.tasks[i].steps, 2, 3);
    suite_validation_free(&v);
    suite_free(&s);
}

/* At least `least` tasks of each number of steps and no others, in the order of their ids. */
static void assert_graded(const struct suite *s, int first, int last, int least)
{
    int per_step[16] = {0};
    for (size_t i = 0; i < s->n_tasks; i++) {
        assert_in_range(s->tasks[i].steps, first, last);
        assert_non_null(s->tasks[i].group);
        assert_non_null(s->tasks[i].reference);
        assert_true(i == 0 || strcmp(s->tasks[i - 1].id, s->tasks[i].id) < 0);
        per_step[s->tasks[i].steps]++;
    }
    for (int steps = first; steps <= last; steps++)
        assert_true(per_step[steps] >= least);
}

/* Each task shows two or three tests, hides five to eight, and has wrong programs that fail. */
static void the_shipped_composed_code_is_valid(void **state)
{
    (void)state;
    if (!tool)
        skip();
    struct suite s;
    struct suite_validation v;
    size_t n_stdin = 0;
    validate_shipped("eval/suites/composed_code.yaml", &s, &v);
    assert_true(s.n_tasks >= 100);
    assert_graded(&s, 2, 5, 20);
    for (size_t i = 0; i < s.n_tasks; i++) {
        const struct task *t = &s.tasks[i];
        n_stdin += t->n_cases > 0;
        assert_in_range(t->n_public + t->n_public_cases, 2, 3);
        assert_in_range(t->n_hidden + t->n_cases, 5, 8);
        assert_in_range(t->n_wrong, 1, 3);
    }
    assert_int_equal(n_stdin, 20);
    assert_int_equal(v.n_wrong_pass, 0);
    suite_validation_free(&v);
    suite_free(&s);
}

/* Where gold steps are given there are as many as `steps` says. */
static void the_shipped_composed_math_is_valid(void **state)
{
    (void)state;
    if (!tool)
        skip();
    struct suite s;
    struct suite_validation v;
    validate_shipped("eval/suites/composed_math.yaml", &s, &v);
    assert_true(s.n_tasks >= 100);
    assert_graded(&s, 2, 6, 20);
    assert_int_equal(v.n_last_number, 0);
    assert_int_equal(v.n_answers, s.n_tasks);
    assert_int_equal(v.n_graphs, 100);
    for (size_t i = 0; i < s.n_tasks; i++)
        assert_true(s.tasks[i].n_graph == 0 || (int)s.tasks[i].n_graph == s.tasks[i].steps);
    suite_validation_free(&v);
    suite_free(&s);
}

static int open_tool(void **state)
{
    (void)state;
    struct err err = {0};
    if (tool_open(&(struct tool_config){.slots = 2}, &tool, &err) < 0)
        print_message("skipped, no jail here: %s\n", err.msg);
    return 0;
}

static int close_tool(void **state)
{
    (void)state;
    tool_close(tool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_suites_have_no_findings),
        cmocka_unit_test(a_slow_reference_is_a_note),
        cmocka_unit_test(a_task_has_a_time_limit_of_its_own),
        cmocka_unit_test(a_task_has_a_memory_limit_of_its_own),
        cmocka_unit_test(programs_are_judged),
        cmocka_unit_test(wrong_programs_must_fail_a_hidden_test),
        cmocka_unit_test(tests_are_compared),
        cmocka_unit_test(leaks_are_seen_through_disguise),
        cmocka_unit_test(math_answers_are_judged),
        cmocka_unit_test(references_of_math_tasks_are_run),
        cmocka_unit_test(gold_steps_must_lead_to_the_answer),
        cmocka_unit_test(the_last_number_is_counted),
        cmocka_unit_test(the_shipped_math_suite_is_valid),
        cmocka_unit_test(the_shipped_composed_code_is_valid),
        cmocka_unit_test(the_shipped_composed_math_is_valid),
    };
    return cmocka_run_group_tests(tests, open_tool, close_tool);
}
