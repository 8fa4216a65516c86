/* What a benchmark's protocol makes of a program. */
#include "suite/protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/str.h"
#include "suite/suite.h"
#include "tool/definitions.h"

static void what_runs_on_its_own_is_left_out(void **state)
{
    static const struct {
        const char *program, *want;
    } rows[] = {
        {"def f(x):\n    return x\n", "def f(x):\n    return x\n"},
        {"def f(x):\n    return x\n\nassert f(1) == 2\nprint(f(3))\nf(4)\n",
         "def f(x):\n    return x\n\n\n\n\n"},
        {"def f(x):\n    return g(x)\n\ndef g(x):\n    return x\n\nprint(f(1))\n",
         "def f(x):\n    return g(x)\n\ndef g(x):\n    return x\n\n\n"},
        {"print('before')\nTABLE = {}\nfor i in range(3):\n    TABLE[i] = i\n\ndef f(x):\n    "
         "return x\n",
         "print('before')\nTABLE = {}\nfor i in range(3):\n    TABLE[i] = i\n\ndef f(x):\n    "
         "return x\n"},
        {"def f(x):\n    return LIMIT\n\nLIMIT: int = 3\nf.cache = {}\nLIMIT += 1\nf = f\n",
         "def f(x):\n    return LIMIT\n\nLIMIT: int = 3\nf.cache = {}\nLIMIT += 1\nf = f\n"},
        {"def f(x):\n    return x\n\nif __name__ == '__main__':\n    f(1)\nelse:\n    f(2)\nx = "
         "1\n",
         "def f(x):\n    return x\n\n\n\n\n\nx = 1\n"},
        {"def f(x):\n    return x\ntry:\n    f(1)\nexcept Exception:\n    pass\nfinally:\n    "
         "f(2)\n",
         "def f(x):\n    return x\n\n\n\n\n\n\n"},
        {"def f(x):\n    return x\n\nassert f(\n    1) == 1\n# done\n@cache\ndef g(): pass\n",
         "def f(x):\n    return x\n\n\n\n# done\n@cache\ndef g(): pass\n"},
        {"if True:\n    def f(x):\n        return x\nelse:\n    def f(x):\n        return "
         "0\nf(1)\n",
         "if True:\n    def f(x):\n        return x\nelse:\n    def f(x):\n        return 0\n\n"},
        {"class A:\n    def f(self): pass\n\nA().f()\n",
         "class A:\n    def f(self): pass\n\nA().f()\n"},
        {"def f(x):\n    return x\n\n'''print(f(1))'''\nprint('''\ndef g(): pass\n''')\n",
         "def f(x):\n    return x\n\n\n\n\n\n"},
        {"", ""},
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got = definitions_of(rows[i].program, "f", a);
        if (strcmp(got, rows[i].want) != 0)
            fail_msg("%s\ngave\n%s", rows[i].program, got);
    }
    arena_free(a);
}

static const char *graded(const char *protocol, const char *prompt, const char *program,
                          struct arena *a)
{
    struct task t = {
        .prompt = prompt, .entry_point = "f", .protocol = suite_protocol_find(protocol)};
    return suite_protocol_program(&t, program, a);
}

static void the_prompt_s_head_belongs_to_the_program(void **state)
{
    static const char prompt[] =
        "from typing import List\n\n\ndef g(x):\n    return x\n\n\ndef f(x: "
        "List[int]):\n    \"\"\"Doc.\"\"\"\n";
    static const char head[] = "from typing import List\n\n\ndef g(x):\n    return x";
    static const char f[] = "def f(x: List[int]):\n    return g(x)\n";
    struct arena *a = arena_new();
    const char *whole = arena_printf(a, "%s\n%s", head, f);
    (void)state;
    assert_string_equal(graded("humaneval", prompt, f, a), whole);
    assert_string_equal(graded("mbpp_typed", prompt, f, a), whole);
    assert_string_equal(graded("humaneval", prompt, whole, a), whole);
    assert_string_equal(graded("mbpp", prompt, f, a), f);
    assert_string_equal(graded("none", prompt, f, a), f);
    assert_string_equal(graded("humaneval", "def f(x):\n    pass\n", f, a), f);
    assert_string_equal(graded("humaneval", "Write f.", f, a), f);
    assert_string_equal(
        graded("humaneval", prompt, "from __future__ import annotations\ndef f(x): pass\n", a),
        arena_printf(a, "from __future__ import annotations\n%s\ndef f(x): pass\n", head));
    assert_string_equal(graded("humaneval", "def f(x):\n", "def f(x): pass\nassert f(1)\n", a),
                        "def f(x): pass\n\n");
    assert_string_equal(graded("mbpp", "Write f.", "def f(x): pass\nassert f(1)\n", a),
                        "def f(x): pass\nassert f(1)\n");
    arena_free(a);
}

static void a_suite_names_its_protocol(void **state)
{
    static const char text[] = "suite: s\nprotocol: humaneval\ntasks:\n- id: a\n  prompt: 'p'\n"
                               "  entry_point: f\n  hidden_tests: ['assert f(1)']\n";
    static const char bad[] = "suite: s\nprotocol: human\ntasks:\n- id: a\n  prompt: 'p'\n"
                              "  entry_point: f\n  hidden_tests: ['assert f(1)']\n";
    struct suite s;
    struct err err = {0};
    (void)state;
    assert_int_equal(suite_parse("s.yaml", text, strlen(text), &s, &err), 0);
    assert_string_equal(s.protocol->name, "humaneval");
    assert_ptr_equal(s.tasks[0].protocol, s.protocol);
    suite_free(&s);
    assert_true(suite_parse("s.yaml", bad, strlen(bad), &s, &err) < 0);
    assert_non_null(strstr(err.msg, "s.yaml:2: "));
    assert_non_null(strstr(err.msg, suite_protocol_names()));
    char *names CLEANUP_FREE = xstrdup(suite_protocol_names());
    for (char *save = NULL, *name = strtok_r(names, ", ", &save); name;
         name = strtok_r(NULL, ", ", &save))
        assert_non_null(suite_protocol_find(name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_runs_on_its_own_is_left_out),
        cmocka_unit_test(the_prompt_s_head_belongs_to_the_program),
        cmocka_unit_test(a_suite_names_its_protocol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
