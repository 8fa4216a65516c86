/* The hierarchy for math against a scripted model and tool, held against the pseudo-code of
 * methods.md. */
#include "fixtures/math_script.h"

#include <errno.h>

#include "base/clock.h"
#include "base/file.h"

/* ---- the hierarchy ---- */

static void the_hierarchy_solves_and_verifies(void **state)
{
    (void)state;
    struct played p = PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", RUN_52},
                           {"verifier", RUN_52});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "supervisor:0.2 solver:0.2 solver:0.2 verifier:0.2 ");
    assert_true(p.row.passed);
    assert_string_equal(p.row.verdict, "pass");
    assert_string_equal(p.row.stop, "accepted");
    assert_string_equal(p.row.submission, "52");
    assert_int_equal(p.row.iterations, 1);
    assert_int_equal(p.row.tool_runs, 3);
    assert_true(p.row.solve_seconds == 4); /* it stood before it was verified */
    assert_true(p.row.seconds == 5.5);
    assert_string_equal(
        p.roles,
        "{\"supervisor\":{\"calls\":1,\"tool_runs\":0,\"prompt_tokens\":10,\"generated_tokens\":20,"
        "\"model_seconds\":1.0,\"tool_seconds\":0.0},"
        "\"solver\":{\"calls\":2,\"tool_runs\":2,\"prompt_tokens\":20,\"generated_tokens\":40,"
        "\"model_seconds\":2.0,\"tool_seconds\":1.0},"
        "\"verifier\":{\"calls\":1,\"tool_runs\":1,\"prompt_tokens\":10,\"generated_tokens\":20,"
        "\"model_seconds\":1.0,\"tool_seconds\":0.5}}");
    const char *r = record_of(&hrm_arm);
    assert_has(r, "\"valid\":true,\"reasked\":false,\"valid_final\":true,\"repaired\":false,"
                  "\"subgoals\":[{\"id\":\"s1\",\"desc\":\"5 groups of 8\",\"deps\":[]},{\"id\":"
                  "\"s2\",\"desc\":\"s1 plus 12\",\"deps\":[\"s1\"]}],\"givens\":[{\"name\":"
                  "\"groups\",\"value\":\"5\",\"quote\":\"Five groups\"}],\"unknown\":\"all\","
                  "\"type\":\"integer\",\"unit\":\"\"}");
    assert_has(r, "tool_call {\"form\":\"fence\",\"tool\":\"python\",\"ok\":true,\"error\":null,");
    assert_has(r, "subgoal {\"id\":\"s2\",\"try\":1,\"ok\":true,\"value\":\"52\",\"uses\":{\"s1\":"
                  "\"40\"},\"error\":null}");
    assert_has(r, "answer {\"answer\":\"52\",\"from\":\"subgoal\",\"finals\":[]}");
    assert_has(r, "verdict {\"verdict\":\"pass\",\"answer\":\"52\",\"computed\":\"52\",\"subgoal\":"
                  "null,\"log_failed\":false}");
    assert_has(r, "submit {\"stop\":\"accepted\",\"answer\":\"52\"}");
    assert_has(r, "run solver ok {\"purpose\":\"subgoal\",\"subgoal\":\"s1\",\"stdout\":\"\","
                  "\"stderr\":\"\",\"value\":\"40\",\"error_type\":null,\"message\":null}");
    assert_has(r, "run verifier ok {\"purpose\":\"verify\",\"subgoal\":null,");
    arena_free(p.arena);
}

static void the_solver_sees_values_and_its_error(void **state)
{
    (void)state;
    env.budget.max_calls = 4;
    struct played p = PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", FAILS},
                           {"solver", "```python\nanswer = 2.5\n```"});
    assert_has(last_prompt, task.prompt);
    assert_has(last_prompt, "s1 plus 12");
    assert_has(last_prompt, "s1. 5 groups of 8 = 40");
    assert_has(last_prompt, "FAIL\n");
    assert_has(last_prompt, "NameError: name 'x' is not defined");
    assert_has(record_of(&hrm_arm), "\"error\":\"the result is 2.5; expected a whole number\"");
    assert_string_equal(p.row.stop, "budget:calls");
    assert_string_equal(p.row.submission, "");
    assert_string_equal(p.row.verdict, "none");
    arena_free(p.arena);
    env.budget.max_calls = 0;
}

static void three_tries_then_one_replan_that_keeps_what_is_resolved(void **state)
{
    (void)state;
    struct played p = PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", FAILS},
                           {"solver", FAILS_TOO}, {"solver", FAILS_AS_WELL}, {"supervisor", BETTER},
                           {"solver", RUN_52}, {"verifier", RUN_52});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "supervisor:0.2 solver:0.2 solver:0.2 solver:0.2 solver:0.2 "
                               "supervisor:0.2 solver:0.2 verifier:0.2 ");
    assert_int_equal(p.row.replans, 1);
    assert_true(p.row.passed);
    assert_has(record_of(&hrm_arm), "\"desc\":\"add 12 to #s1\",\"deps\":[\"s1\"]");
    arena_free(p.arena);

    env.budget.max_iters = 1;
    p = PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", FAILS}, {"solver", FAILS_TOO},
             {"solver", FAILS_AS_WELL}, {"supervisor", BETTER}, {"solver", FAILS},
             {"solver", FAILS_TOO}, {"solver", FAILS_AS_WELL});
    env.budget.max_iters = 3;
    assert_int_equal(p.rc, 0); /* no second replan */
    assert_string_equal(p.row.stop, "budget:iterations");
    assert_string_equal(p.row.verdict, "none");
    assert_int_equal(p.row.tool_runs, 6);
    arena_free(p.arena);
}

static void the_supervisor_reads_what_went_wrong(void **state)
{
    (void)state;
    env.budget.max_calls = 6;
    struct played p =
        PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", FAILS},
             {"solver", FAILS_TOO}, {"solver", FAILS_AS_WELL}, {"supervisor", BETTER});
    assert_has(last_prompt, "s2. s1 plus 12 (needs s1)");
    assert_has(last_prompt, "s1. 5 groups of 8 = 40");
    assert_has(last_prompt, "Subgoal s2 (s1 plus 12) could not be solved: NameError: name 'x'");
    arena_free(p.arena);
    env.budget.max_calls = 0;
}

static void a_bad_plan_is_asked_for_once_more(void **state)
{
    (void)state;
    static const char circle[] = "{\"givens\":[],\"unknown\":\"x\",\"subgoals\":[{\"id\":\"a\","
                                 "\"desc\":\"first\",\"deps\":[\"b\"]},{\"id\":\"b\",\"desc\":"
                                 "\"second\",\"deps\":[\"a\"]}]}";
    struct played p = PLAY(&hrm_arm, {"supervisor", circle}, {"supervisor", PLAN},
                           {"solver", RUN_40}, {"solver", RUN_52}, {"verifier", RUN_52});
    assert_true(p.row.passed);
    assert_has(record_of(&hrm_arm), "\"valid\":false,\"reasked\":true,\"valid_final\":true");
    arena_free(p.arena);

    env.budget.max_calls = 2;
    p = PLAY(&hrm_arm, {"supervisor", circle}, {"supervisor", "I had rather not."});
    assert_has(last_prompt, "could not be used: subgoal a depends on itself, through others.");
    arena_free(p.arena);
    env.budget.max_calls = 0;

    p = PLAY(&hrm_arm, {"supervisor", circle}, {"supervisor", "I had rather not."},
             {"solver", RUN_7}, {"solver", RUN_52}, {"verifier", RUN_52});
    assert_true(p.row.passed); /* as far as it can be read: b needs a, and a comes first */
    assert_has(record_of(&hrm_arm), "\"valid_final\":false");
    arena_free(p.arena);

    p = PLAY(&hrm_arm, {"supervisor", "No."}, {"supervisor", "I had rather not."},
             {"solver", RUN_52}, {"verifier", RUN_52});
    assert_true(p.row.passed); /* the whole problem is the one subgoal */
    assert_has(record_of(&hrm_arm), "plan {\"plan\":\"I had rather not.\"");
    assert_has(record_of(&hrm_arm), "subgoal {\"id\":\"1\"");
    arena_free(p.arena);
}

static void the_verifier_names_what_is_repaired(void **state)
{
    (void)state;
    struct played p = PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_7}, {"solver", RUN_9},
                           {"verifier", RUN_52},
                           {"verifier", "Sure: {\"verdict\": \"fail\", \"subgoal\": \"s1\"}"},
                           {"solver", RUN_40}, {"solver", RUN_52}, {"verifier", RUN_52});
    assert_int_equal(p.rc, 0);
    assert_true(p.row.passed);
    assert_string_equal(p.row.stop, "accepted");
    assert_int_equal(p.row.iterations, 2);
    assert_int_equal(p.row.replans, 0);
    assert_string_equal(p.curve, "140:7:5:9.5:1"); /* a smaller budget would not have sufficed */
    const char *r = record_of(&hrm_arm);
    assert_has(r, "verdict {\"verdict\":\"fail\",\"answer\":\"9\",\"computed\":\"52\",\"subgoal\":"
                  "\"s1\",\"log_failed\":false}");
    assert_has(r, "repair {\"id\":\"s1\"}");
    arena_free(p.arena);
}

static void the_judge_sees_both_values_and_may_give_way(void **state)
{
    (void)state;
    struct played p =
        PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", RUN_52},
             {"verifier", RUN_7}, {"verifier", "{\"verdict\": \"pass\", \"subgoal\": null}"});
    assert_has(last_prompt, "the team's answer is 52");
    assert_has(last_prompt, "Your own answer is 7");
    assert_has(last_prompt, "s1. 5 groups of 8 = 40\ns2. s1 plus 12 = 52");
    assert_null(strstr(last_prompt, "answer = 40")); /* blind to the solver's code */
    assert_string_equal(p.row.stop, "accepted");
    assert_true(p.row.passed);
    arena_free(p.arena);
}

static void without_a_pass_the_majority_is_submitted(void **state)
{
    (void)state;
    env.budget.max_iters = 2; /* no other plan from nothing */
    static const char fail[] = "{\"verdict\": \"fail\", \"subgoal\": \"s2\"}";
    /* answers 9 and 52, the verifier's values 52 and 7 */
    struct played p =
        PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", RUN_9},
             {"verifier", RUN_52}, {"verifier", fail}, {"solver", RUN_52}, {"verifier", RUN_7});
    assert_string_equal(p.row.submission, "52");
    assert_string_equal(p.row.stop, "budget:iterations");
    arena_free(p.arena);
    /* answers 9 and 7, the verifier's 52 and 52: right only by the vote */
    p = PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", RUN_9},
             {"verifier", RUN_52}, {"verifier", fail}, {"solver", RUN_7}, {"verifier", RUN_52});
    assert_string_equal(p.row.submission, "52");
    assert_has(record_of(&hrm_arm), "answer {\"answer\":\"52\",\"from\":\"vote\"");
    arena_free(p.arena);
    /* all different: the latest answer */
    p = PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", RUN_9},
             {"verifier", RUN_52}, {"verifier", fail}, {"solver", RUN_7}, {"verifier", RUN_40});
    assert_string_equal(p.row.submission, "7");
    arena_free(p.arena);
    env.budget.max_iters = 3;
}

static void an_unnamed_fault_is_the_plans(void **state)
{
    (void)state;
    struct played p =
        PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", RUN_9},
             {"verifier", RUN_52}, {"verifier", "I cannot tell."}, {"supervisor", BETTER},
             {"solver", RUN_40}, {"solver", RUN_52}, {"verifier", RUN_52});
    assert_int_equal(p.row.replans, 1);
    assert_true(p.row.passed); /* s1 is solved again: nothing is kept */
    arena_free(p.arena);
    env.budget.max_calls =
        6; /* the new plan is the last call: it is not shown the plan that failed */
    p = PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", RUN_9},
             {"verifier", RUN_52}, {"verifier", "I cannot tell."}, {"supervisor", BETTER});
    assert_has(last_prompt, "came to different answers. Write a better plan.");
    assert_null(strstr(last_prompt, "This earlier plan"));
    arena_free(p.arena);
    env.budget.max_calls = 0;
    struct arm arm = hrm_arm; /* where there is no plan to mend, it is the last subgoal */
    arm.planner = false;
    p = PLAY(&arm, {"solver", RUN_9}, {"verifier", RUN_52}, {"verifier", "?"}, {"solver", RUN_52},
             {"verifier", RUN_52});
    assert_string_equal(asked, "solver:0.2 verifier:0.2 verifier:0.2 solver:0.2 verifier:0.2 ");
    assert_has(record_of(&arm), "repair {\"id\":\"1\"}");
    assert_true(p.row.passed);
    arena_free(p.arena);
}

static void a_verifier_without_a_value_decides_nothing(void **state)
{
    (void)state;
    struct played p = PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", RUN_52},
                           {"verifier", FAILS}, {"verifier", "```python\n```"});
    assert_string_equal(p.row.stop, "unverified");
    assert_true(p.row.passed);
    assert_has(record_of(&hrm_arm),
               "verdict {\"verdict\":\"unknown\",\"answer\":\"52\",\"computed\":"
               "null,\"subgoal\":null,\"log_failed\":true}");
    arena_free(p.arena);
}

static void switches_take_roles_and_the_tool_away(void **state)
{
    (void)state;
    struct arm arm = hrm_arm;
    arm.verifier = false;
    struct played p = PLAY(&arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", RUN_52});
    assert_string_equal(p.row.stop, "no_verifier");
    assert_true(p.row.passed);
    arena_free(p.arena);

    arm = hrm_arm;
    arm.planner = false;
    p = PLAY(&arm, {"solver", RUN_52}, {"verifier", RUN_52});
    assert_string_equal(asked, "solver:0.2 verifier:0.2 ");
    assert_true(p.row.passed);
    assert_null(strstr(record_of(&arm), "plan "));
    arena_free(p.arena);

    arm = hrm_arm;
    arm.tool = false;
    n_runs = 0;
    p = PLAY(&arm, {"supervisor", PLAN}, {"solver", "5 times 8.\nANSWER: 40"},
             {"solver", "I do not know."}, {"solver", "ANSWER: 52"}, {"verifier", "#### 52"});
    assert_int_equal(n_runs + p.row.tool_runs, 0);
    assert_string_equal(p.row.stop, "accepted");
    assert_true(p.row.passed);
    assert_has(record_of(&arm), "answer {\"answer\":\"52\",\"from\":\"text\",\"finals\":[\"52\"]}");
    assert_has(record_of(&arm), "the reply does not end in a number");
    arena_free(p.arena);
}

static void unsound_calls_cost_a_try_but_no_run(void **state)
{
    (void)state;
    struct played p =
        PLAY(&hrm_arm, {"supervisor", PLAN},
             {"solver", "{\"name\": \"search\", \"arguments\": {\"q\": \"8\"}}"},
             {"solver", "<tool_call>{\"name\": \"python\", \"arguments\": {\"src\": "
                        "\"print(1)\"}}</tool_call>"},
             {"solver", "{\"name\": \"python\", \"arguments\": {\"code\": \"print(40)\"}}"},
             {"solver", RUN_52}, {"verifier", RUN_52});
    assert_true(p.row.passed);
    assert_int_equal(p.row.tool_runs, 3);
    const char *r = record_of(&hrm_arm);
    assert_has(r, "\"tool\":\"search\",\"ok\":false,\"error\":\"unknown_tool\"");
    assert_has(r, "There is no tool 'search'; the only tool is python.");
    assert_has(r, "\"tool\":\"python\",\"ok\":false,\"error\":\"bad_arguments\"");
    assert_has(r, "python has no argument 'src'; its one argument is code.");
    arena_free(p.arena);
}

/* Every place at which the hierarchy spends: whatever cap ends it there, what stands is submitted.
 */
static void a_cap_at_any_point_submits_what_stands(void **state)
{
    (void)state;
    struct budget kept = env.budget;
    static const struct script s[] = {{"supervisor", "?"}, /* re-asked */
                                      {"supervisor", PLAN},
                                      {"solver", FAILS},
                                      {"solver", RUN_40},
                                      {"solver", RUN_9}, /* the first answer */
                                      {"verifier", FAILS},
                                      {"verifier", RUN_52},
                                      {"verifier", "{\"verdict\":\"fail\",\"subgoal\":\"s2\"}"},
                                      {"solver", RUN_7}, /* the second */
                                      {"verifier", RUN_7},
                                      {0}};
    for (int calls = 1; calls <= 9; calls++) {
        env.budget = (struct budget){.max_calls = calls};
        struct played p = play(&hrm_arm, sample_counter++, s);
        assert_int_equal(p.rc, 0);
        assert_string_equal(p.row.stop, "budget:calls");
        assert_int_equal(p.row.calls, calls);
        assert_string_equal(p.row.submission, calls < 5 ? "" : calls < 9 ? "9" : "7");
        arena_free(p.arena);
    }
    for (int runs = 1; runs <= 6;
         runs++) { /* all seven: 40's failure, 40, 9, two checks, 7, check */
        env.budget = (struct budget){.max_tool_runs = runs};
        struct played p = play(&hrm_arm, sample_counter++, s);
        assert_int_equal(p.rc, 0);
        assert_string_equal(p.row.stop, "budget:tool_runs");
        assert_int_equal(p.row.tool_runs, runs);
        assert_string_equal(p.row.submission, runs < 3 ? "" : runs < 6 ? "9" : "7");
        arena_free(p.arena);
    }
    static const struct {
        struct budget b;
        const char *stop;
    } others[] = {{{.max_generated_tokens = 130}, "budget:generated_tokens"},
                  {{.max_total_tokens = 190}, "budget:total_tokens"},
                  {{.max_seconds = 8}, "budget:seconds"},
                  {{.max_iters = 1}, "budget:iterations"}};
    for (size_t i = 0; i < 4; i++) {
        env.budget = others[i].b;
        struct played p = play(&hrm_arm, sample_counter++, s);
        assert_int_equal(p.rc, 0);
        assert_string_equal(p.row.stop, others[i].stop);
        assert_string_equal(p.row.submission, "9");
        arena_free(p.arena);
    }
    env.budget = kept;
}

/* ---- a model that cannot hold a dialogue ---- */

static struct prompt_set *small_profile(void)
{
    static const struct {
        const char *name, *text;
    } files[] = {{"profile.yaml", "plan: lines\ndialogue: off\n"},
                 {"supervisor.txt", "plan: {{task}}\n"},
                 {"solver.txt", "solve: {{subgoal}}\n"},
                 {"solver_notool.txt", "say: {{subgoal}}\n"},
                 {"verifier.txt", "check: {{task}}\n"},
                 {"flat_math.txt", "flat: {{task}}\n"},
                 {"flat_math_notool.txt", "think: {{task}}\n"}};
    char *dir CLEANUP_FREE = xasprintf("%s/small", db);
    struct err e = {0};
    struct prompt_set *p = NULL;
    assert_int_equal(file_mkdirs(dir, &e), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path CLEANUP_FREE = file_join(dir, files[i].name);
        assert_int_equal(file_write(path, files[i].text, strlen(files[i].text), &e), 0);
    }
    assert_int_equal(prompt_set_load(dir, &p, &e), 0);
    return p;
}

static void a_small_model_plays_every_role(void **state)
{
    (void)state;
    const struct prompt_set *chat = env.prompts;
    struct prompt_set *small = small_profile();
    env.prompts = small;
    struct played p = PLAY(&hrm_arm, {"supervisor", "1. 5 groups of 8\n2. #1 plus 12"},
                           {"solver", "x = 40\nprint(40)"}, {"solver", "x = 52\nprint(52)"},
                           {"verifier", "y = 52\nprint(52)"});
    assert_string_equal(p.row.stop, "accepted");
    assert_has(record_of(&hrm_arm), "tool_call {\"form\":\"text\"");
    assert_has(record_of(&hrm_arm), "\"uses\":{\"1\":\"40\"}");
    arena_free(p.arena);

    env.budget.max_calls = 3;
    p = PLAY(&hrm_arm, {"supervisor", "1. 5 groups of 8\n2. #1 plus 12"}, {"solver", "print(40)"},
             {"solver", "print(52)"});
    assert_string_equal(last_prompt, "solve: 40 plus 12");
    arena_free(p.arena);
    env.budget.max_calls = 0;

    /* no judge: another plan, warmer, and nothing kept */
    p = PLAY(&hrm_arm, {"supervisor", "1. 5 groups of 8"}, {"solver", "FAIL"},
             {"solver", "print(40)"}, {"verifier", "print(52)"},
             {"supervisor", "1. 5 groups of 8\n2. #1 plus 12"}, {"solver", "print(40)"},
             {"solver", "print(52)"}, {"verifier", "print(52)"});
    assert_string_equal(asked, "supervisor:0.2 solver:0.2 solver:0.4 verifier:0.2 supervisor:0.4 "
                               "solver:0.2 solver:0.2 verifier:0.2 ");
    assert_true(p.row.passed);
    arena_free(p.arena);

    p = PLAY(&flat_arm, {"flat", "FAIL"}, {"flat", "print(52)"});
    assert_string_equal(asked, "flat:0.2 flat:0.4 ");
    assert_true(p.row.passed);
    assert_int_equal(p.row.iterations, 2);
    arena_free(p.arena);
    p = PLAY(&flat_arm, {"flat", "FAIL"}, {"flat", "FAIL 1"}, {"flat", "FAIL 1"},
             {"flat", "FAIL 2"});
    assert_string_equal(p.row.stop, "budget:iterations");
    assert_string_equal(p.row.submission, "");
    arena_free(p.arena);

    struct arm arm = hrm_arm; /* there is no verifier for stated answers */
    arm.tool = false;
    p = PLAY(&arm, {"supervisor", "1. 5 groups of 8"}, {"solver", "#### 52"});
    assert_string_equal(p.row.stop, "no_verifier");
    assert_true(p.row.passed);
    arena_free(p.arena);
    env.prompts = chat;
    prompt_set_free(small);
}

/* ---- going on, and again ---- */

static void a_broken_episode_is_taken_up_again(void **state)
{
    (void)state;
    static const struct script s[] = {
        {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", RUN_52}, {"verifier", RUN_52}, {0}};
    int sample = sample_counter++;
    fail_at = 4;
    struct played p = play(&hrm_arm, sample, s);
    assert_true(p.rc < 0);
    arena_free(p.arena);
    fail_at = 0;
    p = play(&hrm_arm, sample, s);
    assert_int_equal(p.rc, 0);
    assert_int_equal(n_chats, 1); /* the three finished calls are found */
    assert_int_equal(p.row.calls, 4);
    assert_int_equal(p.row.tool_runs, 3);
    assert_true(p.row.passed);
    arena_free(p.arena);
    stop_request();
    p = play(&hrm_arm, sample_counter++, s);
    stop_reset();
    assert_int_equal(p.rc, -EINTR);
    arena_free(p.arena);
}

static void recorded_runs_are_not_run_again(void **state)
{
    (void)state;
    char *path CLEANUP_FREE = xasprintf("%s/replay.db", db);
    struct store *first = store;
    int sample = sample_counter++;
    static const struct script s[] = {{"supervisor", PLAN}, {"solver", FAILS},
                                      {"solver", RUN_40},   {"solver", RUN_52},
                                      {"verifier", RUN_52}, {0}};
    struct played p = play(&hrm_arm, sample, s), again;
    char *seen CLEANUP_FREE = xasprintf("%s", record_of(&hrm_arm));
    assert_int_equal(store_open(path, STORE_WRITE, &store, &p.err), 0);
    env.recorded = first;
    env.store = store;
    tool_seconds = 100;
    n_runs = 0;
    again = play(&hrm_arm, sample, s);
    tool_seconds = 0.5;
    assert_int_equal(n_runs, 0);
    assert_true(again.row.passed && again.row.seconds == p.row.seconds);
    assert_string_equal(again.roles, p.roles);
    assert_string_equal(record_of(&hrm_arm), seen);
    env.recorded = NULL;
    store_close(store);
    env.store = store = first;
    arena_free(p.arena);
    arena_free(again.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hierarchy_solves_and_verifies),
        cmocka_unit_test(the_solver_sees_values_and_its_error),
        cmocka_unit_test(three_tries_then_one_replan_that_keeps_what_is_resolved),
        cmocka_unit_test(the_supervisor_reads_what_went_wrong),
        cmocka_unit_test(a_bad_plan_is_asked_for_once_more),
        cmocka_unit_test(the_verifier_names_what_is_repaired),
        cmocka_unit_test(the_judge_sees_both_values_and_may_give_way),
        cmocka_unit_test(without_a_pass_the_majority_is_submitted),
        cmocka_unit_test(an_unnamed_fault_is_the_plans),
        cmocka_unit_test(a_verifier_without_a_value_decides_nothing),
        cmocka_unit_test(switches_take_roles_and_the_tool_away),
        cmocka_unit_test(unsound_calls_cost_a_try_but_no_run),
        cmocka_unit_test(a_cap_at_any_point_submits_what_stands),
        cmocka_unit_test(a_small_model_plays_every_role),
        cmocka_unit_test(a_broken_episode_is_taken_up_again),
        cmocka_unit_test(recorded_runs_are_not_run_again),
    };
    return cmocka_run_group_tests(tests, set_up, script_tear_down);
}
