/* Training examples: a function of the index alone, in the prompts the arms use, nothing held out.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "fixtures/heldout.h"
#include "experiment/train_corpus.h"
#include "gen/gen_code.h"
#include "gen/gen_math.h"
#include "gen/grams.h"

static struct train_corpus *open_corpus(const char *name, uint64_t seed)
{
    struct train_corpus *c = NULL;
    struct err err = {0};
    if (train_corpus_open(name, seed, &c, &err) < 0)
        fail_msg("%s", err.msg);
    return c;
}

static void check_pure_function(const char *name)
{
    struct train_corpus *c = open_corpus(name, 1), *other = open_corpus(name, 2);
    struct nn_example ex;
    int differ = 0;

    for (uint64_t i = 0; i < 50; i++) {
        train_corpus_next(c, i, 0.9, &ex);
        char *prompt CLEANUP_FREE = xstrdup(ex.prompt), *answer CLEANUP_FREE = xstrdup(ex.answer);
        train_corpus_next(c, 1000 - i, 0.5, &ex);
        train_corpus_next(c, i, 0.9, &ex);
        assert_string_equal(ex.prompt, prompt);
        assert_string_equal(ex.answer, answer);
        train_corpus_next(other, i, 0.9, &ex);
        differ += strcmp(ex.prompt, prompt) != 0;
    }
    assert_true(differ > 40);
    train_corpus_free(c);
    train_corpus_free(other);
}

static void test_pure_function_of_index(void **state)
{
    (void)state;
    check_pure_function("code");
    check_pure_function("math");
}

static void test_examples(void **state)
{
    static const char *const starts[] = {"flat: ", "self: ", "plan: ", "code:\n1. ", "step: "};
    struct train_corpus *c = open_corpus("code", 1);
    struct nn_example ex;
    int seen[5] = {0};
    (void)state;

    for (uint64_t i = 0; i < 3000; i++) {
        train_corpus_next(c, i, (double)i / 3000, &ex);
        for (int r = 0; r < 5; r++)
            seen[r] += str_starts(ex.prompt, starts[r]);
        assert_false(gen_code_has_heldout_wording(ex.prompt));
        bool program = str_starts(ex.prompt, "flat: ") || str_starts(ex.prompt, "code:");
        assert_int_equal(program, str_starts(ex.answer, "def f(x):\n    x = "));
        assert_true(ex.answer[0] && ex.answer[strlen(ex.answer) - 1] != '\n');
    }
    /* the flat arms get as much as the hierarchy: 1500 of 3000, four deviations of 27 either way */
    assert_in_range(seen[0] + seen[1], 1390, 1610);
    assert_int_equal(seen[0] + seen[1] + seen[2] + seen[3] + seen[4], 3000);
    train_corpus_free(c);
}

/* Short tasks first: nothing beyond two operations in the first tenth, four at the end. */
static void test_ramp(void **state)
{
    struct train_corpus *c = open_corpus("code", 1);
    struct nn_example ex;
    int long_plans = 0;
    (void)state;

    for (uint64_t i = 0; i < 1000; i++) {
        train_corpus_next(c, i, 0.05, &ex);
        assert_null(strstr(ex.answer, "\n3. "));
        train_corpus_next(c, i, 0.5, &ex);
        long_plans += strstr(ex.answer, "\n4. ") != NULL;
    }
    assert_true(long_plans > 40);
    train_corpus_free(c);
}

static void test_math_examples(void **state)
{
    static const char *const starts[] = {
        "flat: ", "plan: ", "solve: ", "check: ", "think: ", "calc: "};
    static const char *const answers[] = {"", "1. ", "result = ", "n = ", "", "#### "};
    struct train_corpus *c = open_corpus("math", 1);
    struct gram_set *tests = gram_set_new();
    struct suite suite;
    struct nn_example ex;
    struct err err = {0};
    size_t flat = 0, hierarchy = 0;
    int six = 0;
    (void)state;

    assert_int_equal(suite_load("eval/suites/compositional_math.yaml", &suite, &err), 0);
    for (size_t i = 0; i < suite.n_tasks; i++)
        gram_set_add(tests, suite.tasks[i].prompt);
    for (uint64_t i = 0; i < 20000; i++) {
        int role = 0;
        train_corpus_next(c, i, (double)i / 20000, &ex);
        while (role < 5 && !str_starts(ex.prompt, starts[role]))
            role++;
        assert_true(str_starts(ex.answer, answers[role]) ||
                    (role == 1 && str_starts(ex.answer, "given: ")) ||
                    (role == 2 && strchr(ex.prompt, '?')));
        assert_false(gen_math_has_heldout_words(ex.prompt));
        assert_false(gram_set_meets(tests, strchr(ex.prompt, ' ') + 1));
        *(role == 0 || role == 4 ? &flat : &hierarchy) += strlen(ex.prompt) + strlen(ex.answer);
        if (i < 200)
            assert_null(strstr(ex.answer, "\n3. ")); /* short problems first */
        six += strstr(ex.answer, "\n6. ") != NULL;
    }
    assert_in_range(flat * 100 / (flat + hierarchy), 42, 58); /* neither is better trained */
    assert_true(six > 300);
    gram_set_free(tests);
    suite_free(&suite);
    train_corpus_free(c);
}

/* What a curriculum puts in order: problems of exactly so many steps, whatever was asked before. */
static void test_math_flat(void **state)
{
    struct train_corpus *c = open_corpus("math", 1);
    struct nn_example ex;
    (void)state;

    for (int steps = 1; steps <= GEN_MATH_MAX_STEPS; steps++) {
        train_corpus_math_flat(c, 7, steps, 1u << GEN_MATH_STORY, &ex);
        char *prompt CLEANUP_FREE = xstrdup(ex.prompt);
        int lines = 0;
        for (const char *p = ex.answer; (p = strchr(p, '\n')); p++)
            lines++;
        assert_in_range(lines, steps, steps + 1); /* a line for each, the given, and print() */
        assert_true(str_starts(ex.prompt, "flat: "));
        train_corpus_math_flat(c, 8, steps, 0, &ex);
        train_corpus_math_flat(c, 7, steps, 1u << GEN_MATH_STORY, &ex);
        assert_string_equal(ex.prompt, prompt);
    }
    train_corpus_free(c);
}

static void test_unknown_corpus(void **state)
{
    struct train_corpus *c = NULL;
    struct err err = {0};
    (void)state;

    assert_true(train_corpus_open("poetry", 1, &c, &err) < 0);
    assert_string_equal(err.msg, "corpus 'poetry': expected code or math");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pure_function_of_index),
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_ramp),
        cmocka_unit_test(test_math_examples),
        cmocka_unit_test(test_math_flat),
        cmocka_unit_test(test_unknown_corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
