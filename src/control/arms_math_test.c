/* The arms for math that share rules with others, and those rules: repeated programs, votes, the
 * flat try before the hierarchy, one conversation that plays all roles. */
#include "fixtures/math_script.h"

#include "control/fair.h"

static const char OTHER_7[] = "```python\nanswer = 7\nprint(answer) # other\n```";
static const char OTHER_52[] = "```python\nanswer = 52\nprint(answer) # other\n```";

static struct arm flat_with(const char *strategy)
{
    struct arm arm = flat_arm;
    arm.strategy = strategy;
    return arm;
}

static void a_repeated_program_is_no_try_of_the_solver(void **state)
{
    (void)state;
    n_runs = 0;
    struct played p = PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", FAILS},
                           {"solver", FAILS}, /* the same again, warmer */
                           {"solver", FAILS}, /* afresh */
                           {"solver", FAILS_TOO}, {"solver", RUN_52}, {"verifier", RUN_52});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "supervisor:0.2 solver:0.2 solver:0.2 solver:0.2 solver:0.4 "
                               "solver:0.6 solver:0.2 verifier:0.2 ");
    assert_int_equal(n_runs, 5);
    assert_true(p.row.passed);
    assert_has(record_of(&hrm_arm), "repeated {\"times\":2,\"then\":\"afresh\"}");
    arena_free(p.arena);
}

static void a_repair_is_another_program(void **state)
{
    (void)state;
    struct played p =
        PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", RUN_9},
             {"verifier", RUN_52}, {"verifier", "{\"verdict\": \"fail\", \"subgoal\": \"s2\"}"},
             {"solver", RUN_9}, {"solver", RUN_52}, {"verifier", RUN_52});
    assert_int_equal(p.rc, 0);
    assert_has(record_of(&hrm_arm), "repeated {\"times\":1,\"then\":\"warmer\"}");
    assert_true(p.row.passed);
    arena_free(p.arena);
}

static void a_repeated_program_is_not_run_again_in_a_conversation(void **state)
{
    (void)state;
    n_runs = 0;
    struct played p = PLAY(&flat_arm, {"flat", FAILS}, {"flat", FAILS}, {"flat", FAILS},
                           {"flat", RUN_52}, {"flat", "ANSWER: 52"});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "flat:0.2 flat:0.2 flat:0.4 flat:0.6 flat:0.2 ");
    assert_int_equal(n_runs, 2);
    assert_true(p.row.passed);
    arena_free(p.arena);
    /* one that worked, and has nothing added to it: its value is the answer */
    p = PLAY(&flat_arm, {"flat", RUN_52}, {"flat", RUN_52}, {"flat", RUN_52});
    assert_string_equal(asked, "flat:0.2 flat:0.2 flat:0.4 ");
    assert_string_equal(p.row.stop, "answered");
    assert_true(p.row.passed);
    arena_free(p.arena);
}

static void answers_that_agree_end_the_vote(void **state)
{
    (void)state;
    struct arm arm = flat_with("tools_vote");
    struct played p = PLAY(&arm, {"flat", "ANSWER: 52"}, {"flat", RUN_52}, {"flat", "ANSWER: 52"});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "flat:0.2 flat:0.4 flat:0.4 ");
    assert_string_equal(p.row.stop, "vote");
    assert_int_equal(p.row.iterations, 2);
    assert_true(p.row.passed);
    arena_free(p.arena);
    env.budget.max_iters = 5; /* 7, 52, 52 is a lead of one */
    p = PLAY(&arm, {"flat", "ANSWER: 7"}, {"flat", "ANSWER: 52"}, {"flat", "ANSWER: 52"},
             {"flat", "ANSWER: 52"});
    assert_int_equal(p.row.iterations, 4);
    assert_true(p.row.passed);
    arena_free(p.arena);
    env.budget.max_iters = 2;
    p = PLAY(&arm, {"flat", "ANSWER: 7"}, {"flat", "ANSWER: 52"});
    assert_string_equal(p.row.stop, "budget:iterations");
    assert_string_equal(p.row.submission, "7"); /* a tie goes to the first */
    arena_free(p.arena);
    env.budget.max_iters = 3;
}

static void the_roles_come_where_the_verifier_disagrees(void **state)
{
    (void)state;
    struct arm arm = hrm_arm;
    arm.as_needed = true;
    struct played p = PLAY(&arm, {"flat", "ANSWER: 52"}, {"verifier", RUN_52});
    assert_int_equal(p.rc, 0);
    assert_string_equal(p.row.stop, "accepted");
    assert_true(p.row.passed);
    assert_int_equal(p.row.iterations, 1);
    arena_free(p.arena);
    p = PLAY(&arm, {"flat", "ANSWER: 7"}, {"verifier", RUN_52}, {"supervisor", PLAN},
             {"solver", RUN_40}, {"solver", RUN_52}, {"verifier", RUN_52});
    assert_string_equal(asked, "flat:0.2 verifier:0.2 supervisor:0.2 solver:0.2 solver:0.2 "
                               "verifier:0.2 ");
    assert_true(p.row.passed);
    arena_free(p.arena);
    env.budget.max_calls = 3;
    p = PLAY(&arm, {"flat", "ANSWER: 7"}, {"verifier", RUN_52}, {"supervisor", PLAN});
    assert_has(last_prompt, "A first try and an independent computation");
    assert_null(strstr(last_prompt, "52")); /* neither value is known to be right */
    arena_free(p.arena);
    env.budget.max_calls = 0;
}

static void self_plan_plays_all_roles_in_one_conversation(void **state)
{
    (void)state;
    struct arm arm = flat_with("self_plan");
    struct played p = PLAY(&arm, {"flat", "1. groups 2. plus"}, {"flat", FAILS}, {"flat", RUN_52},
                           {"flat", OTHER_52});
    assert_int_equal(p.rc, 0);
    assert_has(last_prompt, "Now verify it.");
    assert_int_equal(p.row.iterations, 1);
    assert_string_equal(p.row.stop, "accepted");
    assert_true(p.row.passed);
    arena_free(p.arena);
    p = PLAY(&arm, {"flat", "1. groups 2. plus"}, {"flat", RUN_7}, {"flat", RUN_52},
             {"flat", OTHER_52});
    assert_has(last_prompt, "Your first program came to 7, your second one to 52");
    assert_string_equal(p.row.stop, "accepted");
    assert_string_equal(p.row.submission, "52");
    arena_free(p.arena);
    /* three values: another conversation, warmer */
    p = PLAY(&arm, {"flat", "1."}, {"flat", RUN_7}, {"flat", RUN_9}, {"flat", RUN_40},
             {"flat", "2."}, {"flat", RUN_52}, {"flat", OTHER_52});
    assert_string_equal(asked, "flat:0.2 flat:0.2 flat:0.2 flat:0.2 flat:0.4 flat:0.4 flat:0.4 ");
    assert_true(p.row.passed);
    arena_free(p.arena);
    p = PLAY(&arm, {"flat", "1."}, {"flat", RUN_7}, {"flat", RUN_7}, {"flat", OTHER_7});
    assert_string_equal(p.row.submission, "7"); /* its own program again verifies nothing */
    assert_string_equal(asked, "flat:0.2 flat:0.2 flat:0.2 flat:0.4 ");
    arena_free(p.arena);
}

/* ---- the budget ---- */

static int n_values;

/* Every program gives another value, so that nothing ever agrees. */
static int restless_chat(void *ctx, const struct model_request *q, struct model_reply *r,
                         struct arena *arena, struct err *err)
{
    (void)ctx, (void)err;
    size_t bytes = 0;
    const char *last = q->messages[q->n_messages - 1].content;
    for (size_t i = 0; i < q->n_messages; i++)
        bytes += strlen(q->messages[i].content);
    const char *text =
        str_eq(q->role, "supervisor")       ? PLAN
        : strstr(last, "the team's answer") ? "{\"verdict\": \"fail\", \"subgoal\": null}"
        : strstr(last, "The program printed")
            ? arena_printf(arena, "So it is.\nANSWER: %d", 1000 + n_values++)
            : arena_printf(arena, "I compute.\n```python\nanswer = %d\nprint(answer)\n```",
                           100 + n_values++);
    int tokens = (int)strlen(text) / 2, most = q->sampling.max_tokens;
    *r = (struct model_reply){.text = text,
                              .prompt_tokens = (int)(bytes / 4),
                              .generated_tokens = tokens < most ? tokens : most,
                              .total_s = 1,
                              .attempts = 1};
    return 0;
}

static void tokens_end_every_arm_alike(void **state)
{
    (void)state;
    static const struct model_ops restless = {
        .name = "restless", .chat = restless_chat, .close = scripted_close};
    struct arm arms[] = {hrm_arm, hrm_arm, flat_with("tools_vote"), flat_with("vote"),
                         flat_with("self_plan")};
    const long cap = 10240;
    struct model *kept = env.model;
    struct budget before = env.budget;
    arms[1].as_needed = true;
    env.model = model_from_ops(&restless, NULL);
    env.budget = (struct budget){.max_total_tokens = cap};
    for (size_t i = 0; i < sizeof arms / sizeof *arms; i++) {
        struct played p = PLAY(&arms[i], {NULL, NULL});
        double used = (double)(p.row.prompt_tokens + p.row.generated_tokens) / (double)cap;
        assert_int_equal(p.rc, 0);
        if (!str_eq(p.row.stop, "budget:total_tokens") || used < .9 || used > 1.01)
            fail_msg("%s %s: %s, %.3f", arms[i].name, arms[i].strategy ? arms[i].strategy : "",
                     p.row.stop, used);
        assert_true(strlen(p.row.submission) > 0);
        arena_free(p.arena);
    }
    model_close(env.model);
    env.model = kept;
    env.budget = before;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_repeated_program_is_no_try_of_the_solver),
        cmocka_unit_test(a_repair_is_another_program),
        cmocka_unit_test(a_repeated_program_is_not_run_again_in_a_conversation),
        cmocka_unit_test(answers_that_agree_end_the_vote),
        cmocka_unit_test(the_roles_come_where_the_verifier_disagrees),
        cmocka_unit_test(self_plan_plays_all_roles_in_one_conversation),
        cmocka_unit_test(tokens_end_every_arm_alike),
    };
    return cmocka_run_group_tests(tests, set_up, script_tear_down);
}
