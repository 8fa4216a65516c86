/* The rules that all arms for code share (pace.h, candidate.h, the room of a conversation), and the
 * arms that are made of them, against the scripted model and tool of code_script.h. */
#include "fixtures/code_script.h"

#include "control/candidate.h"

static struct arm flat_with(const char *strategy)
{
    struct arm arm = flat_arm;
    arm.strategy = strategy;
    return arm;
}

static int show_event(void *ctx, const struct store_event *v)
{
    if (str_eq(v->kind, "repeated"))
        str_addf(ctx, "%s ", v->detail);
    else if (str_eq(v->kind, "candidate"))
        str_addf(ctx, "run ");
    return 0;
}

/* The order of runs and repeats of an episode. */
static char *events_of(const char *arm, int sample)
{
    struct str seen = {0};
    struct err err = {0};
    long long id = 0;
    assert_int_equal(store_episode_add(store, arm, task.id, sample, &id, &err), 0);
    assert_int_equal(each_event(store, id, show_event, &seen, &err), 0);
    return seen.p ? seen.p : xstrdup("");
}

/* ---- a program that was run already ---- */

static void a_repeated_program_is_no_iteration_of_flat(void **state)
{
    (void)state;
    int sample = sample_counter++;
    env.budget.max_iters = 3;
    struct played p = play(&flat_arm, sample,
                           (struct script[]){{"flat", "# P1 a"},
                                             {"flat", "# P1 a"}, /* the same again, warmer */
                                             {"flat", "# P1 a"}, /* afresh, warmer */
                                             {"flat", "# P0 b"},
                                             {"flat", "# P2 HIDDEN"},
                                             {0}});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "flat:0.2 flat:0.2 flat:0.4 flat:0.6 flat:0.6 ");
    assert_int_equal(p.row.iterations, 3);
    assert_int_equal(p.row.tool_runs, 3);
    assert_true(p.row.passed);
    char *seen CLEANUP_FREE = events_of("flat", sample);
    assert_string_equal(seen, "run {\"times\":1,\"then\":\"warmer\"} "
                              "{\"times\":2,\"then\":\"afresh\"} run run ");
    arena_free(p.arena);
}

/* What the prompts after a repeated program hold. */
static void the_same_question_comes_first_then_one_afresh(void **state)
{
    (void)state;
    env.budget.max_iters = 3;
    static const struct script s[] = {
        {"flat", "# P1 a"}, {"flat", "# P1 a"}, {"flat", "# P1 a"}, {0}};
    for (int n = 3; n <= 4; n++) {
        fail_at = n == 3 ? 4 : 5;
        struct script some[4] = {s[0], s[1], n == 3 ? (struct script){0} : s[2], {0}};
        struct played p = play(&flat_arm, sample_counter++, some);
        assert_true(p.rc < 0); /* the script ends where the question is looked at */
        assert_true((strstr(last_prompt, "An earlier program failed") != NULL) == (n == 3));
        arena_free(p.arena);
    }
    fail_at = 0;
}

static void a_repeated_program_is_no_iteration_of_the_hierarchy(void **state)
{
    (void)state;
    int sample = sample_counter++;
    env.budget.max_iters = 2;
    struct played p = play(&hrm_arm, sample,
                           (struct script[]){{"tester", TESTS},
                                             {"planner", PLAN},
                                             {"coder", "# P1 a"},
                                             {"coder", "# P1 a"}, /* the same again, warmer */
                                             {"coder", "# P1 a"}, /* afresh: another plan */
                                             {"planner", PLAN},
                                             {"coder", "# P2 HIDDEN"},
                                             {0}});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "tester:0.2 planner:0.2 coder:0.2 coder:0.2 coder:0.4 planner:0.6 "
                               "coder:0.6 ");
    assert_int_equal(p.row.iterations, 2);
    assert_true(p.row.passed);
    char *seen CLEANUP_FREE = events_of("hrm", sample);
    assert_string_equal(seen, "run {\"times\":1,\"then\":\"warmer\"} "
                              "{\"times\":2,\"then\":\"afresh\"} run ");
    arena_free(p.arena);
}

/* ---- a model without end: every reply is a program, the same or another ---- */

static bool repeats_itself;
static int n_programs;

static const char *program_of(struct arena *arena)
{
    int n = repeats_itself ? 0 : n_programs++;
    return arena_printf(arena,
                        "```python\n# P0 S0 number %d\ndef f(x):\n    total = 0\n"
                        "    for i in range(x + %d):\n        total += i * i\n"
                        "    return total\n```",
                        n, n);
}

static int endless_chat(void *ctx, const struct model_request *q, struct model_reply *r,
                        struct arena *arena, struct err *err)
{
    (void)ctx, (void)err;
    size_t bytes = 0;
    for (size_t i = 0; i < q->n_messages; i++)
        bytes += strlen(q->messages[i].content);
    n_chats++;
    const char *last = q->messages[q->n_messages - 1].content;
    const char *text = str_eq(q->role, "planner") || strstr(last, "Plan the solution") ? PLAN
                       : str_eq(q->role, "tester") || strstr(last, "Now write tests")  ? TESTS
                       : str_eq(q->role, "reviewer") ? "Line 3 starts at the wrong number."
                                                     : program_of(arena);
    int tokens = (int)strlen(text) / 3, most = q->sampling.max_tokens;
    *r = (struct model_reply){.text = text,
                              .prompt_tokens = (int)(bytes / 4),
                              .generated_tokens = tokens < most ? tokens : most,
                              .finish = tokens < most ? MODEL_FINISH_STOP : MODEL_FINISH_LENGTH,
                              .total_s = 1,
                              .attempts = 1};
    return 0;
}

static const struct model_ops endless = {
    .name = "endless", .chat = endless_chat, .close = scripted_close};

static struct played play_endless(const struct arm *arm, struct budget budget)
{
    static const struct script nothing[] = {{0}};
    struct model *kept = env.model;
    struct budget before = env.budget;
    env.model = model_from_ops(&endless, NULL);
    env.budget = budget;
    struct played p = play(arm, sample_counter++, nothing);
    model_close(env.model);
    env.model = kept;
    env.budget = before;
    return p;
}

/* The same for every arm, whatever the budget: programs that come again and again end it. */
static void a_model_that_repeats_itself_ends_every_arm(void **state)
{
    (void)state;
    struct arm arms[] = {flat_arm, flat_with("best_of_n"), flat_with("self_plan"), hrm_arm};
    repeats_itself = true;
    for (size_t i = 0; i < sizeof arms / sizeof *arms; i++) {
        struct played p = play_endless(&arms[i], (struct budget){0});
        assert_int_equal(p.rc, 0);
        assert_string_equal(p.row.stop, "repeated");
        assert_int_equal(p.row.iterations, 1);
        assert_int_equal(p.row.tool_runs, 1);
        assert_true(p.row.calls > REPEATS_MAX + 1);
        assert_true(p.row.calls < 3 * REPEATS_MAX + 3);
        arena_free(p.arena);
    }
    repeats_itself = false;
}

/* Every arm that solves nothing ends by the tokens that all arms share, and has used them. */
static void tokens_end_every_arm_alike(void **state)
{
    (void)state;
    struct arm arms[] = {
        flat_arm, flat_with("best_of_n"), flat_with("self_plan"), flat_arm, hrm_arm, hrm_arm,
        hrm_arm};
    const long cap = 8192;
    double least = 1, most = 0;
    arms[3].self_tests = true;
    arms[5].as_needed = true;
    arms[6].planner = false;
    arms[6].tester = ARM_TESTER_EXECUTE;
    arms[6].reviewer = true;
    for (size_t i = 0; i < sizeof arms / sizeof *arms; i++) {
        struct played p = play_endless(&arms[i], (struct budget){.max_total_tokens = cap});
        double used = (double)(p.row.prompt_tokens + p.row.generated_tokens) / (double)cap;
        assert_int_equal(p.rc, 0);
        assert_string_equal(p.row.stop, "budget:total_tokens");
        assert_true(p.row.iterations > 3);
        least = used < least ? used : least;
        most = used > most ? used : most;
        arena_free(p.arena);
    }
    assert_true(most < 1.01); /* the last prompt is estimated */
    assert_true(least > .9);
}

/* ---- self-written tests ---- */

static void self_written_tests_rank_and_never_gate(void **state)
{
    (void)state;
    env.budget.max_iters = 3;
    struct played p = play(&hrm_arm, sample_counter++,
                           (struct script[]){{"tester", TESTS},
                                             {"planner", PLAN},
                                             {"coder", "# P2 S0 HIDDEN"}, /* fails both of them */
                                             {0}});
    assert_string_equal(p.row.stop, "accepted");
    assert_int_equal(p.row.iterations, 1);
    assert_true(p.row.passed);
    arena_free(p.arena);
    p = play(&hrm_arm, sample_counter++,
             (struct script[]){{"tester", TESTS},
                               {"planner", PLAN},
                               {"coder", "# P1 S1"},
                               {"coder", "# P1 S2 HIDDEN"}, /* equal but for a test of its own */
                               {"coder", "# P1 S0"},
                               {0}});
    assert_true(p.row.passed);
    assert_string_equal(p.curve, "80:4:2:5:1"); /* after the second one */
    arena_free(p.arena);
}

static void flat_may_write_tests_too(void **state)
{
    (void)state;
    env.budget.max_iters = 2;
    struct arm arms[] = {flat_arm, flat_with("best_of_n")};
    for (size_t i = 0; i < 2; i++) {
        arms[i].verifier = arms[i].self_tests = true;
        struct played p =
            play(&arms[i], sample_counter++,
                 (struct script[]){
                     {"tester", TESTS}, {"flat", "# P1 S0"}, {"flat", "# P1 S1 HIDDEN"}, {0}});
        assert_int_equal(p.rc, 0);
        assert_true(p.row.passed);
        assert_int_equal(p.row.iterations, 2);
        arena_free(p.arena);
    }
}

static void candidates_are_ranked_where_they_disagree(void **state)
{
    (void)state;
    struct candidate a = {.program = "x", .public_passed = 1, .self_passed = 5, .self_total = 3},
                     b = a, none = {.program = "", .public_total = 1};
    assert_true(candidate_beats(&a, NULL));
    assert_true(candidate_beats(&a, &none)); /* a reply without a program is nothing yet */
    assert_false(candidate_beats(&none, &a));
    assert_false(candidate_beats(&a, &b)); /* a tie keeps the earlier one */
    b.self_passed = 1;
    assert_true(candidate_beats(&a, &b));
    assert_false(candidate_beats(&b, &a));
    b.self_passed = 3; /* each passes one that the other fails */
    assert_false(candidate_beats(&a, &b));
    assert_false(candidate_beats(&b, &a));
    b.public_passed = 2;
    assert_false(candidate_beats(&a, &b));
    assert_true(candidate_beats(&b, &a));
    b.public_passed = 1, b.self_passed = 0, b.self_total = 0; /* before the tests were written */
    assert_false(candidate_beats(&a, &b));
}

/* ---- arms ---- */

static void as_needed_starts_flat(void **state)
{
    (void)state;
    env.budget.max_iters = 3;
    struct arm arm = hrm_arm;
    arm.as_needed = true;
    struct played p = play(&arm, sample_counter++, (struct script[]){{"flat", "# P2 HIDDEN"}, {0}});
    assert_string_equal(asked, "flat:0.2 ");
    assert_true(p.row.passed);
    arena_free(p.arena);
    p = play(&arm, sample_counter++,
             (struct script[]){{"flat", "# P0"},
                               {"tester", TESTS},
                               {"planner", PLAN},
                               {"coder", "# P2 S2 HIDDEN"},
                               {0}});
    assert_string_equal(asked, "flat:0.2 tester:0.2 planner:0.2 coder:0.2 ");
    assert_true(p.row.passed);
    assert_int_equal(p.row.iterations, 2);
    arena_free(p.arena);
}

/* The planner sees what failed, and a coder that repeats it is asked the same question again. */
static void the_failed_try_goes_to_the_planner(void **state)
{
    (void)state;
    env.budget.max_iters = 3;
    struct arm arm = hrm_arm;
    arm.as_needed = true;
    arm.tester = ARM_TESTER_EXECUTE;
    fail_at = 3;
    struct played p = play(&arm, sample_counter++,
                           (struct script[]){{"flat", "# P0 tried"}, {"planner", PLAN}, {0}});
    assert_non_null(strstr(last_prompt, "# P0 tried"));
    assert_non_null(strstr(last_prompt, "assert f(0) == 0"));
    arena_free(p.arena);
    fail_at = 0;
    p = play(&arm, sample_counter++,
             (struct script[]){{"flat", "# P0 tried"},
                               {"planner", PLAN},
                               {"coder", "# P0 tried"},
                               {"coder", "# P2 HIDDEN"},
                               {0}});
    assert_string_equal(asked, "flat:0.2 planner:0.2 coder:0.2 coder:0.4 ");
    assert_null(strstr(last_prompt, "tried"));
    assert_int_equal(p.row.iterations, 2);
    arena_free(p.arena);
}

static void a_reviewer_reads_before_the_coder_repairs(void **state)
{
    (void)state;
    env.budget.max_iters = 3;
    struct arm arm = hrm_arm;
    arm.planner = false;
    arm.tester = ARM_TESTER_EXECUTE;
    arm.reviewer = true;
    struct script s[] = {{"coder", "# P1 first"},
                         {"reviewer", "Line 1 counts from the wrong end."},
                         {"coder", "# P2 HIDDEN"},
                         {0}};
    struct played p = play(&arm, sample_counter++, s);
    assert_string_equal(asked, "coder:0.2 reviewer:0.2 coder:0.2 ");
    assert_non_null(strstr(last_prompt, "Line 1 counts from the wrong end."));
    assert_non_null(strstr(last_prompt, "# P1 first"));
    assert_true(p.row.passed);
    arena_free(p.arena);
}

/* A small model that is shown its failed program writes it again: no arm shows it, all say what
 * became of it. The reviewer's findings are about one program and stand beside it. */
static void a_repair_is_told_what_failed_and_not_shown_the_program(void **state)
{
    (void)state;
    struct arm arms[] = {flat_arm, flat_with("self_plan"), hrm_arm};
    env.budget.max_iters = 2;
    for (size_t i = 0; i < sizeof arms / sizeof *arms; i++) {
        struct script flat[] = {{"flat", "# P1 shown"}, {"flat", "# P2 HIDDEN"}, {0}},
                      talks[] = {{"flat", "1. count"},
                                 {"flat", TESTS},
                                 {"flat", "# P1 shown"},
                                 {"flat", "# P2 HIDDEN"},
                                 {0}},
                      hrm[] = {{"coder", "# P1 shown"}, {"coder", "# P2 HIDDEN"}, {0}};
        arms[i].planner = false;
        arms[i].tester = ARM_TESTER_EXECUTE;
        struct played p = play(&arms[i], sample_counter++, i == 0 ? flat : i == 1 ? talks : hrm);
        assert_true(p.row.passed);
        assert_non_null(strstr(last_prompt, "An earlier program failed:\nassert f(1) == 1"));
        assert_null(strstr(last_prompt, "# P1 shown"));
        arena_free(p.arena);
    }
}

/* ---- one conversation ---- */

static void self_plan_plays_all_roles_in_one_conversation(void **state)
{
    (void)state;
    env.budget.max_iters = 2;
    struct arm arm = flat_with("self_plan");
    struct played p = play(&arm, sample_counter++,
                           (struct script[]){{"flat", "1. count"},
                                             {"flat", TESTS},
                                             {"flat", "```python\n# P1 S1\n```"},
                                             {"flat", "```python\n# P2 S0 HIDDEN\n```"},
                                             {0}});
    assert_int_equal(p.rc, 0);
    assert_int_equal(last_n_messages,
                     12); /* system, the example, and plan, tests, the second program */
    assert_non_null(strstr(last_prompt, "assert f(1) == 1"));
    assert_null(strstr(last_prompt, "# P1 S1"));
    assert_string_equal(p.row.stop, "accepted");
    assert_true(p.row.passed);
    arena_free(p.arena);
}

static void self_plan_begins_a_new_conversation_when_it_is_stale(void **state)
{
    (void)state;
    env.budget.max_iters = 5;
    struct arm arm = flat_with("self_plan");
    struct played p = play(&arm, sample_counter++,
                           (struct script[]){{"flat", "1. count"},
                                             {"flat", "no tests"},
                                             {"flat", "# P1"},
                                             {"flat", "# P0 a"},
                                             {"flat", "# P0 b"},
                                             {"flat", "1. count otherwise"},
                                             {"flat", "# P2 HIDDEN"},
                                             {0}});
    assert_int_equal(p.rc, 0);
    assert_string_equal(asked, "flat:0.2 flat:0.2 flat:0.2 flat:0.2 flat:0.2 flat:0.4 flat:0.4 ");
    assert_int_equal(last_n_messages, 10); /* no tests: those of the first one stay */
    assert_true(p.row.passed);
    arena_free(p.arena);
}

/* The model's context ends before a program is written; the question of `retry` opens the next one.
 */
static int small_chat(void *ctx, const struct model_request *q, struct model_reply *r,
                      struct arena *arena, struct err *err)
{
    int rc = scripted_chat(ctx, q, r, arena, err);
    if (!rc && q->n_messages > 10) {
        r->text = "";
        r->generated_tokens = 0;
        r->finish = MODEL_FINISH_CONTEXT;
    }
    return rc;
}

static void a_conversation_that_no_longer_fits_is_begun_anew(void **state)
{
    (void)state;
    static const struct model_ops small = {
        .name = "small", .chat = small_chat, .close = scripted_close};
    struct model *kept = env.model;
    struct arm arm = flat_with("self_plan");
    env.model = model_from_ops(&small, NULL);
    env.budget.max_iters = 3;
    struct played p = play(&arm, sample_counter++,
                           (struct script[]){{"flat", "1. count"},
                                             {"flat", TESTS},
                                             {"flat", "lost"}, /* it did not fit */
                                             {"flat", "# P1"},
                                             {"flat", "# P2 HIDDEN"},
                                             {0}});
    assert_int_equal(p.rc, 0);
    assert_int_equal(last_n_messages, 2);
    assert_non_null(strstr(last_prompt, "An earlier program failed"));
    assert_non_null(strstr(last_prompt, "Write f."));
    assert_true(p.row.passed);
    arena_free(p.arena);
    model_close(env.model);
    env.model = kept;
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
        cmocka_unit_test(a_repeated_program_is_no_iteration_of_flat),
        cmocka_unit_test(the_same_question_comes_first_then_one_afresh),
        cmocka_unit_test(a_repeated_program_is_no_iteration_of_the_hierarchy),
        cmocka_unit_test(a_model_that_repeats_itself_ends_every_arm),
        cmocka_unit_test(tokens_end_every_arm_alike),
        cmocka_unit_test(self_written_tests_rank_and_never_gate),
        cmocka_unit_test(flat_may_write_tests_too),
        cmocka_unit_test(candidates_are_ranked_where_they_disagree),
        cmocka_unit_test(as_needed_starts_flat),
        cmocka_unit_test(the_failed_try_goes_to_the_planner),
        cmocka_unit_test(a_reviewer_reads_before_the_coder_repairs),
        cmocka_unit_test(a_repair_is_told_what_failed_and_not_shown_the_program),
        cmocka_unit_test(self_plan_plays_all_roles_in_one_conversation),
        cmocka_unit_test(self_plan_begins_a_new_conversation_when_it_is_stale),
        cmocka_unit_test(a_conversation_that_no_longer_fits_is_begun_anew),
    };
    return cmocka_run_group_tests(tests, set_up, script_tear_down);
}
