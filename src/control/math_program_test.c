/* What a reply that should hold a program comes to, for every role of every math arm alike. */
#include "fixtures/math_script.h"

#include "base/file.h"
#include "control/episode.h"

static const struct arm pot_arm = {
    .name = "pot", .controller = "flat", .strategy = "pot", .tool = true};
static const struct arm self_plan_arm = {
    .name = "self_plan", .controller = "flat", .strategy = "self_plan", .tool = true};

/* The first program of the worked example in a template. */
static const char *example_of(const char *name, struct arena *arena)
{
    char *path CLEANUP_FREE = xasprintf("prompts/chat/%s.txt", name), *text CLEANUP_FREE = NULL;
    size_t n;
    assert_int_equal(file_read(path, 0, &text, &n, NULL), 0);
    const char *p = strstr(text, "--- assistant\n");
    p = p ? strstr(p, "```python") : NULL;
    assert_non_null(p);
    return arena_strndup(arena, p, (size_t)(strstr(p + 3, "```") - p) + 3);
}

/* The reply of `role` to its first question for a program, then sound ones. */
static struct played play_with(const struct arm *arm, const char *role, const char *reply)
{
    if (str_eq(role, "solver"))
        return PLAY(arm, {"supervisor", PLAN}, {"solver", reply}, {"solver", RUN_40},
                    {"solver", RUN_52}, {"verifier", RUN_52});
    if (str_eq(role, "verifier"))
        return PLAY(arm, {"supervisor", PLAN}, {"solver", RUN_40}, {"solver", RUN_52},
                    {"verifier", reply}, {"verifier", RUN_52});
    if (arm == &pot_arm)
        return PLAY(arm, {"flat", reply});
    return PLAY(arm, {"flat", "1. groups"}, {"flat", reply}, {"flat", RUN_52},
                {"flat", "```python\nanswer = 52 # other\n```"});
}

static const struct {
    const struct arm *arm;
    const char *role, *template;
    int runs; /* of the programs that follow */
} roles[] = {{&hrm_arm, "solver", "solver", 3},
             {&hrm_arm, "verifier", "verifier", 3},
             {&pot_arm, "flat", "flat_pot", 0},
             {&self_plan_arm, "flat", "self_plan_math", 2}};

/* The reply is refused for this reason and not run; all but pot, which asks once, go on. */
static void assert_refused(size_t i, const char *reply, const char *reason)
{
    n_runs = 0;
    struct played p = play_with(roles[i].arm, roles[i].role, reply);
    bool again = roles[i].arm != &pot_arm;
    assert_int_equal(p.rc, 0);
    assert_has(record_of(roles[i].arm),
               arena_printf(p.arena,
                            "refused {\"part\":\"program\",\"reason\":\"%s\",\"again\":%s}", reason,
                            again ? "true" : "false"));
    if (n_runs != roles[i].runs)
        fail_msg("%s of %s: %d runs of %s", roles[i].role, roles[i].arm->name, n_runs, reply);
    assert_int_equal(p.row.passed, again);
    arena_free(p.arena);
}

static void the_prompts_example_is_no_program(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        assert_refused(i, example_of(roles[i].template, arena), "echo");
    arena_free(arena);
}

static void prose_is_no_program(void **state)
{
    (void)state;
    static const char *const replies[] = {"Needed: 36 km (\"36 km\"). 1. Divide it by the hours.",
                                          "Needed: 52", "52", "distance / time = speed", ""};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        for (size_t k = 0; k < sizeof replies / sizeof *replies; k++)
            assert_refused(i, replies[k], "none");
}

static void a_role_is_told_that_there_is_none(void **state)
{
    (void)state;
    env.budget.max_calls = 3;
    struct played p =
        PLAY(&hrm_arm, {"supervisor", PLAN}, {"solver", "Needed: 36"}, {"solver", ""});
    assert_has(last_prompt, NO_PROGRAM);
    assert_null(strstr(record_of(&hrm_arm), "tool_call"));
    env.budget.max_calls = 0;
    arena_free(p.arena);
}

static void a_role_is_told_of_its_echo(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    const char *example = example_of("self_plan_math", arena);
    env.budget.max_calls = 3;
    struct played p = PLAY(&self_plan_arm, {"flat", "1. groups"}, {"flat", example}, {"flat", ""});
    assert_has(last_prompt, "it repeated the example");
    env.budget.max_calls = 0;
    arena_free(p.arena);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_prompts_example_is_no_program),
        cmocka_unit_test(a_role_is_told_of_its_echo),
        cmocka_unit_test(prose_is_no_program),
        cmocka_unit_test(a_role_is_told_that_there_is_none),
    };
    return cmocka_run_group_tests(tests, set_up, script_tear_down);
}
