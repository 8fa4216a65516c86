/* Planner, supervisor and tester against a scripted model: which replies are taken, asked for
 * again, or dropped. */
#include "fixtures/control_script.h"

#include "control/code_planner.h"
#include "control/code_tester.h"
#include "control/math_supervisor.h"
#include "control/selftests.h"

static const char *const public_tests[] = {"assert f('a b') == 0"};
static const struct task task = {.id = "t",
                                 .prompt = "Write f, which counts the blanks at the end.",
                                 .entry_point = "f",
                                 .public_tests = public_tests,
                                 .n_public = 1};
static const struct task stdin_task = {.id = "s", .prompt = "Print the sum of two numbers."};
static const struct arm hrm_arm = {
    .name = "hrm", .controller = "hrm", .planner = true, .verifier = true, .tool = true};

/* An episode of which only one role plays. */
static struct episode e;
static struct err err;

static struct episode *begin(const struct task *t, const struct script *replies)
{
    if (e.arena)
        arena_free(e.arena);
    script = replies;
    memset(script_used, 0, sizeof script_used);
    asked[0] = '\0';
    e = (struct episode){
        .env = &env, .arm = &hrm_arm, .task = t, .arena = arena_new(), .err = &err};
    assert_int_equal(store_episode_add(store, "hrm", t->id, sample_counter++, &e.id, &err), 0);
    return &e;
}
#define BEGIN(t, ...) begin(t, (struct script[]){__VA_ARGS__, {0}})

/* "part reason again;" of each refusal. */
static const char *refusals(void)
{
    struct str s CLEANUP_STR = {0};
    for (size_t i = 0; i < e.transcript.n_events; i++) {
        const struct transcript_event *v = &e.transcript.events[i];
        if (v->kind == EVENT_REFUSED)
            str_addf(&s, "%s %s %d;", v->refused.part, v->refused.reason, v->refused.again);
    }
    return arena_strndup(e.arena, str_text(&s), s.len);
}

static const struct transcript_event *last_event(enum event_kind kind)
{
    for (size_t i = e.transcript.n_events; i-- > 0;)
        if (e.transcript.events[i].kind == kind)
            return &e.transcript.events[i];
    return NULL;
}

static struct code_plan planned(void)
{
    struct code_plan P = {0};
    assert_int_equal(code_planner_ask(&e, NULL, 0, &P), 0);
    return P;
}

/* ---- planner ---- */

static const char OWN[] = "1. Go from the end to the front.\n2. Stop at what is no blank.";
static const char INSTRUCTIONS[] =
    "1. Reply with a numbered list of at most 6 steps\n2. one short sentence each, in the order in "
    "which the program carries them out";

static void a_plan_in_words_is_taken(void **state)
{
    (void)state;
    BEGIN(&task, {"planner", OWN});
    struct code_plan P = planned();
    assert_string_equal(P.text, OWN);
    assert_string_equal(refusals(), "");
    assert_true(last_event(EVENT_PLAN)->plan.valid);
}

static void an_echo_is_asked_for_again_then_dropped(void **state)
{
    (void)state;
    BEGIN(&task, {"planner", INSTRUCTIONS}, {"planner", OWN});
    struct code_plan P = planned();
    assert_string_equal(P.text, OWN);
    assert_string_equal(refusals(), "plan echo 1;");
    assert_non_null(strstr(last_prompt, "Your last reply could not be used"));
    assert_null(strstr(last_prompt, "2. one short sentence")); /* not shown: it would be copied */
    const struct transcript_event *v = last_event(EVENT_PLAN);
    assert_true(!v->plan.valid && v->plan.reasked && v->plan.valid_final);

    BEGIN(&task, {"planner", INSTRUCTIONS}, {"planner", "I would rather not."});
    P = planned();
    assert_string_equal(P.text, "");
    assert_int_equal(P.n, 0);
    assert_string_equal(refusals(), "plan echo 1;plan none 0;");
    assert_false(last_event(EVENT_PLAN)->plan.valid_final);
}

static void a_line_that_echoes_is_left_out(void **state)
{
    (void)state;
    BEGIN(&task,
          {"planner", "1. Go from the end to the front.\n2. Write no code and nothing else.\n"
                      "3. Stop at what is no blank."});
    assert_string_equal(planned().text, OWN);
    assert_string_equal(refusals(), "");
}

#define WITH_SIGNATURE(text)                                                                       \
    "{\"steps\": [{\"id\": 1, \"desc\": \"count\"}], \"signature\": \"" text "\"}"

static void a_signature_is_that_of_the_task(void **state)
{
    (void)state;
    BEGIN(&task, {"planner", WITH_SIGNATURE("def f(text: str = '(') -> dict[str, int]:")});
    assert_string_equal(planned().signature, "def f(text: str = '(') -> dict[str, int]:");
    BEGIN(&task, {"planner", WITH_SIGNATURE("def g(text)")},
          {"planner", WITH_SIGNATURE("f(text)")});
    assert_string_equal(planned().signature, "f(text)");
    assert_string_equal(refusals(), "signature name 1;");
    /* Without a sound one, the plan stays and the signature goes. */
    BEGIN(&task, {"planner", WITH_SIGNATURE("def f(t): return t.count(' ')")},
          {"planner", "I would rather not."});
    struct code_plan P = planned();
    assert_string_equal(P.text, "1. count");
    assert_string_equal(P.signature, "");
    assert_string_equal(refusals(), "signature body 1;plan none 0;");
    BEGIN(&stdin_task, {"planner", WITH_SIGNATURE("def add(a, b)")},
          {"planner", WITH_SIGNATURE("def add(a, b)")});
    assert_string_equal(planned().signature, "");
    assert_string_equal(refusals(), "signature stdin 1;signature stdin 0;");
    assert_string_equal(code_plan_signature_fault("a function", "f"), "form");
    assert_string_equal(code_plan_signature_fault("def f(a, b", "f"), "form");
    assert_string_equal(code_plan_signature_fault("def ff(a)", "f"), "name");
    assert_null(code_plan_signature_fault("`def f(a)`", "f"));
}

static void plans_end_where_they_start_anew(void **state)
{
    (void)state;
    struct code_plan P = {0};
    struct arena *a = arena_new();
    assert_true(code_plan_parse("### 1. Read\n   - the line\n**2.** Count\n```\n3. code\n```\n\n"
                                "**Tests**\n1. f(1)\n2. f(2)",
                                &P, a));
    assert_string_equal(P.text, "1. Read\n2. Count");
    assert_true(code_plan_parse("1. a b\n2. c d\n3. a b\n4. e f", &P, a));
    assert_string_equal(P.text, "1. a b\n2. c d");
    assert_true(code_plan_parse("1. a\n2. b\n3. c\n4. d\n5. e\n6. f\n7. g", &P, a));
    assert_int_equal(P.n, CODE_PLAN_STEPS);
    assert_true(code_plan_parse("- a\n- b", &P, a));
    assert_string_equal(P.text, "1. a\n2. b");
    arena_free(a);
}

/* ---- supervisor ---- */

static const char EXAMPLE[] =
    "given: rows = 14 (\"14 rows\")\nunknown: seats\n1. multiply the 14 rows by the 25 seats in a "
    "row to get ALL seats\n2. Subtract the 283 tickets sold from the result of step 1";
static const char MATH[] = "given: numbers = 2 (\"two numbers\")\n"
                           "unknown: their sum, integer, in apples\n1. Add the two numbers.\n"
                           "2. Take their sum twice.";

static void the_example_is_no_plan(void **state)
{
    (void)state;
    struct math_work w = {.e = BEGIN(&stdin_task, {"supervisor", EXAMPLE}, {"supervisor", MATH})};
    assert_int_equal(math_supervise(&w, NULL, NULL), 0);
    assert_string_equal(w.P.text, MATH);
    assert_string_equal(w.P.type, "integer");
    assert_string_equal(w.P.unit, "apples");
    assert_int_equal(w.P.subgoals[1].n_deps, 1); /* all before */
    assert_string_equal(refusals(), "plan echo 1;");
    w = (struct math_work){
        .e = BEGIN(&stdin_task, {"supervisor", EXAMPLE}, {"supervisor", EXAMPLE})};
    assert_int_equal(math_supervise(&w, NULL, NULL), 0);
    assert_string_equal(w.P.subgoals[0].desc, stdin_task.prompt); /* the whole problem */
    assert_string_equal(refusals(), "plan echo 1;plan echo 0;");
}

/* ---- tester ---- */

static struct self_tests tests_in(const char *reply)
{
    struct self_tests T = {0};
    self_tests_parse(reply, &task, &T, e.arena);
    return T;
}

static void a_reply_without_tests_is_asked_for_again(void **state)
{
    (void)state;
    struct self_tests T = {0};
    BEGIN(&task, {"tester", "def f(s):\n    return 0"}, {"tester", "assert f('') == 0"});
    assert_int_equal(code_tester_ask(&e, &T), 0);
    assert_int_equal(T.n, 1);
    assert_string_equal(refusals(), "tests none 1;");
    assert_non_null(strstr(last_prompt, "It held no new test."));
    T = (struct self_tests){0};
    BEGIN(&task, {"tester", "def f(s):\n    return 0"}, {"tester", "None."});
    assert_int_equal(code_tester_ask(&e, &T), 0);
    assert_int_equal(last_event(EVENT_SELF_TESTS)->self_tests.n, 0);
    assert_string_equal(refusals(), "tests none 1;tests none 0;");
}

static void only_new_asserts_count(void **state)
{
    (void)state;
    BEGIN(&task, {0});
    assert_int_equal(tests_in("def f(s):\n    return 0\n\nassert f('x') == 0").n, 1);
    assert_int_equal(tests_in("assert f(\"a b\")==0").n, 0); /* public, in other words */
    assert_int_equal(tests_in("assert f('ab') == 0").n, 1);  /* another string */
    assert_int_equal(tests_in("assert f('x')==1\nassert f( \"x\" ) == 1").n, 1);
    assert_int_equal(tests_in("assert f(\"it's\") == 0\nassert f('its') == 0").n, 2);
    assert_int_equal(tests_in("assert ff(1) == 1\nassert x.f(1) == 1\nassert f == 1").n, 0);
    assert_int_equal(tests_in("assert f('x' == 0\nassert f('y') == 0").n, 1); /* one is no Python */
    struct self_tests T = tests_in("1. `assert f('x') == 0`\n\nassert f([\n    1,\n]) == 1\nend");
    assert_int_equal(T.n, 2);
    assert_string_equal(T.tests[0], "assert f('x') == 0");
    assert_string_equal(T.tests[1], "assert f([\n    1,\n]) == 1");
    struct str many CLEANUP_STR = {0};
    for (int i = 0; i < 20; i++)
        str_addf(&many, "assert f('%d') == 0\n", i);
    assert_int_equal(tests_in(str_text(&many)).n, SELF_TESTS_MAX);
}

static int set_up(void **state)
{
    (void)state;
    script_set_up("chat");
    return 0;
}

static int tear_down(void **state)
{
    arena_free(e.arena);
    return script_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_in_words_is_taken),
        cmocka_unit_test(an_echo_is_asked_for_again_then_dropped),
        cmocka_unit_test(a_line_that_echoes_is_left_out),
        cmocka_unit_test(a_signature_is_that_of_the_task),
        cmocka_unit_test(plans_end_where_they_start_anew),
        cmocka_unit_test(the_example_is_no_plan),
        cmocka_unit_test(a_reply_without_tests_is_asked_for_again),
        cmocka_unit_test(only_new_asserts_count),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
