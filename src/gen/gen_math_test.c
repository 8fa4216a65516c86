/* The generator of math tasks: held-out parts do not occur in training, items are pure functions of
 * their index, only the words tell the number of steps, and every step counts. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "fixtures/heldout.h"
#include "gen/gen_math.h"
#include "gen/gen_math_tree.h"

enum { ALL = (1 << GEN_MATH_FAMILIES) - 1, TRAIN_ITEMS = 20000 };

static struct gen_math_item draw(uint64_t seed, uint64_t index, int min, int max, unsigned families,
                                 enum gen_math_split split, struct arena *arena)
{
    struct gen_math_options opt = {min, max, families, split, false};
    struct gen_math_item item;
    struct err err = {0};
    if (gen_math_item(seed, index, &opt, &item, arena, &err) < 0)
        fail_msg("%s", err.msg);
    return item;
}

static void items_are_pure_functions(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (uint64_t i = 0; i < 50; i++) {
        struct gen_math_item a = draw(3, i, 1, 6, ALL, GEN_MATH_TRAIN, arena);
        draw(4, i, 2, 6, ALL, GEN_MATH_TEST, arena);
        struct gen_math_item b = draw(3, i, 1, 6, ALL, GEN_MATH_TRAIN, arena);
        assert_string_equal(a.prompt, b.prompt);
        assert_string_equal(a.program, b.program);
        assert_string_equal(a.check, b.check);
        assert_int_equal(a.hash, b.hash);
    }
    assert_string_not_equal(draw(3, 0, 4, 4, 0, GEN_MATH_TRAIN, arena).prompt,
                            draw(4, 0, 4, 4, 0, GEN_MATH_TRAIN, arena).prompt);
    arena_free(arena);
}

static void an_item_reads_like_this(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct gen_math_item item = draw(1, 5, 3, 3, 1u << GEN_MATH_SHOP, GEN_MATH_TRAIN, arena);
    struct task t;
    gen_math_task(&item, &t, arena);
    assert_string_equal(
        t.prompt,
        "Zube buys 9 bells for 5 dollars each. The shop has 13 hats on the shelf. Ana is "
        "7 years old and likes maps. Sezew is 9 years old and likes ropes. 5 coupons take "
        "7 dollars each off the total. The shop has 3 books on the shelf. How many "
        "dollars does this cost Zube?");
    assert_string_equal(t.reference, "total = 9 * 5\n"
                                     "coupons = 5 * 7\n"
                                     "total = total - coupons\n"
                                     "print(total)\n");
    assert_string_equal(item.check, "n = 9 * 5\nn -= 5 * 7\nprint(n)\n");
    assert_string_equal(item.plan[0], "9 groups of 5");
    assert_string_equal(item.plan[2], "#1 minus #2");
    assert_string_equal(t.graph[2].expr, "s1 - s2");
    assert_string_equal(gen_math_subgoal(&item, 2, true, arena), "45 minus 35");
    assert_true(t.answer == 10);
    arena_free(arena);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool is_test_tree(const uint64_t *trees, size_t n, uint64_t hash)
{
    return bsearch(&hash, trees, n, sizeof hash, by_value) != NULL;
}

static void no_test_item_occurs_in_training(void **state)
{
    (void)state;
    enum { N_TEST = 3000 };
    uint64_t trees[N_TEST];
    struct arena *arena = arena_new();
    for (int i = 0; i < N_TEST; i++)
        trees[i] =
            draw(1, (uint64_t)i, 2, 6, ALL, i % 2 ? GEN_MATH_TEST : GEN_MATH_HELDOUT, arena).hash;
    arena_free(arena);
    qsort(trees, N_TEST, sizeof *trees, by_value);
    for (uint64_t i = 0; i < TRAIN_ITEMS; i++) {
        arena = arena_new();
        struct gen_math_item item = draw(1 + i % 3, i, 1, 6, ALL, GEN_MATH_TRAIN, arena);
        if (is_test_tree(trees, N_TEST, item.hash))
            fail_msg("training item %d has a tree of the tests: %s", (int)i, item.check);
        if (gen_math_has_heldout_words(item.prompt))
            fail_msg("training item %d has words of the tests: %s", (int)i, item.prompt);
        arena_free(arena);
    }
}

static void the_heldout_split_words_one_part_anew(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (uint64_t i = 0; i < 600; i++) {
        struct gen_math_item item = draw(1, i, 2, 6, ALL, GEN_MATH_HELDOUT, arena);
        if (!gen_math_has_heldout_words(item.prompt))
            fail_msg("nothing new in: %s", item.prompt);
        assert_true(str_ends(item.group, "_heldout"));
        item = draw(1, i, 2, 6, ALL, GEN_MATH_TEST, arena);
        if (gen_math_has_heldout_words(item.prompt))
            fail_msg("something new in: %s", item.prompt);
        assert_false(str_ends(item.group, "_heldout"));
    }
    assert_true(gen_math_has_heldout_words("Then Otto sells 3 nuts."));
    assert_true(gen_math_has_heldout_words("Ana sells 17 of the nuts."));
    assert_false(gen_math_has_heldout_words("Ottoman Ana gives Ben 17 nuts."));
    arena_free(arena);
}

static int count_words(const char *text)
{
    int n = 1;
    for (; *text; text++)
        n += *text == ' ';
    return n;
}

static int count_statements(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += *text == '.' || *text == '?';
    return n;
}

/* Answers, numbers and lengths look the same whatever the number of steps. */
static void only_the_words_tell_the_steps(void **state)
{
    (void)state;
    enum { ITEMS = 1200, RANGES = 6 };
    static const int above[RANGES] = {9, 19, 39, 79, 159, 400};
    for (int steps = 1; steps <= GEN_MATH_MAX_STEPS; steps++) {
        int range[RANGES] = {0}, trees = 0;
        double words = 0;
        for (uint64_t i = 0; i < ITEMS; i++) {
            struct arena *arena = arena_new();
            struct gen_math_item item = draw(2, i, steps, steps, 0, GEN_MATH_TRAIN, arena);
            int at = 0;
            while (item.answer > above[at])
                at++;
            range[at]++;
            words += count_words(item.prompt);
            trees += item.tree;
            assert_int_equal(count_statements(item.prompt), 7);
            arena_free(arena);
        }
        for (int k = 0; k < RANGES; k++) /* 200 expected, four deviations of 13 either way */
            assert_in_range(range[k], 148, 252);
        assert_in_range((int)(words / ITEMS), 50, 56);
        if (steps > 2)
            assert_in_range(trees, ITEMS / 2 - 70, ITEMS / 2 + 70);
        else
            assert_int_equal(trees, 0);
    }
}

/* The value with one number of the text changed; false when it is no whole number. */
static bool evaluate(const struct gen_math_item *item, int changed, int *out)
{
    int value[GEN_MATH_MAX_STEPS] = {0}, leaf = 0;
    for (int i = 0; i < item->steps; i++) {
        const struct gen_math_node *at = &item->node[i];
        int side[2];
        for (int s = 0; s < 2; s++) {
            const struct gen_math_operand *x = s ? &at->right : &at->left;
            side[s] = x->step ? value[x->step - 1] : x->value + (leaf++ == changed);
        }
        if (at->op == '/' && (side[1] == 0 || side[0] % side[1] != 0))
            return false;
        value[i] = at->op == '+'   ? side[0] + side[1]
                   : at->op == '-' ? side[0] - side[1]
                   : at->op == '*' ? side[0] * side[1]
                                   : side[0] / side[1];
    }
    *out = value[item->steps - 1];
    return true;
}

static void every_number_and_step_matters(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (uint64_t i = 0; i < 600; i++) {
        struct gen_math_item item = draw(5, i, 1, 6, ALL, GEN_MATH_TRAIN, arena);
        int value = 0;
        assert_true(evaluate(&item, -1, &value));
        assert_int_equal(value, item.answer);
        assert_false(gen_math_tree_has_shortcut(item.node, item.steps));
        for (int leaf = 0; leaf <= item.steps; leaf++)
            if (evaluate(&item, leaf, &value))
                assert_int_not_equal(value, item.answer);
        for (int k = 0; k < item.steps; k++) {
            assert_in_range(item.node[k].value, 1, 999);
            assert_true(item.node[k].left.step || item.node[k].left.value >= 2);
            assert_true(item.node[k].right.step || item.node[k].right.value <= 20);
        }
    }
    arena_free(arena);
}

static void shortcuts_are_found(void **state)
{
    (void)state;
    /* 6 / 2 + 3: the 6 will do; (5 + 4) - 4: the 5 */
    struct gen_math_node a[2] = {{'/', {0, 6}, {0, 2}, 3, false}, {'+', {1, 3}, {0, 3}, 6, false}};
    struct gen_math_node b[2] = {{'+', {0, 5}, {0, 4}, 9, false}, {'-', {1, 9}, {0, 4}, 5, false}};
    struct gen_math_node c[2] = {{'+', {0, 5}, {0, 4}, 9, false}, {'*', {1, 9}, {0, 7}, 63, false}};
    assert_true(gen_math_tree_has_shortcut(a, 2));
    assert_true(gen_math_tree_has_shortcut(b, 2));
    assert_false(gen_math_tree_has_shortcut(c, 2));
}

static void sides_of_sums_and_products_do_not_count(void **state)
{
    (void)state;
    struct gen_math_node a[2] = {{'*', {0, 5}, {0, 8}, 0, false}, {'+', {1, 0}, {0, 3}, 0, false}};
    struct gen_math_node b[2] = {{'*', {0, 7}, {0, 2}, 0, true}, {'+', {0, 9}, {1, 0}, 0, false}};
    struct gen_math_node c[2] = {{'*', {0, 5}, {0, 8}, 0, false}, {'-', {1, 0}, {0, 3}, 0, false}};
    struct gen_math_node d[2] = {{'*', {0, 5}, {0, 8}, 0, false}, {'-', {0, 3}, {1, 0}, 0, false}};
    assert_int_equal(gen_math_tree_hash(a, 2), gen_math_tree_hash(b, 2));
    assert_true(gen_math_tree_hash(a, 2) != gen_math_tree_hash(c, 2));
    assert_true(gen_math_tree_hash(c, 2) != gen_math_tree_hash(d, 2));
}

static void impossible_options_are_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct gen_math_item item;
    struct suite suite;
    struct err err = {0};
    assert_int_not_equal(gen_math_item(1, 0, &(struct gen_math_options){0, 3, 0, GEN_MATH_TRAIN},
                                       &item, arena, &err),
                         0);
    assert_string_equal(err.msg, "steps 0-3: expected a range within 1-6");
    assert_int_not_equal(
        gen_math_item(1, 0, &(struct gen_math_options){1, 3, 0, GEN_MATH_TEST}, &item, arena, &err),
        0);
    assert_string_equal(err.msg, "steps 1-3: expected a range within 2-6, as problems of one step "
                                 "are for training");
    assert_int_equal(
        gen_math_tasks(1, 500, &(struct gen_math_options){2, 2, 0, GEN_MATH_TEST}, &suite, &err),
        0);
    assert_int_equal(suite.n_tasks, 500);
    suite_free(&suite);
    arena_free(arena);
}

static void the_shipped_suite_is_what_the_generator_makes(void **state)
{
    (void)state;
    char *made CLEANUP_FREE = NULL, *shipped CLEANUP_FREE = NULL, *again CLEANUP_FREE = NULL;
    struct suite suite;
    struct err err = {0};
    size_t n = 0;
    int cell[2][GEN_MATH_MAX_STEPS + 1] = {0};
    if (gen_math_suite_text(&made, &err) < 0 ||
        file_read("eval/suites/compositional_math.yaml", 0, &shipped, &n, &err) < 0 ||
        suite_load("eval/suites/compositional_math.yaml", &suite, &err) < 0)
        fail_msg("%s", err.msg);
    assert_true(strcmp(made, shipped) == 0);
    again = suite_yaml(&suite); /* graphs are read as they are written */
    assert_true(str_ends(shipped, again));
    for (size_t i = 0; i < suite.n_tasks; i++) {
        const struct task *t = &suite.tasks[i];
        assert_int_equal(t->n_graph, t->steps);
        assert_true(t->graph[t->n_graph - 1].value == t->answer);
        if (!str_starts(t->group, "compare"))
            cell[str_starts(t->group, "shop")][t->steps]++;
    }
    for (int k = 2; k <= GEN_MATH_MAX_STEPS; k++) {
        assert_int_equal(cell[0][k], 20);
        assert_int_equal(cell[1][k], 20);
    }
    suite_free(&suite);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_pure_functions),
        cmocka_unit_test(an_item_reads_like_this),
        cmocka_unit_test(no_test_item_occurs_in_training),
        cmocka_unit_test(the_heldout_split_words_one_part_anew),
        cmocka_unit_test(only_the_words_tell_the_steps),
        cmocka_unit_test(every_number_and_step_matters),
        cmocka_unit_test(shortcuts_are_found),
        cmocka_unit_test(sides_of_sums_and_products_do_not_count),
        cmocka_unit_test(impossible_options_are_refused),
        cmocka_unit_test(the_shipped_suite_is_what_the_generator_makes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
