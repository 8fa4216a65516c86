/* What math episodes read out of replies: plans, tool calls, final answers, values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "control/assigned.h"
#include "tool/finals.h"
#include "control/math_plan.h"
#include "control/math_value.h"
#include "tool/tool_call.h"

static struct arena *arena;

static struct math_plan parsed(const char *reply)
{
    struct math_plan p = {0};
    assert_true(math_plan_parse(reply, &p, arena));
    return p;
}

static void assert_order(const struct math_plan *p, const char *ids)
{
    struct str s CLEANUP_STR = {0};
    for (size_t k = 0; k < p->n; k++)
        str_addf(&s, "%s%s", k ? " " : "", p->subgoals[p->order[k]].id);
    assert_string_equal(str_text(&s), ids);
}

static void plans_are_sorted_by_what_they_need(void **state)
{
    (void)state;
    struct math_plan p =
        parsed("{\"givens\": [{\"name\": \"a\", \"value\": \"1,200\", \"quote\": \"1,200 km\"}], "
               "\"unknown\": \"u\", \"type\": \"number\", \"unit\": \"km\", \"subgoals\": ["
               "{\"id\": \"c\", \"desc\": \"a and b\", \"deps\": [\"a\", \"b\"]},"
               "{\"id\": \"b\", \"desc\": \"after #a\", \"deps\": []},"
               "{\"id\": \"a\", \"expr_desc\": \"first\"}]}");
    assert_null(p.problem);
    assert_true(p.from_json && !p.repaired);
    assert_order(&p, "a b c");
    assert_string_equal(p.subgoals[p.goal].id, "c");
    assert_string_equal(p.givens[0].value, "1,200");
    assert_string_equal(p.text, "given: a = 1,200 (\"1,200 km\")\nunknown: u, number, in km\n"
                                "c. a and b (needs a, b)\nb. after #a (needs a)\na. first");
    assert_int_equal(strlen(p.hash), 64);
}

static void numbers_serve_as_ids(void **state)
{
    (void)state;
    struct math_plan p = parsed("Here it is:\n```json\n{\"givens\": [], \"unknown\": \"u\", "
                                "\"subgoals\": [{\"id\": 1, \"desc\": \"x\", \"deps\": []}, "
                                "{\"id\": 2, \"desc\": \"y\", \"depends_on\": [1]}]}\n```");
    assert_null(p.problem);
    assert_true(p.repaired);
    assert_int_equal(p.subgoals[1].n_deps, 1);
    assert_int_equal(p.subgoals[1].deps[0], 0);
}

static void what_is_wrong_with_a_plan_is_said(void **state)
{
    (void)state;
#define SUBGOALS(list) "{\"givens\": [], \"unknown\": \"u\", \"subgoals\": [" list "]}"
    static const struct {
        const char *reply, *problem, *order;
    } cases[] = {
        {SUBGOALS("{\"id\":\"a\",\"desc\":\"x\",\"deps\":[\"z\"]}"),
         "subgoal a depends on 'z', which is no other subgoal", "a"},
        {SUBGOALS("{\"id\":\"a\",\"desc\":\"x\",\"deps\":[\"a\"]}"),
         "subgoal a depends on 'a', which is no other subgoal", "a"},
        {SUBGOALS("{\"id\":\"a\",\"desc\":\"x\",\"deps\":[\"b\"]},"
                  "{\"id\":\"b\",\"desc\":\"y\",\"deps\":[\"a\"]}"),
         "subgoal a depends on itself, through others", "a b"},
        {SUBGOALS("{\"id\":\"a\",\"desc\":\"x\"},{\"id\":\"a\",\"desc\":\"y\"}"),
         "two subgoals have the id a", "a 2"},
        {SUBGOALS("{\"desc\":\"x\"}"), "every subgoal needs an id", "1"},
        {"{\"unknown\": \"u\", \"subgoals\": [{\"id\":\"a\",\"desc\":\"x\"}]}", "givens is missing",
         "a"},
        {"{\"givens\": [], \"subgoals\": [{\"id\":\"a\",\"desc\":\"x\"}]}", "unknown is missing",
         "a"},
        {"{\"givens\": [{\"name\": \"n\", \"value\": \"many\"}], \"unknown\": \"u\", "
         "\"subgoals\": [{\"id\":\"a\",\"desc\":\"x\"}]}",
         "every given needs a value that is a number", "a"},
        {"1. 5 groups of 8\n2. #3 plus 12", "subgoal 2 depends on '3', which is no other subgoal",
         "1 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct math_plan p = parsed(cases[i].reply);
        assert_non_null(p.problem);
        assert_string_equal(p.problem, cases[i].problem);
        assert_order(&p, cases[i].order);
    }
    static const char *const none[] = {"", "I would add them.", "{\"subgoals\": []}",
                                       "{\"subgoals\": [{\"id\": \"a\"}]}", "{\"subgoals\": [1"};
    struct math_plan p = {0};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(math_plan_parse(none[i], &p, arena));
}

static void lines_refer_to_each_other(void **state)
{
    (void)state;
    struct math_plan p = parsed("1. 5 groups of 8\n2. 3 plus 4\n3. #1 minus #2");
    assert_null(p.problem);
    assert_int_equal(p.subgoals[2].n_deps, 2);
    assert_string_equal(p.text, "1. 5 groups of 8\n2. 3 plus 4\n3. #1 minus #2");
    assert_int_equal(p.goal, 2);
    p = math_plan_whole("How many?", arena);
    assert_int_equal(p.n, 1);
    assert_string_equal(p.subgoals[0].desc, "How many?");
}

static struct tool_call found(const char *reply)
{
    struct tool_call c = {0};
    if (!tool_call_find(reply, &c, arena))
        fail_msg("no call in: %s", reply);
    return c;
}

static void calls_are_found_in_fences(void **state)
{
    (void)state;
    struct tool_call c = found("So:\n```python\nprint(1)\n```\nIt prints\n```\n1\n```\n"), d;
    assert_string_equal(c.form, "fence");
    assert_string_equal(c.program, "print(1)\n");
    assert_string_equal(found("```Python\nx = 1").program, "x = 1");
    assert_string_equal(found("```\nprint(2)\n```").program, "print(2)\n");
    assert_string_equal(found("```python\na\n```\n```python\nb\n```").program, "b\n");
    assert_string_equal(found("<think>```python\na\n```</think>```python\nc\n```").program, "c\n");
    assert_false(tool_call_find("The answer is 5.", &d, arena));
    assert_false(tool_call_find("```text\n5\n```", &d, arena));
    assert_false(tool_call_find("```python\n```", &d, arena));
    assert_false(tool_call_find("a dict {\"name\": \"x\"} is no call", &d, arena));
    assert_true(tool_call_program("print(3)", NULL, &d, arena));
    assert_string_equal(d.form, "text");
    assert_false(tool_call_program(" \n", NULL, &d, arena));
}

static void calls_are_found_in_json(void **state)
{
    (void)state;
    static const char *const same[] = {
        "{\"name\": \"python\", \"arguments\": {\"code\": \"print(1)\"}}",
        "I call {\"tool\": \"python\", \"args\": {\"code\": \"print(1)\"}} now.",
        ("<tool_call>\n{\"name\": \"python\", \"parameters\": {\"code\": "
         "\"print(1)\"}}\n</tool_call>"),
        "```json\n{\"name\": \"python\", \"arguments\": \"{\\\"code\\\": \\\"print(1)\\\"}\"}\n```",
        "[{\"function\": {\"name\": \"python\", \"arguments\": {\"code\": \"print(1)\"}}}]",
        "```\n{\"name\": \"python\", \"arguments\": {\"code\": \"print(1)\"}}\n```",
    };
    struct tool_call fence = found("```python\nprint(1)```");
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct tool_call c = found(same[i]);
        assert_string_equal(c.form, "json");
        assert_null(c.error);
        assert_string_equal(c.program, "print(1)");
        assert_string_equal(c.hash, found(same[0]).hash);
    }
    assert_string_equal(fence.hash, found(same[0]).hash); /* the same call in another form */
    struct tool_call bad = found("{\"name\": \"bash\", \"arguments\": {\"code\": \"ls\"}}");
    assert_string_equal(bad.error, "unknown_tool");
    assert_null(bad.program);
    assert_string_not_equal(bad.hash, fence.hash);
    bad = found("{\"name\": \"python\", \"arguments\": {\"code\": \"1\", \"timeout\": 5}}");
    assert_string_equal(bad.error, "bad_arguments");
    assert_string_equal(bad.message, "python has no argument 'timeout'; its one argument is code.");
    assert_string_equal(found("{\"name\": \"python\", \"arguments\": [1]}").error, "bad_arguments");
    assert_string_equal(found("<tool_call>python(1)</tool_call>").error, "bad_arguments");
    bad = found("{\"name\": \"aéééééééééééééééééééééééé\", \"arguments\": {}}");
    assert_true(utf8_valid(bad.message, strlen(bad.message))); /* cut, but not inside a letter */
}

static const char *finals(const char *reply)
{
    struct finals f = finals_find(reply, arena);
    json_t *list CLEANUP_JSON = json_array();
    for (size_t i = 0; i < f.n; i++)
        json_array_append_new(list, json_string(f.text[i]));
    char *text CLEANUP_FREE = json_text(list);
    return arena_strdup(arena, text);
}

static void final_answers_are_all_found(void **state)
{
    (void)state;
    assert_string_equal(finals("ANSWER: 52 apples."), "[\"52 apples\"]");
    assert_string_equal(finals("**Answer:** 1,200 km"), "[\"1,200 km\"]");
    assert_string_equal(finals("#### 5\nThe answer is 6."), "[\"5\",\"6\"]");
    assert_string_equal(finals("The answer is: \\boxed{7}"), "[\"7\"]");
    assert_string_equal(finals("\\boxed{\\frac{1}{2}} or ANSWER:\n0.5"),
                        "[\"\\\\frac{1}{2}\",\"0.5\"]");
    assert_string_equal(finals("<think>ANSWER: 1</think>ANSWER: 2"), "[\"2\"]");
    assert_string_equal(finals("It is 5. ANSWER:"), "[]");
}

static void values_are_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text, *plain;
    } cases[] = {{"12", "12"},      {"12.0", "12"},      {"0.30000000000000004", "0.3"},
                 {"1,234", "1234"}, {"$18.50", "18.5"},  {"Total: 7 apples", "7"},
                 {"-3/4", "-0.75"}, {"50%", "50"},       {"123456789012345678901234", NULL},
                 {"None", "None"},  {"[1, 2]", "[1, 2]"}};
    double v;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(math_plain(cases[i].text, arena),
                            cases[i].plain ? cases[i].plain : cases[i].text);
    assert_false(math_number("[1, 2]", &v));
    assert_false(math_number("nan", &v));
    assert_true(math_same("52", "52.0") && math_same("0.3333333", "1/3") && math_same("x", "x"));
    assert_false(math_same("52", "52.1") || math_same("x", "y"));
    assert_null(math_type_error("5", "integer", arena));
    assert_null(math_type_error("2.5", "number", arena));
    assert_string_equal(math_type_error("2.5", "integer", arena),
                        "the result is 2.5; expected a whole number");
    assert_string_equal(math_type_error("True", "", arena),
                        "the result is 'True'; expected one number");
    assert_non_null(math_type_error(NULL, "", arena));
    const char *votes[] = {"7", "52", "7.0", "52 apples", "9"};
    assert_int_equal(math_majority(votes, 5), 0); /* a tie: the first */
    assert_int_equal(math_majority(votes + 1, 4), 0);
    assert_int_equal(math_majority(votes + 2, 3), 0);
    const char *error;
    assert_string_equal(math_stated("So \\boxed{3}.\nANSWER: 4 km", "", &error, arena), "4");
    assert_string_equal(math_stated("perhaps 5", "", &error, arena), "5");
    assert_null(math_stated("no idea", "", &error, arena));
    assert_string_equal(error, "the reply does not end in a number");
}

static void assigned_names_are_found(void **state)
{
    (void)state;
    assert_true(assigned_has("x = 1\nanswer = x", "answer"));
    assert_true(assigned_has("answer=1", "answer"));
    assert_false(assigned_has("x = 1\nif x:\n    answer = x", "answer"));
    assert_false(assigned_has("answer == 1\nanswers = 2", "answer"));
    assert_string_equal(assigned_last("x = 1\ny = 2\nprint(y)", arena), "y");
    assert_null(assigned_last("print(1)", arena));
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_are_sorted_by_what_they_need),
        cmocka_unit_test(numbers_serve_as_ids),
        cmocka_unit_test(what_is_wrong_with_a_plan_is_said),
        cmocka_unit_test(lines_refer_to_each_other),
        cmocka_unit_test(calls_are_found_in_fences),
        cmocka_unit_test(calls_are_found_in_json),
        cmocka_unit_test(final_answers_are_all_found),
        cmocka_unit_test(values_are_numbers),
        cmocka_unit_test(assigned_names_are_found),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
