/* Importing: small rows of every form, what becomes of each field, and the message for every bad
 * row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "import/import.h"
#include "suite/protocol.h"
#include "suite/suite.h"

static char path[] = "/tmp/import_XXXXXX";
static struct import_report report; /* of the last import */

static int import(const char *benchmark, const char *text, const struct import_options *opt,
                  struct suite *s, struct err *err)
{
    struct import_options o = *opt;
    o.benchmark = benchmark;
    assert_int_equal(file_write(path, text, strlen(text), err), 0);
    import_report_free(&report);
    return suite_import(path, &o, s, &report, err);
}

/* A suite that reads back as the same bytes. */
static struct suite import_ok(const char *benchmark, const char *text,
                              const struct import_options *opt)
{
    struct suite s, again;
    struct err err = {0};
    if (import(benchmark, text, opt, &s, &err) < 0)
        fail_msg("%s", err.msg);
    char *yaml CLEANUP_FREE = suite_yaml(&s);
    if (suite_parse("again.yaml", yaml, strlen(yaml), &again, &err) < 0)
        fail_msg("%s", err.msg);
    char *twice CLEANUP_FREE = suite_yaml(&again);
    assert_string_equal(yaml, twice);
    suite_free(&again);
    return s;
}

static const struct import_options plain;

static void assert_refused(const char *benchmark, const char *text, const char *message)
{
    struct suite s = {.name = "untouched"};
    struct err err = {0};
    assert_true(import(benchmark, text, &plain, &s, &err) < 0);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.msg + strlen(path), message);
    assert_string_equal(s.name, "untouched");
}

static void assert_note(size_t i, const char *text)
{
    assert_true(i < report.n_notes);
    assert_string_equal(report.notes[i].text + strlen(path), text);
}

#define TEST "\"test\": \"\\n\\ndef check(candidate):\\n    assert candidate(2) == 4\\n\\n\""
#define SOLUTION "\"canonical_solution\": \"    return 2 * x\\n\""
#define HEAD "\"task_id\": \"HumanEval/0\", \"entry_point\": \"f\""
#define DOC "def f(x):\\n    \\\"\\\"\\\"Double.\\n    >>> f(3)\\n    6\\n"
#define PROMPT "\"prompt\": \"" DOC "    \\\"\\\"\\\"\\n\""
#define HUMANEVAL "{" HEAD ", " PROMPT ", " SOLUTION ", " TEST "}\n"

static void humaneval_rows_become_tasks(void **state)
{
    (void)state;
    struct suite s = import_ok("humaneval", HUMANEVAL, &plain);
    assert_string_equal(s.name, "humaneval");
    assert_string_equal(s.protocol->name, s.name);
    assert_int_equal(strlen(s.version), 16);
    assert_int_equal(s.n_tasks, 1);
    const struct task *t = suite_find(&s, "HumanEval/0");
    assert_string_equal(t->prompt,
                        "def f(x):\n    \"\"\"Double.\n    >>> f(3)\n    6\n    \"\"\"\n");
    assert_string_equal(t->entry_point, "f");
    assert_string_equal(t->check, "def check(candidate):\n    assert candidate(2) == 4\n");
    char *program CLEANUP_FREE = xasprintf("%s    return 2 * x\n", t->prompt);
    assert_string_equal(t->reference, program);
    assert_int_equal(t->n_public, 1);
    assert_string_equal(t->public_tests[0], "assert f(3) == 6");
    assert_int_equal(t->n_hidden, 0);
    assert_null(t->prelude);
    assert_int_equal(report.n_notes, 0);
    suite_free(&s);
}

static void docstring_examples_are_taken_where_they_can_be(void **state)
{
    (void)state;
    struct suite s = import_ok("humaneval",
                               "{" HEAD ", \"prompt\": \"def f(x):\\n"
                               "    '''\\n"
                               "    >>> f([1])  # a comment, f(0)\\n"
                               "    ['a',\\n"
                               "     'b']\\n"
                               "    >>> round(f(3), 1)\\n"
                               "    6.0\\n"
                               "    >>> f(7) == 14\\n"
                               "    >>> f([1]) == [\\\"a\\\", \\\"b\\\"]\\n"
                               "    >>> f(2)\\n"
                               "    5\\n"
                               "    >>> f(4)\\n"
                               "\\n"
                               "    text\\n"
                               "    >>> f(5) + 1\\n"
                               "    11\\n"
                               "    >>> x = 1\\n"
                               "    '''\\n\", " SOLUTION ", " TEST "}\n",
                               &plain);
    const struct task *t = &s.tasks[0];
    assert_int_equal(t->n_public, 4);
    assert_string_equal(t->public_tests[0], "assert f([1]) == ['a',\n     'b']");
    assert_string_equal(t->public_tests[1], "assert round(f(3), 1) == 6.0");
    assert_string_equal(t->public_tests[2], "assert f(7) == 14");
    assert_string_equal(t->public_tests[3], "assert f([1]) == [\"a\", \"b\"]");
    assert_int_equal(report.n_notes, 4);
    assert_note(0, ":1: HumanEval/0: example left out, the tests expect another value: f(2) == 5");
    assert_note(1, ":1: HumanEval/0: example left out, not a call of f == a literal: f(4)");
    assert_note(2, ":1: HumanEval/0: example left out, not a call of f == a literal: f(5) + 1");
    assert_note(3, ":1: HumanEval/0: example left out, not a call of f == a literal: x = 1");
    suite_free(&s);
}

static void sample_io_goes_before_the_docstring(void **state)
{
    (void)state;
    struct suite s = import_ok(
        "humaneval",
        "{" HEAD ", " PROMPT ", " SOLUTION ", " TEST ", \"sample_io\": [\"assert f(1) == 2\", "
        "\"f(2) == 4.0\", \"assert f(1) == 2\", \"assert f(5) => 10\", \"asssert f(5) == 10\"]}\n"
        "{\"task_id\": \"b\", \"entry_point\": \"f\", " PROMPT ", " SOLUTION ", " TEST
        ", \"sample_io\": []}\n",
        &plain);
    const struct task *t = &s.tasks[0];
    assert_int_equal(t->n_public, 2);
    assert_string_equal(t->public_tests[0], "assert f(1) == 2");
    assert_string_equal(t->public_tests[1],
                        "assert f(2) == 4.0"); /* 4.0 is no contradiction to 4 */
    assert_int_equal(s.tasks[1].n_public, 0);
    assert_int_equal(report.n_notes, 2);
    assert_note(0, ":1: HumanEval/0: example left out, not a call of f == a literal: "
                   "assert f(5) => 10");
    suite_free(&s);
}

static void extended_tests_are_hidden_beside_check(void **state)
{
    (void)state;
    struct suite s = import_ok("humaneval",
                               "{" HEAD ", " PROMPT ", " SOLUTION ", " TEST
                               ", \"test_case_list\": [\"assert f(3) == 6\", \"assert f(4) == 8\", "
                               "\"assert f(4) == 8\", \"assert abs(f(0.1) - 0.2) < 1e-6\"]}\n",
                               &plain);
    assert_string_equal(s.name, "humaneval_et");
    assert_string_equal(s.protocol->name, s.name);
    const struct task *t = &s.tasks[0];
    assert_int_equal(t->n_hidden, 2);
    assert_string_equal(t->hidden_tests[0], "assert f(4) == 8");
    assert_string_equal(t->hidden_tests[1], "assert abs(f(0.1) - 0.2) < 1e-6");
    assert_non_null(t->check);
    assert_int_equal(report.n_repeated, 2);
    suite_free(&s);
}

#define CODE                                                                                       \
    "\"code\": \"import re\\r\\ndef g(x):\\r\\n  return x\\r\\ndef f(x):\\r\\n  return 2 * g(x)\""
#define ASSERTS "[\"assert set(f(1)) == 2\", \"assert f(2) == 4\", \"assert f(2) == 4\"]"

static void mbpp_rows_become_tasks(void **state)
{
    (void)state;
    struct suite s =
        import_ok("mbpp",
                  "{\"text\": \"Double it.\", " CODE ", \"task_id\": 7, \"test_setup_code\": \"\", "
                  "\"test_list\": " ASSERTS ", \"challenge_test_list\": [\"assert f(9) == 18\"]}\n",
                  &plain);
    assert_string_equal(s.name, "mbpp");
    assert_string_equal(s.protocol->name, s.name);
    const struct task *t = suite_find(&s, "MBPP/7");
    assert_string_equal(t->prompt, "Double it.");
    assert_string_equal(t->entry_point, "f");
    assert_string_equal(t->reference,
                        "import re\ndef g(x):\n  return x\ndef f(x):\n  return 2 * g(x)\n");
    assert_int_equal(t->n_public, 1);
    assert_string_equal(t->public_tests[0], "assert set(f(1)) == 2");
    assert_int_equal(t->n_hidden, 2);
    assert_string_equal(t->hidden_tests[0], "assert f(2) == 4");
    assert_string_equal(t->hidden_tests[1], "assert f(9) == 18");
    assert_int_equal(report.n_repeated, 1);
    assert_null(t->check);
    suite_free(&s);
}

static void setup_and_imports_stand_before_each_test(void **state)
{
    (void)state;
    struct suite s = import_ok("mbpp",
                               "[{\"prompt\": \"Double.\", " CODE ", \"task_id\": 1,\n"
                               "\"test_imports\": [\"import math\"], \"test_list\": " ASSERTS "},\n"
                               "{\"prompt\": \"Double.\", " CODE ", \"task_id\": 2, "
                               "\"test_setup_code\": \"a = g(1)\\r\\n\", \"test_list\": "
                               "[\"assert f(a) == 2\", \"assert f(a + 1) == 4\"]}]\n",
                               &plain);
    assert_string_equal(s.name, "mbpp_sanitized");
    assert_string_equal(s.protocol->name, s.name);
    assert_string_equal(s.tasks[0].public_tests[0], "import math\nassert set(f(1)) == 2");
    assert_string_equal(s.tasks[0].hidden_tests[0], "import math\nassert f(2) == 4");
    assert_string_equal(s.tasks[1].entry_point, "f"); /* not g, which only the setup calls */
    assert_string_equal(s.tasks[1].hidden_tests[0], "a = g(1)\nassert f(a + 1) == 4");
    suite_free(&s);
}

static void a_single_test_is_hidden_and_the_statement_gets_the_signature(void **state)
{
    (void)state;
    struct suite s = import_ok("mbpp",
                               "{\"text\": \"Double it.\", " CODE ", \"task_id\": 7, "
                               "\"test_list\": [\"assert f(1) == 2\", \"assert f( 1 )== 2\"]}\n",
                               &plain);
    assert_int_equal(s.tasks[0].n_public, 0);
    assert_int_equal(s.tasks[0].n_hidden, 2);
    assert_string_equal(s.tasks[0].prompt, "Double it.\n\nSignature: def f(x)");
    suite_free(&s);
}

#define TYPED                                                                                      \
    "{\"name\": \"mbpp_7_f\", \"prompt\": \"def f(x: int) -> int:\\n    '''Double.'''\\n\", "      \
    "\"entry_point\": \"f\", \"sample_io\": [\"assert f(1) == 3\"], \"test\": "                    \
    "\"def check(candidate):\\n    assert candidate(1) == 2\\n    assert candidate(2) == 4\\n"
#define TYPED_END "\\ndef test_check():\\n    check(f)\\n\\ntest_check()\\n\"}\n"

static void typed_mbpp_is_split_into_asserts(void **state)
{
    (void)state;
    struct suite s = import_ok("mbpp", TYPED TYPED_END, &plain);
    assert_string_equal(s.name, "mbpp_typed");
    assert_string_equal(s.protocol->name, s.name);
    const struct task *t = suite_find(&s, "mbpp_7_f");
    assert_int_equal(t->n_public, 1);
    assert_string_equal(t->public_tests[0], "assert f(1) == 2");
    assert_int_equal(t->n_hidden, 1);
    assert_string_equal(t->hidden_tests[0], "assert f(2) == 4");
    assert_null(t->check);
    assert_null(t->reference);
    assert_note(0, ":1: mbpp_7_f: sample_io is not the first test and left out: assert f(1) == 3");
    suite_free(&s);
    assert_refused("mbpp", TYPED "    x = 1\\n" TYPED_END,
                   ":1: field 'test': something other than asserts; expected check(candidate) with "
                   "one 'assert candidate(...)' a line");
}

static void every_bad_field_is_named(void **state)
{
    (void)state;
    assert_refused("humaneval", "\n{\"task_id\": \"a\"}",
                   ":2: field 'prompt': missing; expected a text");
    assert_refused("humaneval", "{\"task_id\": 3, " PROMPT ", " SOLUTION ", " TEST "}",
                   ":1: field 'task_id': not a text; expected a text");
    assert_refused("humaneval", "{" HEAD ", \"prompt\": \" \\n\", " SOLUTION ", " TEST "}",
                   ":1: field 'prompt': empty; expected a text");
    assert_refused("humaneval", "{" HEAD ", \"prompt\": \"a\\u0000\", " SOLUTION ", " TEST "}",
                   ":1: field 'prompt': a NUL character; expected text without one");
    assert_refused("humaneval", "{" HEAD ", \"prompt\": \"def g():\", " SOLUTION ", " TEST "}",
                   ":1: field 'prompt': no definition of the entry point; expected 'def f' in it");
    assert_refused("humaneval", "{" HEAD ", " PROMPT ", " SOLUTION ", \"test\": \"assert f(1)\"}",
                   ":1: field 'test': no definition of check; expected 'def check(candidate)' in "
                   "it");
    assert_refused("humaneval", "{" HEAD ", " PROMPT ", " SOLUTION ", " TEST ", \"sample_io\": 1}",
                   ":1: field 'sample_io': not a list; expected a list of texts");
    assert_refused("humaneval", HUMANEVAL "\n" HUMANEVAL,
                   ":3: id 'HumanEval/0' is taken by line 1; expected unique ids");
    assert_refused("humaneval",
                   "{\"task_id\": \"a b\", \"entry_point\": \"f\", " PROMPT ", " SOLUTION ", " TEST
                   "}",
                   ":1: id 'a b': a space or control character in it");
    assert_refused("mbpp", "{\"task_id\": \"x\"}",
                   ":1: field 'task_id': not a whole number; expected a whole number");
    assert_refused("mbpp", "{\"task_id\": 1, \"text\": \"t\", " CODE ", \"test_list\": []}",
                   ":1: field 'test_list': an empty list; expected at least one text");
    assert_refused("mbpp",
                   "{\"task_id\": 1, \"text\": \"t\", " CODE ", \"test_list\": [\"assert h(1)\"]}",
                   ":1: field 'test_list': no call of a function that 'code' defines; expected "
                   "asserts on one");
    assert_refused("humaneval", "", ": no rows; expected JSON lines or a JSON array");
}

#define ROW(id) "{\"task_id\": " id ", \"text\": \"t\", " CODE ", \"test_list\": " ASSERTS "}\n"

static void bad_rows_are_skipped_when_asked(void **state)
{
    (void)state;
    const struct import_options skip = {.skip_bad = true};
    struct suite s = import_ok("mbpp", ROW("1") "{oops\n{}\n" ROW("4"), &skip);
    assert_int_equal(s.n_tasks, 2);
    assert_int_equal(s.tasks[1].line, 4);
    assert_int_equal(report.n_skipped, 2);
    assert_true(report.notes[0].skipped);
    assert_note(0, ":2: not valid JSON: string or '}' expected near 'oops' (column 5)");
    assert_note(1, ":3: field 'task_id': missing; expected a whole number");
    suite_free(&s);
    struct err err = {0};
    assert_true(import("mbpp", "{}\n", &skip, &s, &err) < 0);
    assert_non_null(strstr(err.msg, ": none of 1 rows could be imported; the first: "));
    assert_true(import("mbpp", "[" ROW("1") ", {", &skip, &s, &err) <
                0); /* nothing after it is read */
}

static void limits_and_preludes(void **state)
{
    (void)state;
    const struct import_options middle = {.first = 2, .last = 3, .prelude = "from typing import *"};
    struct suite s = import_ok("mbpp", ROW("1") ROW("2") ROW("3") "{oops\n", &middle);
    assert_int_equal(s.n_tasks, 2);
    assert_string_equal(s.tasks[0].id, "MBPP/2");
    assert_string_equal(s.tasks[1].prelude, "from typing import *");
    suite_free(&s);
    const struct import_options beyond = {.first = 3, .last = 9};
    struct err err = {0};
    assert_true(import("mbpp", ROW("1"), &beyond, &s, &err) < 0);
    assert_non_null(strstr(err.msg, ": 1 rows; expected at least 3"));
}

#define GSM8K(answer) "{\"question\": \" How much? \", \"answer\": \"" answer "\"}\n"

static void gsm8k_rows_become_tasks(void **state)
{
    (void)state;
    struct suite s =
        import_ok("gsm8k",
                  GSM8K("3 * 4 = <<3*4=12>>12\\nAnd $<<8=8>>8, less -1: <<-1=-1>>\\nSo "
                        "<<12-(8/2)=8>>8.\\n#### 1,008") GSM8K("Let x be it.\\n#### -5"),
                  &plain);
    assert_string_equal(s.name, "gsm8k");
    assert_string_equal(s.protocol->name, s.name);
    assert_int_equal(s.domain, SUITE_MATH);
    assert_string_equal(s.tasks[0].id, "gsm8k/1");
    assert_string_equal(s.tasks[0].prompt, "How much?");
    assert_true(s.tasks[0].has_answer);
    assert_true(s.tasks[0].answer == 1008);
    assert_int_equal(s.tasks[0].steps, 2);
    assert_true(s.tasks[1].answer == -5);
    assert_int_equal(s.tasks[1].steps, 0);
    suite_free(&s);
    assert_refused("gsm8k", GSM8K("12"),
                   ":1: field 'answer': no number behind '####'; expected a solution that ends in "
                   "one");
    assert_refused("gsm8k", GSM8K("#### twelve"),
                   ":1: field 'answer': no number behind '####'; expected a solution that ends in "
                   "one");
}

static void steps_choose_rows_and_limits_count_them(void **state)
{
    (void)state;
    static const char rows[] = GSM8K("<<1+1=2>>\\n#### 2") GSM8K("<<1+1=2>><<2+1=3>>\\n#### 3")
        GSM8K("<<1+2=3>>\\n#### 3") GSM8K("#### 4") GSM8K("<<1+1=2>><<2+3=5>>\\n#### 5");
    struct suite s =
        import_ok("gsm8k", rows, &(struct import_options){.steps_min = 1, .steps_max = 1});
    assert_int_equal(s.n_tasks, 2);
    assert_string_equal(s.tasks[1].id, "gsm8k/3");
    assert_int_equal(report.n_other_steps, 3);
    suite_free(&s);
    s = import_ok("gsm8k", rows,
                  &(struct import_options){.steps_min = 1, .steps_max = 2, .first = 2, .last = 3});
    assert_int_equal(s.n_tasks, 2);
    assert_string_equal(s.tasks[0].id, "gsm8k/2");
    assert_string_equal(s.tasks[1].id, "gsm8k/3");
    suite_free(&s);
    struct err err = {0};
    const struct import_options none = {.steps_min = 7, .steps_max = 9};
    assert_true(import("gsm8k", rows, &none, &s, &err) < 0);
    assert_string_equal(err.msg + strlen(path), ": 0 rows of so many steps; expected at least 1");
    assert_true(import("mbpp", ROW("1"), &none, &s, &err) < 0);
    assert_string_equal(err.msg, "the rows of mbpp do not tell their steps");
    const struct import_options typing = {.prelude = "from typing import *"};
    assert_true(import("gsm8k", rows, &typing, &s, &err) < 0);
    assert_string_equal(err.msg, "a prelude goes before programs; gsm8k asks for numbers");
}

#define SVAMP(body, answer, equation)                                                              \
    "{\"ID\": \"chal-1\", \"Body\": \"" body                                                       \
    "\", \"Question\": \"How many?\", \"Answer\": " answer ", \"Equation\": \"" equation           \
    "\", \"Type\": \"Common-Divison\"}\n"

static void svamp_rows_become_tasks(void **state)
{
    (void)state;
    struct suite s = import_ok(
        "svamp", SVAMP("He has 8 in 2 groups.", "3.0", "( ( 8.0 - 2.0 ) / 2.0 )"), &plain);
    const struct task *t = suite_find(&s, "SVAMP/chal-1");
    assert_string_equal(t->prompt, "He has 8 in 2 groups. How many?");
    assert_string_equal(t->reference, "print(( ( 8.0 - 2.0 ) / 2.0 ))\n");
    assert_string_equal(t->group, "Common-Division");
    assert_true(t->answer == 3);
    assert_int_equal(t->steps, 2);
    suite_free(&s);
    s = import_ok("svamp", SVAMP("If there are 2", "\"3\"", "( -3.0 )"), &plain);
    assert_string_equal(s.tasks[0].prompt, "If there are 2, How many?");
    assert_true(s.tasks[0].answer == 3);
    assert_int_equal(s.tasks[0].steps, 0);
    suite_free(&s);
    assert_refused("svamp", SVAMP("x", "\"3 or so\"", "( 1.0 )"),
                   ":1: field 'Answer': not a number; expected a finite number");
    assert_refused("svamp", SVAMP("x", "3", "exit()"),
                   ":1: field 'Equation': exit(); expected numbers, operators and brackets");
}

static void gsm_hard_rows_become_tasks(void **state)
{
    (void)state;
#define HARD(target)                                                                               \
    "{\"input\": \"How much?\", \"code\": \"\\ndef solution():\\n    return 1.5\\n\\n\", "         \
    "\"target\": " target "}\n"
    struct suite s = import_ok("gsm_hard", HARD("4000.0") HARD("1.5") HARD("2e-5"), &plain);
    assert_string_equal(s.tasks[0].id, "gsm_hard/1");
    assert_string_equal(s.tasks[0].reference,
                        "def solution():\n    return 1.5\nprint(solution())\n");
    assert_true(s.tasks[0].tolerance == SUITE_TOLERANCE);
    assert_true(s.tasks[1].tolerance == 1e-3);
    assert_true(s.tasks[2].tolerance == 1e-3 * 2e-5);
    suite_free(&s);
    assert_refused("gsm_hard", HARD("null"),
                   ":1: field 'target': not a number; expected a finite number");
}

static int make_path(void **state)
{
    (void)state;
    return mkstemp(path) < 0;
}

static int remove_path(void **state)
{
    (void)state;
    import_report_free(&report);
    unlink(path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(humaneval_rows_become_tasks),
        cmocka_unit_test(docstring_examples_are_taken_where_they_can_be),
        cmocka_unit_test(sample_io_goes_before_the_docstring),
        cmocka_unit_test(extended_tests_are_hidden_beside_check),
        cmocka_unit_test(mbpp_rows_become_tasks),
        cmocka_unit_test(setup_and_imports_stand_before_each_test),
        cmocka_unit_test(a_single_test_is_hidden_and_the_statement_gets_the_signature),
        cmocka_unit_test(typed_mbpp_is_split_into_asserts),
        cmocka_unit_test(every_bad_field_is_named),
        cmocka_unit_test(bad_rows_are_skipped_when_asked),
        cmocka_unit_test(limits_and_preludes),
        cmocka_unit_test(gsm8k_rows_become_tasks),
        cmocka_unit_test(steps_choose_rows_and_limits_count_them),
        cmocka_unit_test(svamp_rows_become_tasks),
        cmocka_unit_test(gsm_hard_rows_become_tasks),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
