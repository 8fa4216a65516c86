/* Suites: every accepted form, the message for every refused one, and writing that reads back the
 * same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "suite/suite_limits.h"

static struct suite parse(const char *text)
{
    struct suite s;
    struct err err = {0};
    if (suite_parse("eval/x.yaml", text, strlen(text), &s, &err) < 0)
        fail_msg("%s", err.msg);
    return s;
}

static void assert_refused(const char *text, const char *message)
{
    struct suite s = {.name = "untouched"};
    struct err err = {0};
    assert_int_not_equal(suite_parse("x.yaml", text, strlen(text), &s, &err), 0);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.msg, message);
    assert_string_equal(s.name, "untouched");
}

static void the_starter_form_is_accepted(void **state)
{
    (void)state;
    struct suite s = parse("tasks:\n"
                           "- {id: sum, prompt: \"Add.\", oracle: {stdin: \"3\\n\", "
                           "expect_substr: \"6\"}}\n"
                           "- {id: cases, prompt: Add., oracle: {cases: [{stdin: \"1 2\\n\", "
                           "stdout: \"3\\n\"}, {stdout: x}]}}\n");
    assert_string_equal(s.name, "x");
    assert_string_equal(s.version, "1");
    assert_int_equal(s.domain, SUITE_CODE);
    assert_int_equal(s.n_tasks, 2);
    const struct task *t = &s.tasks[0];
    assert_int_equal(t->n_cases, 1);
    assert_int_equal(t->n_public_cases, 0); /* its only oracle is the hidden one */
    assert_string_equal(t->cases[0].stdin_text, "3\n");
    assert_string_equal(t->cases[0].expect_substr, "6");
    assert_null(t->cases[0].stdout_text);
    assert_int_equal(s.tasks[1].line, 3);
    assert_int_equal(s.tasks[1].n_cases, 2);
    assert_string_equal(s.tasks[1].cases[1].stdin_text, "");
    assert_ptr_equal(suite_find(&s, "cases"), &s.tasks[1]);
    assert_null(suite_find(&s, "none"));
    suite_free(&s);
}

static const char *const functions = "suite: mine\n"
                                     "version: 2\n"
                                     "domain: code\n"
                                     "tasks:\n"
                                     "- id: rle\n"
                                     "  group: easy\n"
                                     "  steps: 3\n"
                                     "  prompt: \"Encode.\"\n"
                                     "  entry_point: rle\n"
                                     "  prelude: import math\n"
                                     "  public_tests: [\"assert rle('aab') == 'a2b1'\"]\n"
                                     "  hidden_tests:\n"
                                     "  - assert rle('') == ''\n"
                                     "  - |-\n"
                                     "    x = rle('a')\n"
                                     "    assert x == 'a1'\n"
                                     "  reference: |\n"
                                     "    def rle(s):\n"
                                     "        return ''\n"
                                     "  wrong: [\"def rle(s):\\n    return s\\n\", x = 1]\n"
                                     "- id: HumanEval/0\n"
                                     "  prompt: \"def f(x):\\n\"\n"
                                     "  entry_point: f\n"
                                     "  check: \"def check(c):\\n    assert c(1) == 1\\n\"\n";

static void functions_and_checks_are_accepted(void **state)
{
    (void)state;
    struct suite s = parse(functions);
    assert_string_equal(s.name, "mine");
    assert_string_equal(s.version, "2");
    const struct task *t = &s.tasks[0];
    assert_int_equal(t->n_public, 1);
    assert_int_equal(t->n_hidden, 2);
    assert_string_equal(t->hidden_tests[1], "x = rle('a')\nassert x == 'a1'");
    assert_string_equal(t->reference, "def rle(s):\n    return ''\n");
    assert_int_equal(t->n_wrong, 2);
    assert_string_equal(t->wrong[0], "def rle(s):\n    return s\n");
    assert_string_equal(t->prelude, "import math");
    assert_string_equal(t->group, "easy");
    assert_int_equal(t->steps, 3);
    assert_string_equal(s.tasks[1].check, "def check(c):\n    assert c(1) == 1\n");
    suite_free(&s);
}

static void math_is_accepted(void **state)
{
    (void)state;
    struct suite s = parse("domain: math\n"
                           "tasks:\n"
                           "- {id: gsm8k/12, prompt: How much?, answer: -4.25, tolerance: 1e-3, "
                           "unit: dollars, steps: 4}\n"
                           "- {id: b, prompt: How many?, answer: 42}\n");
    assert_int_equal(s.domain, SUITE_MATH);
    assert_true(s.tasks[0].has_answer);
    assert_true(s.tasks[0].answer == -4.25);
    assert_true(s.tasks[0].tolerance == 1e-3);
    assert_string_equal(s.tasks[0].unit, "dollars");
    assert_true(s.tasks[1].tolerance == SUITE_TOLERANCE);
    suite_free(&s);
    s = parse("tasks: [{id: b, prompt: How many?, answer: 42}]\n");
    assert_int_equal(s.domain, SUITE_MATH);
    suite_free(&s);
}

static void clusters_are_named_or_are_the_groups(void **state)
{
    (void)state;
    struct suite s = parse("cluster: group\ntasks:\n- {id: a, prompt: x, answer: 1, group: g}\n"
                           "- {id: b, prompt: x, answer: 1, group: g, cluster: h}\n");
    assert_string_equal(s.tasks[0].cluster, "g");
    assert_string_equal(s.tasks[1].cluster, "h");
    suite_free(&s);
    assert_refused(
        "cluster: group\ntasks:\n- {id: a, prompt: x, answer: 1, group: g}\n"
        "- {id: b, prompt: x, answer: 1}\n",
        "x.yaml:4: suite: task 'b' without a cluster; expected one for every task, or for "
        "none");
    assert_refused("cluster: steps\ntasks: [{id: a, prompt: x, answer: 1}]\n",
                   "x.yaml:1: suite: cluster 'steps'; expected group, or `cluster: NAME` in the "
                   "tasks");
}

/* The starter's form: a program that reads standard input, among tasks that ask for numbers. */
static void programs_are_accepted_in_a_math_suite(void **state)
{
    (void)state;
    struct suite s = parse("domain: math\n"
                           "tasks:\n"
                           "- {id: a, prompt: P, answer: 42}\n"
                           "- {id: b, prompt: P, oracle: {stdin: \"3\\n\", expect_substr: '6'}}\n");
    assert_int_equal(s.domain, SUITE_MATH);
    assert_false(s.tasks[1].has_answer);
    assert_int_equal(s.tasks[1].n_cases, 1);
    assert_string_equal(s.tasks[1].cases[0].expect_substr, "6");
    suite_free(&s);
}

static void bad_suites_are_refused_by_line(void **state)
{
    (void)state;
    assert_refused("suite: x\ntask: []\n",
                   "x.yaml:2: suite: unknown key 'task'; did you mean 'tasks'?");
    assert_refused("suite: x\n",
                   "x.yaml:1: suite: no tasks; expected a list of tasks under the key "
                   "'tasks'");
    assert_refused("tasks: []\n",
                   "x.yaml:1: suite: an empty list of tasks; expected at least one task");
    assert_refused("tasks: 3\n", "x.yaml:1: tasks: expected a list, found '3'");
    assert_refused("- id: a\n", "x.yaml:1: suite: expected a mapping, found a list");
    assert_refused("domain: poetry\ntasks: [{id: a}]\n",
                   "x.yaml:1: suite: domain 'poetry'; expected code or math");
}

static void bad_tasks_are_refused_by_line(void **state)
{
    (void)state;
    assert_refused("tasks:\n- id: a\n  promt: x\n",
                   "x.yaml:3: task: unknown key 'promt'; did you mean 'prompt'?");
    assert_refused("tasks:\n- prompt: x\n",
                   "x.yaml:2: task: no id; expected one that is unique in the file");
    assert_refused("tasks:\n- id: a b\n",
                   "x.yaml:2: task: an id with a space or control character; expected letters, "
                   "digits, '_', '-', '/'");
    assert_refused("tasks:\n- id: a\n",
                   "x.yaml:2: task 'a': no prompt; expected the statement of the task");
    assert_refused("tasks:\n- {id: a, prompt: x}\n",
                   "x.yaml:2: task 'a': nothing to judge a program by; expected oracle, "
                   "hidden_tests or check");
    assert_refused("tasks:\n- {id: a, prompt: x, hidden_tests: [assert f()]}\n",
                   "x.yaml:2: task 'a': tests without entry_point; expected the name of the "
                   "function");
    assert_refused(
        "tasks:\n- {id: a, prompt: x, entry_point: f(x), hidden_tests: [assert f()]}\n",
        "x.yaml:2: task 'a': entry_point 'f(x)'; expected the name of a Python function");
    assert_refused("tasks:\n- {id: a, prompt: x, hidden_tests: assert f()}\n",
                   "x.yaml:2: task 'a': hidden_tests: expected a list, found 'assert f()'");
    assert_refused("tasks:\n- id: a\n  prompt: x\n  wrong: ['']\n",
                   "x.yaml:4: task 'a': wrong: empty text; expected some Python");
    assert_refused("tasks:\n- id: a\n  prompt: x\n  steps: many\n",
                   "x.yaml:4: task 'a': steps: expected a whole number, found 'many'");
}

static void limits_are_read(void **state)
{
    (void)state;
    struct suite s = parse("tasks:\n- {id: a, prompt: x, answer: 1, timeout_s: 7.5}\n"
                           "- {id: b, prompt: x, answer: 1}\n");
    assert_true(s.tasks[0].limits.cpu_s == 7.5 && s.tasks[1].limits.cpu_s == 0);
    /* a flag of the command line goes first */
    assert_true(suite_limits_or((struct tool_limits){0}, &s.tasks[0]).cpu_s == 7.5);
    assert_true(suite_limits_or((struct tool_limits){.cpu_s = 3}, &s.tasks[0]).cpu_s == 3);
    suite_free(&s);
    s = parse("tasks: [{id: a, prompt: x, answer: 1, memory_mb: 100}]");
    assert_int_equal(s.tasks[0].limits.memory_bytes, 100 << 20);
    assert_true(s.tasks[0].limits.cpu_s == 0);
    suite_free(&s);
    assert_refused("tasks:\n- {id: a, prompt: x, answer: 1, memory_mb: 4}\n",
                   "x.yaml:2: task 'a': memory_mb: found 4; expected a number from 16 to 1048576");
    assert_refused("tasks:\n- {id: a, prompt: x, answer: 1, timeout_s: 0}\n",
                   "x.yaml:2: task 'a': timeout_s: found 0; expected a number from 0.1 to 3600");
    assert_refused("tasks:\n- {id: a, prompt: x, answer: 1, timeout_s: long}\n",
                   "x.yaml:2: task 'a': timeout_s: expected a number, found 'long'");
    assert_refused("tasks:\n- {id: a, prompt: x, answer: 1, timeout: 3}\n",
                   "x.yaml:2: task: unknown key 'timeout'; did you mean 'timeout_s'?");
}

#define GRAPH(steps) "tasks:\n- id: a\n  prompt: x\n  answer: 7\n  graph:\n" steps

static void gold_steps_must_compute_the_answer(void **state)
{
    (void)state;
    struct suite s;
    struct err err = {0};
    const char *good = GRAPH("  - {id: s1, expr: 2 * 5, value: 10}\n"
                             "  - {id: s2, expr: s1 - 3, value: 7}\n");
    assert_int_equal(suite_parse("x.yaml", good, strlen(good), &s, &err), 0);
    assert_int_equal(s.tasks[0].n_graph, 2);
    assert_string_equal(s.tasks[0].graph[1].expr, "s1 - 3");
    assert_true(s.tasks[0].graph[0].value == 10);
    suite_free(&s);
    assert_refused(GRAPH("  - {id: s1, expr: 2 * 5, value: 11}\n"),
                   "x.yaml:6: task 'a': graph: step 's1': 2 * 5 is 10, not 11; expected steps that "
                   "compute the answer");
    assert_refused(GRAPH("  - {id: s1, expr: 2 * 5, value: 10}\n"
                         "  - {id: s2, expr: s3 - 3, value: 7}\n"),
                   "x.yaml:7: task 'a': graph: step 's2': 's3 - 3' cannot be computed from numbers "
                   "and earlier steps; expected steps that compute the answer");
    assert_refused(GRAPH("  - {id: s1, expr: 2 * 4, value: 8}\n"),
                   "x.yaml:6: task 'a': graph: the last step gives 8, the answer is 7; expected "
                   "steps that compute the answer");
    assert_refused(GRAPH("  - {id: s1, value: 8}\n"),
                   "x.yaml:6: task 'a': graph: a step without expr; expected id, expr and value");
    assert_refused(GRAPH("  - {id: s1, expr: 7, value: 7, unit: m}\n"),
                   "x.yaml:6: task 'a': graph: unknown key 'unit'; expected id, expr or value");
    assert_refused("domain: code\ntasks:\n- id: a\n  prompt: x\n  graph: []\n",
                   "x.yaml:5: task 'a': 'graph' in a code task; expected the keys of one kind of "
                   "task");
}

static void contradictions_are_refused_by_line(void **state)
{
    (void)state;
    assert_refused("tasks:\n- id: a\n  prompt: x\n  oracle: {stdout: y}\n  entry_point: f\n",
                   "x.yaml:5: task 'a': 'entry_point' in a task whose program reads stdin (it has "
                   "an oracle); expected the keys of one kind of task");
    assert_refused(
        "tasks:\n- id: a\n  prompt: x\n  oracle: {stdout: y, cases: []}\n",
        "x.yaml:4: task 'a': oracle: cases together with a case of its own; expected one "
        "or the other");
    assert_refused("tasks:\n- id: a\n  prompt: x\n  oracle: {stdin: y}\n",
                   "x.yaml:4: task 'a': a case that checks nothing; expected stdout or "
                   "expect_substr");
    assert_refused("tasks:\n- id: a\n  prompt: x\n  oracle: {expect_substr: ''}\n",
                   "x.yaml:4: task 'a': an empty expect_substr, which every output contains; "
                   "expected some text");
    assert_refused("tasks:\n- id: a\n  prompt: x\n  oracle: {expect: y}\n",
                   "x.yaml:4: task 'a': oracle: unknown key 'expect'; expected stdin, stdout, "
                   "expect_substr or cases");
    assert_refused("domain: code\ntasks:\n- id: a\n  prompt: x\n  answer: 3\n",
                   "x.yaml:5: task 'a': 'answer' in a code task; expected the keys of one kind of "
                   "task");
    assert_refused("domain: math\ntasks:\n- {id: a, prompt: x}\n",
                   "x.yaml:3: task 'a': no answer and no oracle; expected a number, as the suite's "
                   "domain is math, or cases for a program");
    assert_refused("domain: math\ntasks:\n- {id: a, prompt: x, answer: 1, oracle: {stdout: x}}\n",
                   "x.yaml:3: task 'a': 'answer' in a code task; expected the keys of one kind of "
                   "task");
    assert_refused("domain: math\ntasks:\n- {id: a, prompt: x, answer: 1, wrong: [print(2)]}\n",
                   "x.yaml:3: task 'a': 'wrong' in a math task; expected the keys of one kind of "
                   "task");
    assert_refused("domain: math\ntasks:\n- {id: a, prompt: x, answer: .nan}\n",
                   "x.yaml:3: task 'a': answer: expected a number, found '.nan'");
}

static void a_duplicate_id_names_both_lines(void **state)
{
    (void)state;
    assert_refused("tasks:\n"
                   "- {id: b, prompt: x, oracle: {stdout: y}}\n"
                   "- {id: a, prompt: x, oracle: {stdout: y}}\n"
                   "- {id: b, prompt: x, oracle: {stdout: y}}\n"
                   "- {id: a, prompt: x, oracle: {stdout: y}}\n",
                   "x.yaml:4: id 'b' is taken by the task in line 2; expected unique ids");
}

static void assert_same_texts(const char *const *a, size_t n_a, const char *const *b, size_t n_b)
{
    assert_int_equal(n_a, n_b);
    for (size_t i = 0; i < n_a; i++)
        assert_string_equal(a[i], b[i]);
}

static void assert_same_cases(const struct suite_case *a, size_t n_a, const struct suite_case *b,
                              size_t n_b)
{
    assert_int_equal(n_a, n_b);
    for (size_t i = 0; i < n_a; i++) {
        assert_true(str_eq(a[i].stdin_text, b[i].stdin_text));
        assert_true(str_eq(a[i].stdout_text, b[i].stdout_text));
        assert_true(str_eq(a[i].expect_substr, b[i].expect_substr));
    }
}

static void assert_same_task(const struct task *a, const struct task *b)
{
    assert_string_equal(a->id, b->id);
    assert_true(str_eq(a->prompt, b->prompt));
    assert_true(str_eq(a->entry_point, b->entry_point));
    assert_true(str_eq(a->check, b->check));
    assert_true(str_eq(a->prelude, b->prelude));
    assert_true(str_eq(a->reference, b->reference));
    assert_true(str_eq(a->unit, b->unit));
    assert_true(str_eq(a->group, b->group));
    assert_same_texts(a->public_tests, a->n_public, b->public_tests, b->n_public);
    assert_same_texts(a->hidden_tests, a->n_hidden, b->hidden_tests, b->n_hidden);
    assert_same_texts(a->wrong, a->n_wrong, b->wrong, b->n_wrong);
    assert_same_cases(a->cases, a->n_cases, b->cases, b->n_cases);
    assert_same_cases(a->public_cases, a->n_public_cases, b->public_cases, b->n_public_cases);
    assert_int_equal(a->steps, b->steps);
    assert_int_equal(a->has_answer, b->has_answer);
    assert_true(a->answer == b->answer && a->tolerance == b->tolerance);
    for (size_t i = 0; i < n_suite_limits; i++)
        assert_true(suite_limit_value(a, i) == suite_limit_value(b, i));
}

/* suite_parse(suite_yaml(s)) is s, and writes the same bytes again. */
static void assert_round_trip(struct suite s)
{
    char *text CLEANUP_FREE = suite_yaml(&s);
    struct suite again = parse(text);
    char *text_again CLEANUP_FREE = suite_yaml(&again);
    assert_string_equal(text, text_again);
    assert_string_equal(s.name, again.name);
    assert_string_equal(s.version, again.version);
    assert_int_equal(s.domain, again.domain);
    assert_int_equal(s.n_tasks, again.n_tasks);
    for (size_t i = 0; i < s.n_tasks; i++)
        assert_same_task(&s.tasks[i], &again.tasks[i]);
    suite_free(&s);
    suite_free(&again);
}

static void what_is_written_reads_back_the_same(void **state)
{
    (void)state;
    assert_round_trip(parse(functions));
    assert_round_trip(parse("cluster: group\ntasks: [{id: a, prompt: P, answer: 1, group: g}]"));
    assert_round_trip(parse("tasks: [{id: a, prompt: P, answer: 0.1, tolerance: 0}, "
                            "{id: b, prompt: P, answer: 12345678901.125, unit: no}]"));
    assert_round_trip(parse("tasks:\n"
                            "- {id: a, prompt: P, public_cases: [{stdout: x}], oracle: {cases: "
                            "[{stdin: 1, expect_substr: y, stdout: 'true'}, {stdout: ''}]}}\n"));
    assert_round_trip(
        parse("tasks: [{id: a, prompt: P, answer: 1, timeout_s: 0.25, memory_mb: 64}]"));
    struct suite s;
    struct err err = {0};
    if (suite_load("eval/suites/coding_suite.yaml", &s, &err) < 0)
        fail_msg("%s", err.msg);
    assert_int_equal(s.n_tasks, 30);
    assert_round_trip(s);
    if (suite_load("eval/suites/math_suite.yaml", &s, &err) < 0)
        fail_msg("%s", err.msg);
    assert_int_equal(s.n_tasks, 40);
    assert_round_trip(s);
    if (suite_load("eval/suites/composed_code.yaml", &s, &err) < 0)
        fail_msg("%s", err.msg);
    assert_round_trip(s);
    if (suite_load("eval/suites/composed_math.yaml", &s, &err) < 0)
        fail_msg("%s", err.msg);
    assert_round_trip(s);
}

static void awkward_text_reads_back_the_same(void **state)
{
    (void)state;
    static const char *const awkward[] = {"null",   "~",       "12",       "- a",   "a: b",
                                          "#x",     "'",       "\"'\\",    "a\n",   "a\n\n",
                                          "\na\n",  " a\nb\n", "a \nb\n",  "\ttab", "a\tb\nc",
                                          "a\r\nb", "\x01\n",  "é\n✓",     "no",    "%x",
                                          "---",    "\u2028",  "a\n  b\n", "  ",    "\xc2\x85x\n"};
    for (size_t i = 0; i < sizeof awkward / sizeof awkward[0]; i++) {
        const char *const tests[] = {awkward[i], "x"};
        struct task t = {.id = "a",
                         .prompt = awkward[i],
                         .entry_point = "f",
                         .reference = awkward[i],
                         .hidden_tests = tests,
                         .n_hidden = 2,
                         .tolerance = SUITE_TOLERANCE};
        struct suite s = {.name = "s", .version = "1", .tasks = &t, .n_tasks = 1};
        char *text CLEANUP_FREE = suite_yaml(&s);
        struct suite again = parse(text);
        assert_same_task(&t, &again.tasks[0]);
        suite_free(&again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_starter_form_is_accepted),
        cmocka_unit_test(functions_and_checks_are_accepted),
        cmocka_unit_test(math_is_accepted),
        cmocka_unit_test(clusters_are_named_or_are_the_groups),
        cmocka_unit_test(programs_are_accepted_in_a_math_suite),
        cmocka_unit_test(bad_suites_are_refused_by_line),
        cmocka_unit_test(bad_tasks_are_refused_by_line),
        cmocka_unit_test(limits_are_read),
        cmocka_unit_test(gold_steps_must_compute_the_answer),
        cmocka_unit_test(contradictions_are_refused_by_line),
        cmocka_unit_test(a_duplicate_id_names_both_lines),
        cmocka_unit_test(what_is_written_reads_back_the_same),
        cmocka_unit_test(awkward_text_reads_back_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
