/* The generator of code tasks: held-out parts do not occur in training, items are pure functions of
 * their index, and the interpreter of operations agrees with values worked out in Python. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "fixtures/heldout.h"
#include "gen/gen_code.h"
#include "gen/gen_code_ops.h"

enum { TRAIN_ITEMS = 24000 };

static struct gen_code_item draw(uint64_t seed, uint64_t index, int min, int max,
                                 enum gen_code_split split, struct arena *arena)
{
    struct gen_code_options opt = {min, max, split};
    struct gen_code_item item;
    struct err err = {0};
    if (gen_code_item(seed, index, &opt, &item, arena, &err) < 0)
        fail_msg("%s", err.msg);
    return item;
}

static void items_are_pure_functions(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (uint64_t i = 0; i < 50; i++) {
        struct gen_code_item a = draw(3, i, 1, 4, GEN_CODE_TRAIN, arena);
        struct gen_code_item b = draw(3, i, 1, 4, GEN_CODE_TRAIN, arena);
        assert_string_equal(a.prompt, b.prompt);
        assert_string_equal(a.program, b.program);
        assert_int_equal(a.hash, b.hash);
    }
    assert_string_not_equal(draw(3, 0, 4, 4, GEN_CODE_TRAIN, arena).prompt,
                            draw(4, 0, 4, 4, GEN_CODE_TRAIN, arena).prompt);
    arena_free(arena);
}

static void an_item_reads_like_this(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct gen_code_item item = draw(1, 3, 2, 2, GEN_CODE_TRAIN, arena);
    assert_string_equal(item.prompt,
                        "Write a function f(x) for a list of integers x. It should add 9 to each "
                        "number, then compute the sum of the list and return the result.");
    assert_string_equal(item.program, "def f(x):\n"
                                      "    x = [v + 9 for v in x]\n"
                                      "    x = sum(x)\n"
                                      "    return x\n");
    assert_string_equal(item.plan[0], "add 9 to each number");
    assert_string_equal(item.plan[1], "add up the numbers");
    arena_free(arena);
}

static const struct task *task_with(const struct suite *s, const char *prompt, const char *program)
{
    for (size_t i = 0; i < s->n_tasks; i++)
        if (str_eq(s->tasks[i].prompt, prompt) || str_eq(s->tasks[i].reference, program))
            return &s->tasks[i];
    return NULL;
}

static void no_test_item_occurs_in_training(void **state)
{
    (void)state;
    struct suite suite;
    struct err err = {0};
    if (gen_code_suite(1, &suite, &err) < 0)
        fail_msg("%s", err.msg);
    assert_true(suite.n_tasks >= 120);
    for (uint64_t i = 0; i < TRAIN_ITEMS; i++) {
        struct arena *arena = arena_new();
        struct gen_code_item item = draw(1 + i % 3, i, 1, 4, GEN_CODE_TRAIN, arena);
        const struct task *same = task_with(&suite, item.prompt, item.program);
        if (same)
            fail_msg("training item %d is the test %s", (int)i, same->id);
        if (gen_code_has_heldout_pair(item.chain, item.steps))
            fail_msg("training item %d has a held-out pair: %s", (int)i, item.prompt);
        if (gen_code_has_heldout_wording(item.prompt))
            fail_msg("training item %d has a held-out wording: %s", (int)i, item.prompt);
        for (int k = 0; k < item.steps; k++)
            assert_false(gen_code_has_heldout_wording(item.plan[k]));
        arena_free(arena);
    }
    suite_free(&suite);
}

static bool same_operations(const struct gen_code_item *a, const struct gen_code_item *b)
{
    if (a->steps != b->steps)
        return false;
    for (int i = 0; i < a->steps; i++)
        if (a->chain[i].op != b->chain[i].op)
            return false;
    return true;
}

/* Of two operations or more, a test chain is new whatever the parameters are. */
static void test_chains_are_new_whatever_their_parameters(void **state)
{
    (void)state;
    enum { N_TEST = 100, N_TRAIN = 4000 };
    struct arena *arena = arena_new();
    struct gen_code_item test[N_TEST];
    for (int i = 0; i < N_TEST; i++) {
        test[i] = draw(1, (uint64_t)i, 2, 4, GEN_CODE_TEST, arena);
        assert_false(gen_code_has_heldout_pair(test[i].chain, test[i].steps));
    }
    for (uint64_t i = 0; i < N_TRAIN; i++) {
        struct gen_code_item item = draw(9, i, 2, 3, GEN_CODE_TRAIN, arena);
        for (int j = 0; j < N_TEST; j++)
            assert_false(same_operations(&item, &test[j]));
    }
    arena_free(arena);
}

static void about_a_fifth_of_the_pairs_is_held_out(void **state)
{
    (void)state;
    int pairs = 0, heldout = 0;
    for (size_t a = 0; a < gen_op_count(); a++) {
        int followers = 0;
        for (size_t b = 0; b < gen_op_count(); b++) {
            struct gen_code_step chain[2] = {{(int)a, 0}, {(int)b, 0}};
            if (a == b || gen_op(a)->out != gen_op(b)->in)
                continue;
            pairs++;
            followers += !gen_code_has_heldout_pair(chain, 2);
            heldout += gen_code_has_heldout_pair(chain, 2);
        }
        assert_true(gen_op(a)->out == GEN_INT || followers >= 5);
    }
    assert_in_range(heldout * 100 / pairs, 15, 25);
}

static void heldout_splits_hold_what_they_say(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (uint64_t i = 0; i < 200; i++) {
        struct gen_code_item pairs = draw(1, i, 2, 4, GEN_CODE_HELDOUT_PAIRS, arena);
        assert_true(gen_code_has_heldout_pair(pairs.chain, pairs.steps));
        assert_false(gen_code_has_heldout_wording(pairs.prompt));
        struct gen_code_item wording = draw(1, i, 1, 4, GEN_CODE_HELDOUT_PHRASING, arena);
        assert_false(gen_code_has_heldout_pair(wording.chain, wording.steps));
        assert_true(gen_code_has_heldout_wording(wording.prompt));
    }
    struct gen_code_options one = {1, 3, GEN_CODE_HELDOUT_PAIRS};
    struct gen_code_item item;
    struct err err = {0};
    assert_int_not_equal(gen_code_item(1, 0, &one, &item, arena, &err), 0);
    assert_string_equal(err.msg, "steps 1-3: tasks with held-out pairs have at least 2 steps");
    arena_free(arena);
}

static void wordings_are_told_apart(void **state)
{
    (void)state;
    assert_true(gen_code_has_heldout_wording("f should make each number larger by 12, then stop"));
    assert_true(gen_code_has_heldout_wording("leave out each 'a'"));
    assert_true(gen_code_has_heldout_wording("Create f for an argument x"));
    assert_false(gen_code_has_heldout_wording("add 12 to each number"));
    for (size_t i = 0; i < gen_op_count(); i++)
        for (int w = 0; w + 1 < GEN_OP_WORDINGS; w++)
            assert_false(gen_code_has_heldout_wording(gen_op(i)->wording[w]));
}

/* "assert f(" up to " == " */
static size_t input_length(const char *test)
{
    return (size_t)(strstr(test, ") == ") - test);
}

static void tests_do_not_repeat_each_other(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (uint64_t i = 0; i < 300; i++) {
        struct gen_code_item item = draw(5, i, 1, 4, GEN_CODE_TEST, arena);
        struct task t;
        gen_code_task(&item, &t, arena);
        assert_int_equal(t.n_public, GEN_CODE_PUBLIC);
        assert_int_equal(t.n_hidden, GEN_CODE_HIDDEN);
        const char *all[GEN_CODE_PUBLIC + GEN_CODE_HIDDEN];
        memcpy(all, t.public_tests, sizeof(char *) * GEN_CODE_PUBLIC);
        memcpy(all + GEN_CODE_PUBLIC, t.hidden_tests, sizeof(char *) * GEN_CODE_HIDDEN);
        for (int a = 0; a < GEN_CODE_PUBLIC + GEN_CODE_HIDDEN; a++)
            for (int b = 0; b < a; b++)
                assert_true(input_length(all[a]) != input_length(all[b]) ||
                            strncmp(all[a], all[b], input_length(all[a])) != 0);
    }
    arena_free(arena);
}

static struct gen_value list_of(int n, const long long *v)
{
    struct gen_value x = {.type = GEN_LIST, .n = n};
    memcpy(x.v, v, (size_t)n * sizeof *v);
    return x;
}

static struct gen_value text_of(const char *s)
{
    struct gen_value x = {.type = GEN_TEXT, .n = (int)strlen(s)};
    memcpy(x.s, s, strlen(s));
    return x;
}

static void apply_named(const char *name, int param, struct gen_value *x)
{
    for (size_t i = 0; i < gen_op_count(); i++) {
        if (str_eq(gen_op(i)->name, name)) {
            assert_true(gen_op(i)->apply(x, param));
            return;
        }
    }
    fail_msg("no operation %s", name);
}

#define LIST(...)                                                                                  \
    list_of(sizeof((long long[]){__VA_ARGS__}) / sizeof(long long), (long long[]){__VA_ARGS__})

static void operations_do_what_python_does(void **state)
{
    (void)state;
    const struct {
        const char *op;
        int param;
        struct gen_value in, out;
    } cases[] = {
        {"reverse", 0, LIST(1, 2, 3), LIST(3, 2, 1)},
        {"sort_down", 0, LIST(2, -3, 2, 9), LIST(9, 2, 2, -3)},
        {"unique", 0, LIST(2, 1, 2, 1, 3), LIST(2, 1, 3)},
        {"odds", 0, LIST(-3, -2, 0, 5), LIST(-3, 5)},
        {"evens", 0, LIST(-3, -2, 0, 5), LIST(-2, 0)},
        {"greater", 3, LIST(3, 4, -9), LIST(4)},
        {"drop", 2, LIST(1, 2, 3), LIST(3)},
        {"first", 2, LIST(1, 2, 3), LIST(1, 2)},
        {"every_second", 0, LIST(1, 2, 3, 4), LIST(1, 3)},
        {"running_sums", 0, LIST(1, -2, 5), LIST(1, -1, 4)},
        {"differences", 0, LIST(1, -2, 5), LIST(-3, 7)},
        {"multiply", 3, LIST(1, -2), LIST(3, -6)},
        {"text_sort", 0, text_of("b A a"), text_of("  Aab")},
        {"swap_case", 0, text_of("aB c"), text_of("Ab C")},
        {"remove_vowels", 0, text_of("hEllo you"), text_of("hll y")},
        {"remove", 'l', text_of("hello Lil"), text_of("heo Li")},
        {"text_unique", 0, text_of("aAbab"), text_of("aAb")},
        {"reverse_words", 0, text_of(" one  two three"), text_of("three two one")},
        {"word_lengths", 0, text_of(" one  seven "), LIST(3, 5)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct gen_value x = cases[i].in;
        apply_named(cases[i].op, cases[i].param, &x);
        if (!gen_value_equal(&x, &cases[i].out))
            fail_msg("%s", cases[i].op);
    }
    struct gen_value empty = {.type = GEN_LIST};
    apply_named("max", 0, &empty);
    assert_int_equal(empty.type, GEN_INT);
    assert_int_equal(empty.v[0], 0);
}

static void numbers_out_of_range_are_noticed(void **state)
{
    (void)state;
    struct gen_value x = LIST(2000000);
    for (size_t i = 0; i < gen_op_count(); i++)
        if (str_eq(gen_op(i)->name, "square"))
            assert_false(gen_op(i)->apply(&x, 0));
}

static void more_tasks_than_exist_are_refused(void **state)
{
    (void)state;
    struct gen_code_options opt = {1, 1, GEN_CODE_TEST};
    struct suite suite;
    struct err err = {0};
    assert_int_not_equal(gen_code_tasks(1, 400, &opt, &suite, &err), 0);
    assert_non_null(strstr(err.msg, "test, 1-1 steps: only "));
    assert_int_equal(gen_code_tasks(1, 60, &opt, &suite, &err), 0);
    assert_int_equal(suite.n_tasks, 60);
    suite_free(&suite);
}

static void the_shipped_suite_is_what_the_generator_makes(void **state)
{
    (void)state;
    char *made CLEANUP_FREE = NULL, *shipped CLEANUP_FREE = NULL;
    struct err err = {0};
    size_t n = 0;
    if (gen_code_suite_text(&made, &err) < 0 ||
        file_read("eval/suites/compositional_code.yaml", 0, &shipped, &n, &err) < 0)
        fail_msg("%s", err.msg);
    assert_true(strcmp(made, shipped) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_pure_functions),
        cmocka_unit_test(an_item_reads_like_this),
        cmocka_unit_test(no_test_item_occurs_in_training),
        cmocka_unit_test(test_chains_are_new_whatever_their_parameters),
        cmocka_unit_test(about_a_fifth_of_the_pairs_is_held_out),
        cmocka_unit_test(heldout_splits_hold_what_they_say),
        cmocka_unit_test(wordings_are_told_apart),
        cmocka_unit_test(tests_do_not_repeat_each_other),
        cmocka_unit_test(operations_do_what_python_does),
        cmocka_unit_test(numbers_out_of_range_are_noticed),
        cmocka_unit_test(more_tasks_than_exist_are_refused),
        cmocka_unit_test(the_shipped_suite_is_what_the_generator_makes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
