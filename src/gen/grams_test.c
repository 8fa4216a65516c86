/* Runs of 13 words. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>
#include "gen/grams.h"

static void thirteen_words_in_a_row_are_seen(void **state)
{
    (void)state;
    struct gram_set *s = gram_set_new();
    gram_set_add(s, "a b c d e f g h i j k l m n");
    gram_set_add(s, "only twelve words here are too few to be a run at all");
    assert_true(gram_set_meets(s, "x y b c d e f g h i j k l m n z"));
    assert_true(gram_set_meets(s, "a b  c d e f g h i j k l m"));
    assert_false(gram_set_meets(s, "a b c d e f g h i j k l"));
    assert_false(gram_set_meets(s, "b c d e f g h i j k l m nn"));
    assert_false(gram_set_meets(s, "only twelve words here are too few to be a run at"));
    assert_false(gram_set_meets(s, ""));
    gram_set_free(s);
}

static void a_growing_set_forgets_nothing(void **state)
{
    (void)state;
    struct gram_set *s = gram_set_new();
    char text[100];
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "a b c d e f g h i j k l %d", i);
        assert_false(gram_set_meets(s, text));
        gram_set_add(s, text);
    }
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "a b c d e f g h i j k l %d", i);
        assert_true(gram_set_meets(s, text));
    }
    gram_set_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thirteen_words_in_a_row_are_seen),
        cmocka_unit_test(a_growing_set_forgets_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
