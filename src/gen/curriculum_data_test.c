/* Orders are permutations of one multiset, and no test is in it. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>
#include "base/mem.h"
#include "gen/curriculum_data.h"

enum { N = 300 };

static struct curriculum_set set_of(uint64_t seed, size_t n)
{
    return (struct curriculum_set){
        .seed = seed, .n = n, .steps_min = 2, .steps_max = 4, .plain = true, .replay = 0.2};
}

static struct suite tests_of(uint64_t seed, size_t per_step)
{
    char *text CLEANUP_FREE = NULL;
    struct suite s = {0};
    struct err err = {0};
    if (curriculum_tests_text(seed, per_step, true, &text, &err) < 0 ||
        suite_parse("tests", text, strlen(text), &s, &err) < 0)
        fail_msg("%s", err.msg);
    return s;
}

static void every_order_is_a_permutation(void **state)
{
    const struct curriculum_set s = set_of(7, N);
    (void)state;
    for (int o = 0; o < CURRICULUM_ORDERS; o++) {
        size_t *q CLEANUP_FREE = curriculum_sequence(&s, (enum curriculum_order)o);
        bool seen[N] = {false};
        for (size_t i = 0; i < N; i++) {
            assert_in_range(q[i], 0, N - 1);
            assert_false(seen[q[i]]);
            seen[q[i]] = true;
        }
    }
}

static void stages(void **state)
{
    const struct curriculum_set s = set_of(7, N);
    size_t *random CLEANUP_FREE = curriculum_sequence(&s, CURRICULUM_RANDOM);
    size_t *strict CLEANUP_FREE = curriculum_sequence(&s, CURRICULUM_STRICT);
    size_t *reverse CLEANUP_FREE = curriculum_sequence(&s, CURRICULUM_REVERSE);
    int mixed = 0;
    (void)state;
    for (size_t i = 1; i < N; i++) {
        assert_true(curriculum_steps(&s, strict[i]) >= curriculum_steps(&s, strict[i - 1]));
        assert_true(curriculum_steps(&s, reverse[i]) <= curriculum_steps(&s, reverse[i - 1]));
        mixed += curriculum_steps(&s, random[i]) < curriculum_steps(&s, random[i - 1]);
    }
    assert_true(mixed > N / 5);
    for (size_t i = 0, at = 0; i < N; i++) /* within a stage the order is that of the mix */
        if (curriculum_steps(&s, random[i]) == 2)
            assert_int_equal(strict[at++], random[i]);
}

/* A fifth of the last stage was held back from the earlier ones; the first stage is pure. */
static void replay(void **state)
{
    const struct curriculum_set s = set_of(3, N);
    size_t *q CLEANUP_FREE = curriculum_sequence(&s, CURRICULUM_CUMULATIVE);
    int earlier = 0;
    const size_t last = 124; /* 100 problems of 4 steps, and 12 of each of two other step counts */
    (void)state;
    for (size_t i = N - last; i < N; i++)
        earlier += curriculum_steps(&s, q[i]) < 4;
    assert_int_equal(earlier, 24);
    for (size_t i = 0; i < 60; i++)
        assert_int_equal(curriculum_steps(&s, q[i]), 2);
    for (size_t i = 0; i + last < N; i++)
        assert_true(curriculum_steps(&s, q[i]) < 4);
}

/* The last tenth of every order is a mix of all step counts, and what comes before keeps its
 * stages. */
static void finish(void **state)
{
    struct curriculum_set s = set_of(3, N);
    const size_t last = 30;
    (void)state;
    s.finish = 0.1;
    size_t *random CLEANUP_FREE = curriculum_sequence(&s, CURRICULUM_RANDOM);
    s.finish = 0;
    size_t *same CLEANUP_FREE = curriculum_sequence(&s, CURRICULUM_RANDOM);
    assert_memory_equal(random, same, sizeof *same * N);
    s.finish = 0.1;
    for (int o = CURRICULUM_STRICT; o < CURRICULUM_ORDERS; o++) {
        size_t *q CLEANUP_FREE = curriculum_sequence(&s, (enum curriculum_order)o);
        int count[5] = {0}, falls = 0;
        bool seen[N] = {false};
        for (size_t i = 0; i < N; i++) {
            assert_false(seen[q[i]]);
            seen[q[i]] = true;
            if (i >= N - last)
                count[curriculum_steps(&s, q[i])]++;
            if (i > N - last)
                falls += curriculum_steps(&s, q[i]) < curriculum_steps(&s, q[i - 1]);
        }
        for (int k = 2; k <= 4; k++)
            assert_int_equal(count[k], last / 3);
        assert_true(falls > 3);
    }
    size_t *strict CLEANUP_FREE = curriculum_sequence(&s, CURRICULUM_STRICT);
    for (size_t i = 1; i < N - last; i++)
        assert_true(curriculum_steps(&s, strict[i]) >= curriculum_steps(&s, strict[i - 1]));
}

static void hashes_tell_orders_apart_and_multisets_together(void **state)
{
    struct curriculum_set s = set_of(5, 60), other = set_of(6, 60);
    struct curriculum_check a, b, c;
    size_t *random CLEANUP_FREE = curriculum_sequence(&s, CURRICULUM_RANDOM);
    size_t *strict CLEANUP_FREE = curriculum_sequence(&s, CURRICULUM_STRICT);
    size_t *foreign CLEANUP_FREE = curriculum_sequence(&other, CURRICULUM_RANDOM);
    (void)state;
    assert_int_equal(curriculum_check(&s, random, &a, NULL), 0);
    assert_int_equal(curriculum_check(&s, strict, &b, NULL), 0);
    assert_int_equal(curriculum_check(&other, foreign, &c, NULL), 0);
    assert_string_equal(a.multiset, b.multiset);
    assert_string_not_equal(a.order, b.order);
    assert_string_not_equal(a.multiset, c.multiset);
}

static const char *prompt_of(const struct curriculum_set *s, size_t i, struct arena *arena)
{
    struct gen_math_item item;
    struct err err = {0};
    if (curriculum_item(s, i, &item, arena, &err) < 0)
        fail_msg("%s", err.msg);
    assert_int_equal(item.steps, curriculum_steps(s, i));
    return item.prompt;
}

static void a_larger_multiset_begins_with_the_smaller(void **state)
{
    const struct curriculum_set small = set_of(9, 30), large = set_of(9, 90);
    struct arena *arena = arena_new();
    (void)state;
    for (size_t i = 0; i < small.n; i++)
        assert_string_equal(prompt_of(&small, i, arena), prompt_of(&large, i, arena));
    arena_free(arena);
}

/* A suite made of the very problems that would be trained on: every one is drawn anew. */
static void what_is_tested_is_not_trained_on(void **state)
{
    struct curriculum_set s = set_of(11, 30);
    struct suite tests = tests_of(1, 4);
    struct arena *arena = arena_new();
    struct curriculum_check before, after;
    size_t *q CLEANUP_FREE = curriculum_sequence(&s, CURRICULUM_RANDOM);
    (void)state;
    for (size_t i = 0; i < tests.n_tasks; i++)
        tests.tasks[i].prompt = prompt_of(&s, i, arena);
    struct curriculum_known *known = curriculum_known_new(&tests);
    assert_int_equal(curriculum_known_has(known, tests.tasks[0].prompt) & CURRICULUM_EXACT,
                     CURRICULUM_EXACT);
    assert_int_equal(curriculum_known_has(known, "Ana has 5 cards."), 0);
    assert_int_equal(curriculum_check(&s, q, &before, NULL), 0);
    s.known = known;
    assert_int_equal(curriculum_check(&s, q, &after, NULL), 0);
    assert_int_equal(after.exact, 0);
    assert_int_equal(after.ngrams, 0);
    assert_string_not_equal(before.multiset, after.multiset);
    curriculum_known_free(known);
    suite_free(&tests);
    arena_free(arena);
}

/* Thirteen words in a row are found wherever they stand, twelve are not enough. */
static void overlap_of_words(void **state)
{
    struct suite tests = tests_of(1, 1);
    (void)state;
    tests.n_tasks = 1;
    tests.tasks[0].prompt = "one two three four five six seven eight nine ten eleven twelve 13";
    struct curriculum_known *known = curriculum_known_new(&tests);
    assert_int_equal(curriculum_known_has(known, "x one two three four five six seven eight nine "
                                                 "ten eleven twelve 13 y"),
                     CURRICULUM_NGRAM);
    assert_int_equal(curriculum_known_has(known, "two three four five six seven eight nine ten "
                                                 "eleven twelve 13 14"),
                     0);
    curriculum_known_free(known);
    suite_free(&tests);
}

static void the_shipped_tests_are_what_the_generator_makes(void **state)
{
    struct suite shipped, made = tests_of(1, 200);
    struct err err = {0};
    int per_step[GEN_MATH_MAX_STEPS + 1] = {0};
    (void)state;
    if (suite_load("eval/suites/curriculum.yaml", &shipped, &err) < 0)
        fail_msg("%s", err.msg);
    assert_string_equal(shipped.sha256, made.sha256);
    for (size_t i = 0; i < shipped.n_tasks; i++) {
        per_step[shipped.tasks[i].steps]++;
        assert_int_equal(shipped.tasks[i].n_graph, shipped.tasks[i].steps);
    }
    for (int k = 2; k <= GEN_MATH_MAX_STEPS; k++)
        assert_int_equal(per_step[k], 200);
    suite_free(&shipped);
    suite_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order_is_a_permutation),
        cmocka_unit_test(stages),
        cmocka_unit_test(finish),
        cmocka_unit_test(replay),
        cmocka_unit_test(hashes_tell_orders_apart_and_multisets_together),
        cmocka_unit_test(a_larger_multiset_begins_with_the_smaller),
        cmocka_unit_test(what_is_tested_is_not_trained_on),
        cmocka_unit_test(overlap_of_words),
        cmocka_unit_test(the_shipped_tests_are_what_the_generator_makes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
