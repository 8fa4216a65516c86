/* The flat controller for math against a scripted model and tool, and which arms play which tasks.
 */
#include "fixtures/math_script.h"

#include <errno.h>

/* ---- flat ---- */

static void tools_are_used_until_an_answer(void **state)
{
    (void)state;
    struct played p =
        PLAY(&flat_arm, {"flat", "I compute.\n```python\nprint(40)\n```"}, {"flat", FAILS},
             {"flat", "```python\nanswer = 52\n```"}, {"flat", "So it is.\nANSWER: 52 apples"});
    assert_int_equal(p.rc, 0);
    assert_true(p.row.passed);
    assert_string_equal(p.row.stop, "answered");
    assert_string_equal(p.row.submission, "52 apples");
    assert_int_equal(p.row.tool_runs, 3);
    assert_int_equal(p.row.iterations, 1);
    assert_int_equal(last_n_messages,
                     10); /* system, an example of two, four of the user, three replies between */
    assert_has(last_prompt, "The program printed:\n52");
    assert_has(record_of(&flat_arm),
               "answer {\"answer\":\"52 apples\",\"from\":\"text\",\"finals\":[\"52 apples\"]}");
    assert_has(record_of(&flat_arm), "run flat error {\"purpose\":\"tool\",\"subgoal\":null,");
    arena_free(p.arena);
}

static void a_program_is_told_what_it_did(void **state)
{
    (void)state;
    env.budget.max_calls = 2;
    struct played p = PLAY(&flat_arm, {"flat", FAILS}, {"flat", "ANSWER: 1"});
    assert_has(last_prompt, "NameError: name 'x' is not defined");
    arena_free(p.arena);
    p = PLAY(&flat_arm, {"flat", "```python\npass\n```"}, {"flat", "ANSWER: 1"});
    assert_has(last_prompt, "The program printed nothing.");
    arena_free(p.arena);
    struct str s CLEANUP_STR = {0};
    str_add(&s, "```python\nprint(9");
    for (int i = 0; i < 2000; i++)
        str_addc(&s, '1');
    str_add(&s, ")\n```");
    p = PLAY(&flat_arm, {"flat", s.p}, {"flat", "ANSWER: 1"});
    const char *ones = strstr(last_prompt, "91");
    assert_int_equal(strspn(ones, "91"), 800);
    arena_free(p.arena);
    env.budget.max_calls = 0;
}

static void unsound_calls_are_answered(void **state)
{
    (void)state;
    static const struct {
        const char *reply, *told, *error;
    } cases[] = {
        {"{\"tool\": \"calculator\", \"args\": {\"x\": 1}}", "There is no tool 'calculator'",
         "unknown_tool"},
        {"{\"name\": \"python\", \"arguments\": {\"program\": \"1\"}}",
         "python has no argument 'program'", "bad_arguments"},
        {"{\"name\": \"python\", \"parameters\": {}}", "python needs the argument code",
         "bad_arguments"},
        {"{\"name\": \"python\", \"arguments\": {\"code\": 5}}", "python needs the argument code",
         "bad_arguments"},
        {"<tool_call>{\"name\": \"python\", \"arg", "The tool call is not JSON", "bad_arguments"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct played p = PLAY(&flat_arm, {"flat", cases[i].reply}, {"flat", "ANSWER: 52"});
        assert_int_equal(p.rc, 0);
        assert_has(last_prompt, cases[i].told);
        assert_has(record_of(&flat_arm), cases[i].error);
        assert_int_equal(p.row.tool_runs, 0);
        assert_true(p.row.passed);
        arena_free(p.arena);
    }
}

#define NONE "refused {\"part\":\"program\",\"reason\":\"none\",\"again\":"

static void a_reply_that_says_nothing_is_reminded_once(void **state)
{
    (void)state;
    struct played p = PLAY(&flat_arm, {"flat", "Let me think about 52."}, {"flat", "It is 52."});
    assert_has(last_prompt, "neither a program nor a line ANSWER");
    assert_string_equal(p.row.submission, "52");
    assert_string_equal(p.row.stop, "answered");
    assert_has(record_of(&flat_arm), NONE "true}"); /* as the replies of all other arms */
    assert_null(strstr(record_of(&flat_arm), NONE "false}"));
    arena_free(p.arena);
    p = PLAY(&flat_arm, {"flat", "Hm."}, {"flat", "No idea."});
    assert_has(record_of(&flat_arm), NONE "true}");
    assert_has(record_of(&flat_arm), NONE "false}");
    assert_string_equal(p.row.stop, "no_answer");
    assert_string_equal(p.row.verdict, "none");
    arena_free(p.arena);
}

static void flat_caps_submit_what_stands(void **state)
{
    (void)state;
    struct budget kept = env.budget;
    static const struct script s[] = {{"flat", RUN_7},
                                      {"flat", FAILS},
                                      {"flat", "```python\nprint(9)\n```\nANSWER: 52"},
                                      {"flat", RUN_40},
                                      {0}};
    static const struct {
        struct budget b;
        const char *stop, *submission;
    } cases[] = {
        {{.max_calls = 1}, "budget:calls", "7"},
        {{.max_calls = 2}, "budget:calls", "7"}, /* what failed takes nothing back */
        {{.max_calls = 3}, "budget:calls", "9"}, /* what it came to, not what was guessed before */
        {{.max_tool_runs = 2}, "budget:tool_runs", "52"},
        {{.max_generated_tokens = 35}, "budget:generated_tokens", "7"},
        {{.max_total_tokens = 55}, "budget:total_tokens", "7"},
        {{.max_seconds = 1.5}, "budget:seconds", "7"},
        {{.max_seconds = 0.5}, "budget:seconds", ""}, /* its program could not be run */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        env.budget = cases[i].b;
        struct played p = play(&flat_arm, sample_counter++, s);
        assert_int_equal(p.rc, 0);
        assert_string_equal(p.row.stop, cases[i].stop);
        assert_string_equal(p.row.submission, cases[i].submission);
        arena_free(p.arena);
    }
    env.budget = kept;
}

static void one_shot_strategies(void **state)
{
    (void)state;
    struct arm arm = flat_arm;
    arm.strategy = "pot";
    struct played p = PLAY(&arm, {"flat", RUN_52});
    assert_true(p.row.passed);
    assert_has(record_of(&arm), "\"from\":\"tool\"");
    arena_free(p.arena);
    p = PLAY(&arm, {"flat", FAILS});
    assert_string_equal(p.row.stop, "no_answer");
    arena_free(p.arena);
    arm.strategy = "cot";
    p = PLAY(&arm, {"flat", "\\boxed{50}, no: ANSWER: 52"});
    assert_true(p.row.passed);
    assert_int_equal(p.row.tool_runs, 0);
    assert_has(record_of(&arm), "\"finals\":[\"50\",\"52\"]");
    arena_free(p.arena);
    arm.strategy = "tools"; /* without the tool */
    arm.tool = false;
    p = PLAY(&arm, {"flat", "```python\nprint(7)\n```\nANSWER: 52"});
    assert_true(p.row.passed);
    assert_int_equal(p.row.tool_runs, 0);
    arena_free(p.arena);
}

static void votes_are_counted_at_rising_temperature(void **state)
{
    (void)state;
    env.budget.max_iters = 4;
    struct arm arm = flat_arm;
    arm.strategy = "vote";
    struct played p =
        PLAY(&arm, {"flat", RUN_7}, {"flat", RUN_52}, {"flat", FAILS}, {"flat", "print(52.0)"});
    assert_string_equal(asked, "flat:0.2 flat:0.4 flat:0.6 flat:0.8 ");
    assert_string_equal(p.row.submission, "52");
    assert_int_equal(p.row.iterations, 4);
    assert_true(p.row.passed);
    assert_has(record_of(&arm), "\"from\":\"vote\"");
    arena_free(p.arena);
    arm.tool = false;
    p = PLAY(&arm, {"flat", "ANSWER: 52"}, {"flat", "ANSWER: 7"}, {"flat", "?"}, {"flat", "??"});
    assert_string_equal(p.row.submission, "52"); /* a tie goes to the first */
    assert_int_equal(p.row.tool_runs, 0);
    arena_free(p.arena);
    env.budget.max_iters = 3;
}

/* ---- which arms play what ---- */

static void arms_are_checked_against_the_domain(void **state)
{
    (void)state;
    struct err e = {0};
    struct arm arm = flat_arm;
    assert_int_equal(control_check(&arm, SUITE_MATH, &e), 0);
    assert_int_equal(control_check(&arm, SUITE_CODE, &e), -EINVAL);
    assert_string_equal(e.msg, "arm 'flat': strategy: expected retry, oneshot, best_of_n or "
                               "self_plan for code tasks, found 'tools'");
    arm.strategy = "best_of_n";
    assert_int_equal(control_check(&arm, SUITE_MATH, &e), -EINVAL);
    assert_string_equal(e.msg,
                        "arm 'flat': strategy: expected tools, tools_vote, pot, cot, vote or "
                        "self_plan for math tasks, found 'best_of_n'");
    arm.strategy = NULL;
    assert_int_equal(control_check(&arm, SUITE_MATH, &e), 0);
    assert_string_equal(arm.strategy, "tools");
    arm.strategy = "pot";
    arm.tool = false;
    assert_int_equal(control_check(&arm, SUITE_MATH, &e), -EINVAL);
    assert_has(e.msg, "strategy pot runs programs; it cannot do without the tool");
    arm = hrm_arm;
    arm.as_needed = true;
    assert_int_equal(control_check(&arm, SUITE_CODE, &e), 0);
    assert_int_equal(control_check(&arm, SUITE_MATH, &e), 0);
    arm.reviewer = true;
    assert_int_equal(control_check(&arm, SUITE_CODE, &e), 0);
    assert_int_equal(control_check(&arm, SUITE_MATH, &e), -EINVAL);
    assert_string_equal(e.msg, "arm 'hrm': 'reviewer' is a switch for code tasks, and these are "
                               "math tasks");
    arm = hrm_arm;
    arm.verifier = false;
    assert_int_equal(control_check(&arm, SUITE_CODE, &e), -EINVAL);
    arm.controller = "tree";
    assert_int_equal(control_check(&arm, SUITE_MATH, &e), -EINVAL);
    assert_has(e.msg, "no controller 'tree' for math tasks");
}

/* The starter's programs that read stdin stand in the math suite. */
static void programs_in_a_math_suite_are_coded(void **state)
{
    (void)state;
    static const struct suite_case cases[] = {{.stdin_text = "3\n", .expect_substr = "6"}};
    static const struct task program = {
        .id = "sum_first_n", .prompt = "Read n; print 1 + ... + n.", .cases = cases, .n_cases = 1};
    script_task = &program;
    struct played p = PLAY(&flat_arm, {"flat", "```python\n# HIDDEN\n```"});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "flat:0.2 ");
    assert_true(p.row.passed);
    assert_has(last_prompt, "Write a complete program that reads standard input");
    arena_free(p.arena);
    p = PLAY(&hrm_arm, {"planner", "1. read\n2. sum"}, {"coder", "```python\n# HIDDEN\n```"});
    assert_string_equal(asked, "planner:0.2 coder:0.2 ");
    assert_true(p.row.passed);
    arena_free(p.arena);
    script_task = &task;
}

static void a_task_brings_its_limits(void **state)
{
    (void)state;
    struct task narrow = task;
    narrow.limits = (struct tool_limits){.cpu_s = 7, .memory_bytes = 64 << 20};
    script_task = &narrow;
    struct played p = PLAY(&flat_arm, {"flat", RUN_52}, {"flat", "ANSWER: 52"});
    assert_int_equal(p.rc, 0);
    assert_int_equal(p.row.tool_runs, 1);
    assert_memory_equal(&run_limits, &narrow.limits, sizeof run_limits);
    arena_free(p.arena);
    script_task = &task;
}

static void the_first_prompt_is_what_is_asked_first(void **state)
{
    (void)state;
    struct arm arms[] = {hrm_arm, hrm_arm, hrm_arm, flat_arm, flat_arm, flat_arm};
    static const char *const role[] = {"supervisor", "solver", "solver", "flat", "flat", "flat"};
    arms[1].planner = arms[2].planner = arms[2].tool = false;
    arms[4].strategy = "cot";
    arms[5].strategy = "vote";
    fail_at = 2; /* so that the first prompt is the last */
    for (size_t i = 0; i < sizeof arms / sizeof *arms; i++) {
        struct played p = PLAY(&arms[i], {role[i], FAILS});
        struct err e = {0};
        const char *shown = control_first_prompt(&env, &arms[i], &task, p.arena, &e);
        assert_non_null(shown);
        assert_int_equal(strncmp(asked, role[i], strlen(role[i])), 0);
        assert_has(shown, last_prompt);
        assert_has(shown, task.prompt);
        arena_free(p.arena);
    }
    fail_at = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tools_are_used_until_an_answer),
        cmocka_unit_test(a_program_is_told_what_it_did),
        cmocka_unit_test(unsound_calls_are_answered),
        cmocka_unit_test(a_reply_that_says_nothing_is_reminded_once),
        cmocka_unit_test(flat_caps_submit_what_stands),
        cmocka_unit_test(one_shot_strategies),
        cmocka_unit_test(votes_are_counted_at_rising_temperature),
        cmocka_unit_test(arms_are_checked_against_the_domain),
        cmocka_unit_test(programs_in_a_math_suite_are_coded),
        cmocka_unit_test(a_task_brings_its_limits),
        cmocka_unit_test(the_first_prompt_is_what_is_asked_first),
    };
    return cmocka_run_group_tests(tests, set_up, script_tear_down);
}
