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
#include "experiment/train_corpus.h"
#include "suite/gen_code.h"

static struct train_corpus *open_corpus(uint64_t seed)
{
    struct train_corpus *c = NULL;
    struct err err = {0};
    if (train_corpus_open("code", seed, &c, &err) < 0)
        fail_msg("%s", err.msg);
    return c;
}

static void test_pure_function_of_index(void **state)
{
    struct train_corpus *c = open_corpus(1), *other = open_corpus(2);
    struct nn_example ex;
    int differ = 0;
    (void)state;

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

static void test_examples(void **state)
{
    static const char *const starts[] = {"flat: ", "self: ", "plan: ", "code:\n1. ", "step: "};
    struct train_corpus *c = open_corpus(1);
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
    struct train_corpus *c = open_corpus(1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pure_function_of_index),
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_ramp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
