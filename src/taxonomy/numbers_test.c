/* Numbers found in texts, in words and as percentages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"
#include "taxonomy/numbers.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void assert_numbers(const char *text, bool prose, const char *want)
{
    struct number_list list = {0};
    struct str got CLEANUP_STR = {0};
    if (prose)
        numbers_in_prose(text, &list, arena);
    else
        numbers_in(text, &list, arena);
    for (size_t i = 0; i < list.n; i++)
        str_addf(&got, "%s%g", i ? " " : "", list.v[i]);
    assert_string_equal(str_text(&got), want);
}

static void test_numbers(void **state)
{
    (void)state;
    assert_numbers("", false, "");
    assert_numbers("3 boxes, 1,200 pencils and $4.50.", false, "3 1200 4.5");
    assert_numbers("s1 + x2y", false, "");
    assert_numbers("-3 (-4) 7-5 12% .5 1,2", false, "-3 -4 7 5 12 0.5 1 2");
    assert_numbers("1e-05 2e3x \xe2\x82\xac"
                   "12",
                   false, "1e-05 2 12");
    assert_numbers("two dozens, Half of 3", true, "3 2 12 24 0.5 2");
    assert_numbers("twenty-five of three hundred", true, "20 5 25 3 100 300");
    assert_numbers("3/4 and two thirds", true, "3 4 0.75 2 0.333333 3 0.666667");
    assert_numbers("2 dozen, twenty 5s", true, "2 5 12 24 20 25");
    assert_numbers("7 - 2, s1/2", true, "7 2 2");
    struct number_list shares = {0};
    numbers_percentages("12 eggs, 25% and 30 percent, 7 per cent of x5%", &shares, arena);
    assert_int_equal(shares.n, 3);
    assert_true(shares.v[0] == 25 && shares.v[1] == 30 && shares.v[2] == 7);
    assert_true(numbers_close(100, 100.00001, 1e-6));
    assert_false(numbers_close(100, 100.001, 1e-6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
