/* What a program calls, and whether it computes anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"
#include "taxonomy/python_text.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void test_python_text(void **state)
{
    (void)state;
    assert_string_equal(python_bare("x = 'a#b' # c\ny = f\"{z}!\"", arena),
                        "x = \"        \ny = f\" z   ");
    static const struct {
        const char *program;
        bool reads_stdin;
        const char *found;
    } forbidden[] = {
        {"import os", false, "import os"},
        {"import re, os.path as p", false, "import os"},
        {"from urllib.request import urlopen", false, "import urllib"},
        {"def f():\n    import socket", false, "import socket"},
        {"import oss\nfrom .os import x", false, NULL},
        {"x = open ('f')", false, "open()"},
        {"def open(x): pass\nimportant = 1", false, NULL},
        {"input()", false, "input()"},
        {"input()\nopen(0)", true, NULL},
        {"open('x')", true, "open()"},
        {"'''\nimport os\n'''", false, NULL},
    };
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        const char *got = python_forbidden(forbidden[i].program, forbidden[i].reads_stdin, arena);
        if (!str_eq(got, forbidden[i].found))
            fail_msg("%s: found %s", forbidden[i].program, got ? got : "nothing");
    }
    static const struct {
        const char *program;
        bool constant;
    } programs[] = {
        {"print(42)", true},
        {"x = -4.5\nprint(f'{x:.2f}')", true},
        {"print('7')  # 3 + 4", true},
        {"result = round(12.0)", true},
        {"print(40 + 2)", false},
        {"print(6 - 2)", false},
        {"x = 3\ny = x * 2", false},
        {"print(len('abc'))", false},
        {"print(y)", false},
        {"", false},
        {"print(42 * 1)", true},
        {"print(1 * 42)", true},
        {"x = 0 + 42 - 0", true},
        {"print(42 / 1, 42 // 1)", true},
        {"print(42 ** 1)", true},
        {"print(42 * 10)", false},
        {"print(42 % 1)", false},
        {"print(42 - 1)", false},
        {"print(1.5 * 2)", false},
        {"*3", false},
        {"+3", true},
        {"def f(x):\n    return x\nprint(f(42))", true},
        {"print(input())", false},
        {"n = int(input('7'))", false},
        {"x = 4\nprint(-x)", true},
        {"x = 4\nprint(x - -x)", false},
    };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (python_only_constant(programs[i].program, arena) != programs[i].constant)
            fail_msg("%s: constant should be %d", programs[i].program, programs[i].constant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_python_text)};
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
