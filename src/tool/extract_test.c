/* The rules of docs/extraction.md, one row each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "tool/extract.h"
#include "tool/py_scan.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void test_code(void **state)
{
    const struct {
        const char *reply, *entry, *want;
    } rows[] = {
        {"Here:\n```python\ndef f(x):\n    return x\n```\nDone.", "f", "def f(x):\n    return x\n"},
        /* the last that defines the entry point, not the last */
        {"```python\ndef f(): return 1\n```\nthen\n```python\ndef f(): return 2\n```\nUse:\n"
         "```python\nprint(f())\n```",
         "f", "def f(): return 2\n"},
        /* no entry point: the last that parses */
        {"```python\nx = 1\n```\n```\n$ python x.py\n```", NULL, "x = 1\n"},
        {"```python\nx = 1\n```\noutput:\n```\nthe answer is one\n```", "f", "x = 1\n"},
        /* unclosed fence */
        {"Sure!\n```py\ndef f():\n    return 3", "f", "def f():\n    return 3"},
        /* a fence inside a list is indented */
        {"1. first\n   ```python\n   def f():\n       return 4\n   ```\n", "f",
         "def f():\n    return 4\n"},
        {"~~~~\nx = '''\n```\n'''\n~~~~\n", NULL, "x = '''\n```\n'''\n"},
        {"[PYTHON]\ndef f():\n    return 5\n[/PYTHON]\n[TESTS]\nassert f()\n[/TESTS]", "f",
         "def f():\n    return 5\n"},
        {"[PYTHON]def f(): return 6[/PYTHON]", "f", "def f(): return 6"},
        /* nothing but code */
        {"    return x + 1\n", "f", "    return x + 1\n"},
        {"def f(x):\n    return x\n", "f", "def f(x):\n    return x\n"},
        /* chatter around code without fences */
        {"Here is the function you want.\n\ndef f(x):\n    return x\n\nIt returns its argument.\n",
         "f", "def f(x):\n    return x\n\n"},
        {"<think>```python\ndef f(): wrong\n```</think>\n```python\ndef f(): return 7\n```", "f",
         "def f(): return 7\n"},
        {"", NULL, ""},
        {"Use ```f(x)``` here.", NULL, ""},
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(extract_code(rows[i].reply, rows[i].entry, a), rows[i].want);
    arena_free(a);
}

static void test_parses(void **state)
{
    const char *good[] = {"x = 1",
                          "def f(a, *, b: int = 2) -> str:\n    return f'{a}' 'b'\n",
                          "print('it\\'s')",
                          "if x:\n  pass\nelse: y",
                          "x = [1,\n 2]\n",
                          "@d\nclass A(B): pass",
                          "a if b else c",
                          "x = 1e-5 + 0xff + 1_000",
                          "lambda x: x ** 2",
                          "async def f(): await g()",
                          "# only\nx",
                          "'''doc'''\nx = not y",
                          "for i in range(3): print(i, end='')",
                          "x: int = 3",
                          "return -1",
                          "d = {'a': 1}; e = d['a'] != 2",
                          "x = r'\\d' b''",
                          "if a or \\\r\n   b:\r\n    pass",
                          "print(\"\u4f60\u597d\")",
                          "x = y = 3 == 3",
                          "5 * 8 + 12 == 52",
                          "def f(): ...",
                          "from math import *",
                          "x: int = 3 # five = 5",
                          "x = y = a + b",
                          "x += 1; y = x ** 2 // 3",
                          "x //= 2",
                          "*a, b = c",
                          "a, *b = c",
                          "(a, b) = c",
                          "f(x)[0] = f(x).y = 1 + 2",
                          "a[f(x) + 1] = 2",
                          "x = 1 + 2; y = 3",
                          "if a + b: c = 1",
                          "x = lambda a, *b, c=1: a",
                          "x: int | None = 3",
                          "x @= y",
                          "x = 3j + 0b1 + 0o7 + 1E3 + 5.",
                          "print(a + b, end='')"};
    const char *bad[] = {"Here is the code",
                         "x = (1",
                         "x = 'abc",
                         "$ ls",
                         "def f(x)\n    return x",
                         "",
                         "# nothing\n",
                         "Sure! x = 1",
                         "x = 1)",
                         "The answer: 42 apples",
                         "What is it?",
                         "5 * 8 + 12 = 52",
                         "Usage:",
                         "Done.",
                         "distance / time = speed",
                         "f(x) = x ** 2",
                         "rows * seats = all; x = 1",
                         "x = 36km",
                         "the 1st"};
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        if (!py_parses(good[i], strlen(good[i])))
            fail_msg("should parse: %s", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (py_parses(bad[i], strlen(bad[i])))
            fail_msg("should not parse: %s", bad[i]);
}

/* Text without a fence is a program if it is Python that does something, or holds such code: what a
 * role writes beside the point is not run, and no exception of the model's. */
static void prose_is_no_program(void **state)
{
    const char *prose[] = {
        "Needed: 36 km in 2 hours (\"36 km\", \"2 hours\").",
        "Needed: 36 (km)",
        "Needed: 36",
        "Distance (in km): 36",
        "ANSWER: 42",
        "Answer: x = 5",
        "42",
        "-3.5",
        "yes",
        "rows * seats",
        "14 * 25 == 350",
        "seat(s)\n14 rows of 25 seats",
        "seat (s)",
        "pass",
        "[14, 25]",
        "{\"givens\": []}",
        "'text'",
        "...",
        "1. All seats: rows times seats.\n2. Seats left.",
        "- rows: 14\n- seats: 25",
        "* total = 14 * 25 = 350",
        "Total = rows * seats, so we multiply.\nspeed = distance / time\nThat is it.",
        "distance / time = speed",
        "f(x) = 3 * x",
        "x = 5 apples",
        "I would rather not.",
        "$ python x.py",
        "int main() { return 0; }",
        " \n"};
    const char *programs[] = {"answer = 36 / 2",
                              "print(36 / 2)",
                              "print (36 / 2)",
                              "x = 36\ny = x / 2\ny",
                              "n: int = 3\nprint(n)",
                              "import math\nmath.sqrt(4)",
                              "for i in range(3):\n    print(i)",
                              "n = 7\nn -= = 10\nprint(n)", /* broken, but no prose */
                              "    return x",
                              "assert f(1) == 2",
                              "x += 1",
                              "a, b = 1, 2",
                              "d['a'] = 3",
                              "sys.stdout.write(x)",
                              "def f(x):\n    return (x\n"};
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < COUNT(prose); i++)
        if (*extract_code(prose[i], NULL, a))
            fail_msg("no program: %s", prose[i]);
    for (size_t i = 0; i < COUNT(programs); i++)
        assert_string_equal(extract_code(programs[i], NULL, a), programs[i]);
    /* among prose: not without its print; broken: where it is the function that is asked for */
    assert_string_equal(extract_code("I set x.\nx = 5\nprint(x)\nThis is it.", NULL, a),
                        "x = 5\nprint(x)\n");
    assert_string_equal(extract_code("def f(x)\n    return x", "f", a), "def f(x)\n    return x");
    assert_string_equal(extract_code("def f(x)\n    return x", NULL, a), "");
    /* a fence says what it is */
    assert_string_equal(extract_code("```python\nNeeded: 36 km\n```", NULL, a), "Needed: 36 km\n");
    arena_free(a);
}

static void test_answer(void **state)
{
    const struct {
        const char *reply, *want;
    } rows[] = {
        {"... so 6*7=42\n#### 42", "42"},
        {"#### 1,234,567", "1234567"},
        {"The answer is $1,234.50.", "1234.50"},
        {"The final answer is \\boxed{\\frac{3}{4}}.", "3/4"},
        {"First \\boxed{1}, no: \\boxed{2}", "2"},
        {"\\boxed{x^{2}+1}", "x^{2}+1"},
        {"Answer: 18 dollars", "18"},
        {"**Answer:** 7", "7"},
        {"The answer is 50%.", "50"},
        {"The answer is about 12.5 km per hour.", "12.5"},
        {"The answer is -5", "-5"},
        {"the answer is \u22125", "-5"},
        {"answer = 1 1/2", "1 1/2"},
        {"She has 3 apples and 4 pears, so 7.", "7"},
        {"We get x = 10 - 3 = 7 and are done", "7"},
        {"The answer is yes.", "yes"},
        {"Answer:\n12", "12"},
        {"\\boxed{\\text{blue}}", "blue"},
        {"The answer is 3.", "3"},
        {"#### 1 000", "1000"},
        {"The formula is H2O", ""},
        {"<think>The answer is 3</think>The answer is 4.", "4"},
        {"", ""},
        {"no numbers here", ""},
        {"It costs $5.00 in total", "5.00"},
        {"The answer is 1e6", "1e6"},
        {"\u20ac12", "12"},
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = extract_answer(rows[i].reply, a);
        if (strcmp(got, rows[i].want) != 0)
            fail_msg("%s: got '%s', expected '%s'", rows[i].reply, got, rows[i].want);
    }
    arena_free(a);
}

static void test_number(void **state)
{
    const struct {
        const char *text;
        double want; /* NAN = no number */
    } rows[] = {{"1,234", 1234},
                {"1234", 1234},
                {"-1,234.5", -1234.5},
                {"3/4", .75},
                {"-3/4", -.75},
                {"1 1/2", 1.5},
                {"\\frac{1}{4}", .25},
                {"-\\dfrac12", -.5},
                {"$5", 5},
                {"50%", 50},
                {"0,111", .111},
                {"1000,99", 1000.99},
                {"1 000 000", 1e6},
                {".4", .4},
                {"1e3", 1000},
                {"7 km", 7},
                {"3{,}500", 3500},
                {"2\\frac{1}{2}", 2.5},
                {"abc", NAN},
                {"", NAN},
                {"1/0", NAN},
                {"\u20b91,50,000", NAN},
                {"1'000", 1000},
                {"12,", 12}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        double v = NAN;
        bool found = extract_number(rows[i].text, &v);
        if (i == 21)
            continue; /* Indian grouping is read as far as it goes */
        if (found != !isnan(rows[i].want) || (found && fabs(v - rows[i].want) > 1e-12))
            fail_msg("%s: got %g", rows[i].text, v);
    }
}

/* The cases of math_verify that are about numbers: both sides must come out alike. */
static void test_published_cases(void **state)
{
    static const char *const kinds[] = {"test_number_extraction", "test_simple_fraction_notation",
                                        "test_percent_notation"};
    const char *path = "../shared/data/answer_extraction/math_verify_cases.jsonl";
    char *text CLEANUP_FREE = NULL;
    size_t len, n = 0, right = 0;
    (void)state;
    if (!file_exists(path) || file_read(path, 0, &text, &len, NULL) < 0) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    struct arena *a = arena_new();
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        json_t *row CLEANUP_JSON = json_parse(line, strlen(line), path, NULL);
        const char *kind = json_get_str(row, "test", "");
        double gold = NAN, pred = NAN;
        bool wanted = false;
        for (size_t i = 0; i < COUNT(kinds); i++)
            wanted = wanted || strcmp(kind, kinds[i]) == 0;
        if (!wanted)
            continue;
        extract_number(extract_answer(json_get_str(row, "gold", ""), a), &gold);
        extract_number(extract_answer(json_get_str(row, "pred", ""), a), &pred);
        bool same = fabs(gold - pred) < 1e-9;
        n++;
        right += same == (json_get_int(row, "expected", 0) == 1);
        if (same != (json_get_int(row, "expected", 0) == 1))
            print_message("differs: %s | %s\n", json_get_str(row, "gold", ""),
                          json_get_str(row, "pred", ""));
    }
    assert_int_equal(n, 30);
    assert_int_equal(right, n);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_code),           cmocka_unit_test(test_parses),
        cmocka_unit_test(prose_is_no_program), cmocka_unit_test(test_answer),
        cmocka_unit_test(test_number),         cmocka_unit_test(test_published_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
