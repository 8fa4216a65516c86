/* The controllers against a scripted model and a scripted tool (code_script.h), held against the
 * pseudo-code of methods.md. */
#include "fixtures/code_script.h"

#include <errno.h>

#include "base/clock.h"
#include "control/code_per_step.h"
#include "control/code_plan.h"

static void hrm_solves_at_once(void **state)
{
    (void)state;
    struct played p = play(&hrm_arm, sample_counter++,
                           (struct script[]){{"tester", TESTS},
                                             {"planner", PLAN},
                                             {"coder", "```python\n# P2 S2 HIDDEN\n```"},
                                             {0}});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "tester:0.2 planner:0.2 coder:0.2 ");
    assert_true(p.row.passed);
    assert_string_equal(p.row.stop, "accepted");
    assert_int_equal(p.row.iterations, 1);
    assert_int_equal(p.row.tool_runs, 1); /* public and self-written tests are one batch */
    assert_int_equal(p.row.calls, 3);
    assert_true(p.row.solve_seconds == 3.5);
    arena_free(p.arena);
}

static void hrm_repairs_then_replans_and_submits_the_best(void **state)
{
    (void)state;
    env.budget.max_iters = 6;
    struct played p = play(&hrm_arm, sample_counter++,
                           (struct script[]){{"tester", TESTS},
                                             {"planner", PLAN},
                                             {"coder", "# P1 S1 HIDDEN"}, /* best */
                                             {"coder", "# P1 S0 a"},      /* stale 1 */
                                             {"coder", "# P1 S0 b"},      /* stale 2: replan */
                                             {"planner", PLAN},
                                             {"coder", "# P1 S0 c"},
                                             {"coder", "# P1 S0 d"}, /* stale 2: replan */
                                             {"planner", PLAN},
                                             {"coder", "# P1 S0 e"},
                                             {0}});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "tester:0.2 planner:0.2 coder:0.2 coder:0.2 coder:0.2 planner:0.4 "
                               "coder:0.4 coder:0.4 planner:0.6 coder:0.6 ");
    assert_string_equal(p.row.stop, "budget:iterations");
    assert_int_equal(p.row.replans, 2);
    assert_true(p.row.passed); /* best, not last */
    assert_non_null(strstr(p.row.submission, "HIDDEN"));
    arena_free(p.arena);
}

static void the_last_repair_is_executed(void **state)
{
    (void)state;
    env.budget.max_iters = 2;
    struct played p = play(&hrm_arm, sample_counter++,
                           (struct script[]){{"tester", "no tests"},
                                             {"tester", "none"},
                                             {"planner", PLAN},
                                             {"coder", "# P0"},
                                             {"coder", "# P1 HIDDEN"},
                                             {0}});
    assert_int_equal(p.rc, 0);
    assert_int_equal(p.row.iterations, 2);
    assert_string_equal(p.row.stop, "budget:iterations");
    assert_true(p.row.passed);
    arena_free(p.arena);
}

static void repairs_say_what_failed(void **state)
{
    (void)state;
    env.budget.max_iters = 2;
    struct played p = play(&hrm_arm, sample_counter++,
                           (struct script[]){{"tester", TESTS},
                                             {"planner", PLAN},
                                             {"coder", "# P1 S2 first"},
                                             {"coder", "# P2 S2"},
                                             {0}});
    assert_null(strstr(last_prompt, "# P1 S2 first"));
    assert_non_null(strstr(last_prompt, "assert f(1) == 1\nAssertionError: got 3"));
    assert_non_null(strstr(last_prompt, "1. square the argument"));
    assert_null(strstr(last_prompt, "hidden"));
    assert_int_equal(p.row.iterations, 2);
    arena_free(p.arena);
}

static void an_unreadable_plan_is_asked_for_once_more(void **state)
{
    (void)state;
    env.budget.max_iters = 1;
    struct played p = play(&hrm_arm, sample_counter++,
                           (struct script[]){{"tester", TESTS},
                                             {"planner", "I cannot plan"},
                                             {"planner", "still prose"},
                                             {"coder", "# P2 S2"},
                                             {0}});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "tester:0.2 planner:0.2 planner:0.4 coder:0.2 ");
    assert_null(strstr(last_prompt, "still prose")); /* the coder gets no plan */
    assert_null(strstr(last_prompt, "plan"));
    arena_free(p.arena);
}

static void flat_retry_warms_after_two_stale_iterations(void **state)
{
    (void)state;
    env.budget.max_iters = 5;
    struct played p = play(&flat_arm, sample_counter++,
                           (struct script[]){{"flat", "# P1 HIDDEN"},
                                             {"flat", "# P1 b"},
                                             {"flat", "# P0 c"},
                                             {"flat", "# P0 d"},
                                             {"flat", "# P2 e"},
                                             {0}});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "flat:0.2 flat:0.2 flat:0.2 flat:0.4 flat:0.4 ");
    assert_false(p.row.passed); /* public tests decide, not hidden ones */
    assert_string_equal(p.row.verdict, "fail");
    assert_true(p.row.public_passed);
    assert_true(p.row.solve_seconds < 0);
    /* A budget of 20 to 99 tokens would have bought what the full one loses. */
    assert_string_equal(p.curve, "20:1:1:1.5:1;100:5:5:7.5:0");
    arena_free(p.arena);
}

static void best_of_n_warms_each_sample(void **state)
{
    (void)state;
    env.budget.max_iters = 3;
    struct arm arm = flat_arm;
    arm.strategy = "best_of_n";
    struct played p =
        play(&arm, sample_counter++,
             (struct script[]){{"flat", "# P0"}, {"flat", "# P1 HIDDEN"}, {"flat", "# P1"}, {0}});
    assert_string_equal(asked, "flat:0.2 flat:0.4 flat:0.6 ");
    assert_true(p.row.passed); /* a tie keeps the earlier one */
    assert_string_equal(p.curve, "40:2:2:3:1");
    assert_null(strstr(last_prompt, "best program"));
    arena_free(p.arena);
}

static void switches_take_roles_away(void **state)
{
    (void)state;
    env.budget.max_iters = 3;
    struct arm arm = hrm_arm;
    arm.planner = false;
    arm.tester = ARM_TESTER_EXECUTE;
    struct played p =
        play(&arm, sample_counter++, (struct script[]){{"coder", "# P2 HIDDEN"}, {0}});
    assert_string_equal(asked, "coder:0.2 ");
    arena_free(p.arena);
    arm.tester = ARM_TESTER_OFF;
    p = play(&arm, sample_counter++, (struct script[]){{"coder", "# P0 HIDDEN"}, {0}});
    assert_string_equal(p.row.stop, "no_tester");
    assert_int_equal(p.row.tool_runs, 0);
    assert_true(p.row.passed);
    arena_free(p.arena);
    arm = flat_arm;
    arm.tool = false;
    p = play(&arm, sample_counter++, (struct script[]){{"flat", "# P0"}, {0}});
    assert_int_equal(p.row.tool_runs, 0);
    assert_string_equal(p.row.stop, "no_tool");
    assert_string_equal(p.row.verdict, "fail");
    arena_free(p.arena);
}

static void every_cap_holds(void **state)
{
    (void)state;
    struct budget kept = env.budget;
    static const struct script endless[] = {{"flat", "# a"}, {"flat", "# b"}, {"flat", "# c"},
                                            {"flat", "# d"}, {"flat", "# e"}, {0}};
    static const struct {
        struct budget b;
        const char *stop;
        int calls;
    } cases[] = {
        {{.max_calls = 2}, "budget:calls", 2},
        {{.max_tool_runs = 3}, "budget:tool_runs", 3},
        {{.max_generated_tokens = 50}, "budget:generated_tokens", 3}, /* 20 + 20 + 10 */
        {{.max_total_tokens = 75}, "budget:total_tokens", 3},         /* 30 + 30 + (10 + 5) */
        {{.max_seconds = 2.9}, "budget:seconds", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        env.budget = cases[i].b;
        struct played p = play(&flat_arm, sample_counter++, endless);
        assert_int_equal(p.rc, 0);
        assert_string_equal(p.row.stop, cases[i].stop);
        assert_int_equal(p.row.calls, cases[i].calls);
        if (i == 2)
            assert_true(p.row.generated_tokens <= 50);
        if (i == 3)
            assert_true(p.row.generated_tokens + p.row.prompt_tokens <= 75);
        assert_true(strlen(p.row.submission) > 0);
        arena_free(p.arena);
    }
    env.budget = kept;
}

/* A first candidate that comes when time is up cannot be run; it is still the arm's answer,
 * whatever the arm. */
static void an_answer_that_could_not_be_run_counts(void **state)
{
    (void)state;
    struct budget kept = env.budget;
    struct arm arms[] = {flat_arm, flat_arm, flat_arm, hrm_arm, hrm_arm};
    arms[1].strategy = "oneshot";
    arms[2].strategy = "best_of_n";
    arms[4].as_needed = true;
    const double seconds[] = {0.9, 0.9, 0.9, 2.9, 0.9};
    for (size_t i = 0; i < sizeof arms / sizeof *arms; i++) {
        env.budget = (struct budget){.max_seconds = seconds[i]};
        struct played p = play(&arms[i], sample_counter++,
                               (struct script[]){{"flat", "# P2 HIDDEN"},
                                                 {"tester", TESTS},
                                                 {"planner", PLAN},
                                                 {"coder", "# P2 HIDDEN"},
                                                 {0}});
        assert_int_equal(p.rc, 0);
        assert_string_equal(p.row.stop, "budget:seconds");
        assert_int_equal(p.row.iterations, 0);
        assert_true(p.row.passed);
        arena_free(p.arena);
    }
    env.budget = kept;
}

/* Where a reference passes only in one process, every program of the task is graded so. */
static void a_reference_decides_the_way(void **state)
{
    (void)state;
    struct task odd = task;
    odd.reference = "# P2 HIDDEN";
    script_task = &odd;
    for (int together = 0; together < 2; together++) {
        scripted_way = together ? TOOL_ONE_PROCESS : TOOL_ISOLATED;
        asked_together = asked_apart = 0;
        struct played p = play(&flat_arm, sample_counter++,
                               (struct script[]){{"flat", "# P1"}, {"flat", "# P2"}, {0}});
        assert_int_equal(p.rc, 0);
        assert_true((together ? asked_together : asked_apart) > 2);
        assert_int_equal(together ? asked_apart : asked_together, 0);
        arena_free(p.arena);
    }
    scripted_way = TOOL_ISOLATED;
    script_task = &task;
}

/* Public tests, hidden ones and the reference's. */
static void a_task_brings_its_limits(void **state)
{
    (void)state;
    struct task narrow = task;
    narrow.limits = (struct tool_limits){.cpu_s = 7, .memory_bytes = 64 << 20};
    narrow.reference = "# P2 HIDDEN";
    script_task = &narrow;
    asked_limits = narrow.limits;
    other_limits = 0;
    struct played p = play(&flat_arm, sample_counter++,
                           (struct script[]){{"flat", "# P1"}, {"flat", "# P2"}, {0}});
    assert_int_equal(p.rc, 0);
    assert_int_equal(p.row.tool_runs, 2);
    assert_int_equal(other_limits, 0);
    arena_free(p.arena);
    script_task = &task;
    p = play(&flat_arm, sample_counter++, (struct script[]){{"flat", "# P2 HIDDEN"}, {0}});
    assert_true(asked_limits.cpu_s == 0 && asked_limits.memory_bytes == 0);
    arena_free(p.arena);
}

static void a_dry_run_shows_what_is_asked_first(void **state)
{
    (void)state;
    struct arm arms[] = {flat_arm, hrm_arm, hrm_arm, hrm_arm, hrm_arm};
    static const char *const role[] = {"flat", "tester", "planner", "coder", "flat"};
    arms[2].tester = arms[3].tester = ARM_TESTER_EXECUTE;
    arms[3].planner = false;
    arms[4].as_needed = true;
    fail_at = 2; /* so that the first prompt is the last */
    for (size_t i = 0; i < sizeof arms / sizeof *arms; i++) {
        struct played p = play(&arms[i], sample_counter++, (struct script[]){{role[i], PLAN}, {0}});
        struct err err = {0};
        const char *shown = control_first_prompt(&env, &arms[i], &task, p.arena, &err);
        assert_non_null(shown);
        assert_int_equal(strncmp(asked, role[i], strlen(role[i])), 0);
        assert_non_null(strstr(shown, last_prompt));
        arena_free(p.arena);
    }
    fail_at = 0;
}

static int show_call(void *ctx, const struct store_call *c)
{
    str_addf(ctx, "%s %d %s %s\n", c->role, c->attempts, c->attempt_log, c->label);
    return 0;
}

static int show_failure(void *ctx, const struct store_failure *f)
{
    str_addf(ctx, "%s %d gave up after %d: %s %s '%s'\n", f->role, f->index, f->attempts, f->error,
             f->attempt_log, f->partial_text);
    return 0;
}

static void every_attempt_is_on_record(void **state)
{
    (void)state;
    int sample = sample_counter++;
    static const struct script s[] = {{"flat", "# P2 HIDDEN"}, {0}};
    struct str seen CLEANUP_STR = {0};
    fail_at = 1;
    struct played p = play(&flat_arm, sample, s);
    arena_free(p.arena);
    fail_at = 0;
    p = play(&flat_arm, sample, s);
    assert_int_equal(p.rc, 0);
    long long id = 0;
    assert_int_equal(store_episode_add(store, "flat", "t", sample, &id, &p.err), 0);
    assert_int_equal(each_failure(store, id, show_failure, &seen, &p.err), 0);
    assert_int_equal(each_call(store, id, show_call, &seen, &p.err), 0);
    assert_string_equal(seen.p,
                        "flat 0 gave up after 4: the server is down [{\"status\":503}] 'def f'\n"
                        "flat 2 [{\"status\":429},{\"status\":200}] schema_invalid\n");
    arena_free(p.arena);
}

static void a_role_may_have_sampling_of_its_own(void **state)
{
    (void)state;
    env.budget.max_iters = 3;
    env.roles = (struct role_sampling[]){{"coder", {.temperature = 0, .max_tokens = 7}},
                                         {"planner", {.temperature = 0.9, .max_tokens = 9}}};
    env.n_roles = 2;
    struct played p = play(
        &hrm_arm, sample_counter++,
        (struct script[]){{"tester", TESTS}, {"planner", PLAN}, {"coder", "# P2 S2 HIDDEN"}, {0}});
    env.n_roles = 0;
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "tester:0.2 planner:0.9 coder:0.0 ");
    assert_int_equal(p.row.generated_tokens, 20 + 9 + 7);
    arena_free(p.arena);
}

/* The same episode into another record, its tool runs taken from the first. */
static void recorded_tool_runs_are_not_run_again(void **state)
{
    (void)state;
    char *path CLEANUP_FREE = xasprintf("%s/replay.db", db);
    struct store *first = store;
    int sample = sample_counter++;
    static const struct script s[] = {
        {"flat", "# P1"}, {"flat", "# P2 HIDDEN"}, {"flat", "# P2 other"}, {0}};
    struct played p = play(&flat_arm, sample, s), again, changed;
    assert_int_equal(store_open(path, STORE_WRITE, &store, &p.err), 0);
    env.recorded = first;
    env.store = store;
    tool_seconds = 100;
    again = play(&flat_arm, sample, s);
    assert_int_equal(again.rc, 0);
    assert_true(again.row.passed && again.row.seconds == p.row.seconds);
    assert_true(again.row.tool_seconds == 1 && again.row.solve_seconds == p.row.solve_seconds);
    changed = play(&flat_arm, sample_counter++, s + 1); /* the record has no such episode */
    assert_true(changed.row.tool_seconds == 100);
    tool_seconds = 0.5;
    env.recorded = NULL;
    store_close(store);
    env.store = store = first;
    arena_free(p.arena);
    arena_free(again.arena);
    arena_free(changed.arena);
}

static void a_fault_is_no_outcome_and_is_taken_up_again(void **state)
{
    (void)state;
    env.budget.max_iters = 3;
    int sample = sample_counter++;
    static const struct script s[] = {
        {"tester", TESTS}, {"planner", PLAN}, {"coder", "# P2 S2 HIDDEN"}, {0}};
    fail_at = 3;
    struct played p = play(&hrm_arm, sample, s);
    assert_true(p.rc < 0);
    assert_string_equal(p.err.msg, "the server is down");
    arena_free(p.arena);
    fail_at = 0;
    p = play(&hrm_arm, sample, s); /* the same episode: its two finished calls are found */
    assert_int_equal(p.rc, 0);
    assert_int_equal(n_chats, 1);
    assert_int_equal(p.row.calls, 3);
    assert_true(p.row.passed);
    arena_free(p.arena);
    stop_request();
    p = play(&hrm_arm, sample_counter++, s);
    stop_reset();
    assert_int_equal(p.rc, -EINTR);
    arena_free(p.arena);
}

static void plans_are_read_tolerantly(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct code_plan p = {0};
    assert_true(code_plan_parse(PLAN, &p, a));
    assert_true(p.from_json && !p.repaired && p.n == 1);
    assert_string_equal(p.signature, "def f(x)");
    assert_true(code_plan_parse(
        "Sure!\n```json\n{\"steps\": [\"a\", \"b\"], \"constraints\": \"none\"}\n```", &p, a));
    assert_true(p.repaired);
    assert_string_equal(p.text, "1. a\n2. b");
    assert_string_equal(p.constraints, "none");
    assert_true(code_plan_parse("Plan:\n1. reverse the list\n2) add 3\n", &p, a));
    assert_string_equal(p.text, "1. reverse the list\n2. add 3");
    assert_false(code_plan_parse("I would sort it.", &p, a));
    assert_false(code_plan_parse("{\"steps\": []}", &p, a));
    assert_false(code_plan_parse("", &p, a));
    arena_free(a);
}

static void steps_assemble_into_a_function(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const char *pieces[] = {"y = sorted(x)\n", "z = y[0] == 1\nif z:\n    y = []"};
    assert_string_equal(
        per_step_assemble("f(x, n) -> int", "f", pieces, 2, a),
        "def f(x, n):\n    y = sorted(x)\n    z = y[0] == 1\n    if z:\n        y = []\n"
        "    return z\n");
    const char *done[] = {"return sum(x)"};
    assert_string_equal(per_step_assemble("", "f", done, 1, a), "def f(x):\n    return sum(x)\n");
    arena_free(a);
}

static int set_up(void **state)
{
    (void)state;
    script_set_up("chat");
    script_task = &task;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hrm_solves_at_once),
        cmocka_unit_test(hrm_repairs_then_replans_and_submits_the_best),
        cmocka_unit_test(the_last_repair_is_executed),
        cmocka_unit_test(repairs_say_what_failed),
        cmocka_unit_test(an_unreadable_plan_is_asked_for_once_more),
        cmocka_unit_test(flat_retry_warms_after_two_stale_iterations),
        cmocka_unit_test(best_of_n_warms_each_sample),
        cmocka_unit_test(switches_take_roles_away),
        cmocka_unit_test(every_cap_holds),
        cmocka_unit_test(an_answer_that_could_not_be_run_counts),
        cmocka_unit_test(a_task_brings_its_limits),
        cmocka_unit_test(a_reference_decides_the_way),
        cmocka_unit_test(a_dry_run_shows_what_is_asked_first),
        cmocka_unit_test(a_fault_is_no_outcome_and_is_taken_up_again),
        cmocka_unit_test(every_attempt_is_on_record),
        cmocka_unit_test(a_role_may_have_sampling_of_its_own),
        cmocka_unit_test(recorded_tool_runs_are_not_run_again),
        cmocka_unit_test(plans_are_read_tolerantly),
        cmocka_unit_test(steps_assemble_into_a_function),
    };
    return cmocka_run_group_tests(tests, set_up, script_tear_down);
}
