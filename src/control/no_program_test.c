/* Replies of the code roles that hold no program: an iteration in which nothing is run, told so,
 * and never submitted; in every arm alike. */
#include "fixtures/code_script.h"

#include "control/episode.h"

static const char PROSE[] = "Needed: two numbers (a, b).\n1. Add them.";

static int show_event(void *ctx, const struct store_event *v)
{
    if (str_eq(v->kind, "refused") || str_eq(v->kind, "candidate") || str_eq(v->kind, "repeated"))
        str_addf(ctx, "%s %s %s;", v->role, v->kind, v->detail);
    return 0;
}

/* What came of the programs of the last episode of this arm. */
static char *events_of(const struct arm *arm)
{
    struct str seen = {0};
    struct err err = {0};
    long long id = 0;
    assert_int_equal(store_episode_add(store, arm->name, task.id, sample_counter - 1, &id, &err),
                     0);
    assert_int_equal(each_event(store, id, show_event, &seen, &err), 0);
    return seen.p ? seen.p : xstrdup("");
}

#define REFUSED(role) role " refused {\"part\":\"program\",\"reason\":\"none\",\"again\":false};"
#define PLAY(arm, ...) play(arm, sample_counter++, (struct script[]){__VA_ARGS__, {0}})

static struct arm flat_with(const char *strategy)
{
    struct arm arm = flat_arm;
    arm.strategy = strategy;
    return arm;
}

static void it_is_an_iteration_without_a_run(void **state)
{
    (void)state;
    env.budget.max_iters = 3;
    struct played p = PLAY(&flat_arm, {"flat", PROSE}, {"flat", PROSE}, {"flat", "# P0 HIDDEN"});
    assert_int_equal(p.rc, 0);
    assert_int_equal(p.row.iterations, 3);
    assert_int_equal(p.row.tool_runs, 1);
    assert_true(p.row.passed); /* the one program, though no public test passes */
    assert_non_null(strstr(last_prompt, NO_PROGRAM));
    assert_null(strstr(last_prompt, "Needed"));
    char *seen CLEANUP_FREE = events_of(&flat_arm);
    assert_string_equal(seen, REFUSED("flat") REFUSED("flat") "flat candidate ;");
    arena_free(p.arena);
}

static void the_best_program_stays(void **state)
{
    (void)state;
    env.budget.max_iters = 3;
    struct played p =
        PLAY(&flat_arm, {"flat", "# P1 HIDDEN"}, {"flat", PROSE}, {"flat", "Needed: 3"});
    assert_non_null(strstr(last_prompt, "An earlier program failed:\nassert f(1)"));
    assert_string_equal(p.row.stop, "budget:iterations");
    assert_true(p.row.passed);
    arena_free(p.arena);
}

/* One role of one arm after the other, each with nothing but prose. */
static void it_is_never_submitted(void **state)
{
    (void)state;
    env.budget.max_iters = 2;
    struct arm oneshot = flat_with("oneshot"), self_plan = flat_with("self_plan"),
               no_tester = hrm_arm, no_tool = flat_arm;
    no_tester.verifier = false;
    no_tool.tool = false;
    struct played p = PLAY(&oneshot, {"flat", PROSE});
    char *seen CLEANUP_FREE = events_of(&oneshot);
    assert_string_equal(seen, REFUSED("flat"));
    assert_string_equal(p.row.submission, "");
    assert_string_equal(p.row.verdict, "none");
    assert_string_equal(p.row.stop, "oneshot");
    arena_free(p.arena);
    p = PLAY(&self_plan, {"flat", "1. add"}, {"flat", TESTS}, {"flat", PROSE}, {"flat", "yes"});
    assert_string_equal(p.row.submission, "");
    assert_string_equal(p.row.stop, "budget:iterations");
    assert_int_equal(p.row.tool_runs, 0);
    arena_free(p.arena);
    p = PLAY(&hrm_arm, {"tester", TESTS}, {"planner", PLAN}, {"coder", PROSE}, {"coder", "42"});
    assert_string_equal(p.row.submission, "");
    assert_int_equal(p.row.iterations, 2);
    arena_free(p.arena);
    p = PLAY(&no_tester, {"planner", PLAN}, {"coder", PROSE});
    assert_string_equal(p.row.submission, "");
    assert_string_equal(p.row.stop, "no_tester");
    arena_free(p.arena);
    p = PLAY(&no_tool, {"flat", PROSE}, {"flat", PROSE});
    assert_string_equal(p.row.submission, "");
    assert_int_equal(p.row.tool_runs, 0);
    arena_free(p.arena);
}

static void a_step_without_code_is_left_out(void **state)
{
    (void)state;
    env.budget.max_iters = 1;
    struct arm arm = hrm_arm;
    arm.coder = ARM_CODER_PER_STEP;
    struct played p = PLAY(&arm, {"tester", TESTS}, {"planner", "1. square it\n2. add one"},
                           {"coder", "First I square it."}, {"coder", "y = x + 1"});
    assert_string_equal(p.row.submission, "def f(x):\n    y = x + 1\n    return y\n");
    char *seen CLEANUP_FREE = events_of(&arm);
    assert_non_null(strstr(seen, REFUSED("coder")));
    arena_free(p.arena);
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
        cmocka_unit_test(it_is_an_iteration_without_a_run),
        cmocka_unit_test(the_best_program_stays),
        cmocka_unit_test(it_is_never_submitted),
        cmocka_unit_test(a_step_without_code_is_left_out),
    };
    return cmocka_run_group_tests(tests, set_up, script_tear_down);
}
