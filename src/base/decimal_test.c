/* Numbers read strictly and written without a sign on zero. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/decimal.h"

static void test_parse(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   "-",  ".",  "0x10",  "0x1p3", "inf",   "nan", " 1",
                                      "1 ", "1e", "e5", "1.2.3", "1,5",   "1e999", "5%",  "+-1"};
    double x;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (decimal_parse(bad[i], &x))
            fail_msg("'%s' was taken for %g", bad[i], x);
    assert_true(decimal_parse("0.05", &x) && x == 0.05);
    assert_true(decimal_parse("-1.5e3", &x) && x == -1500);
    assert_true(decimal_parse("+7", &x) && x == 7);
    assert_true(decimal_parse(".5", &x) && x == .5);
    assert_true(decimal_parse("5.", &x) && x == 5);
    assert_true(decimal_parse("010", &x) && x == 10);
}

static void expect(double x, int digits, bool plus, const char *want)
{
    struct str s CLEANUP_STR = {0};
    decimal_add(&s, x, digits, plus);
    assert_string_equal(str_text(&s), want);
}

static void test_add(void **state)
{
    (void)state;
    expect(-0.04, 1, false, "0.0");
    expect(-0.04, 1, true, "0.0");
    expect(-0.0, 1, false, "0.0");
    expect(0, 1, true, "+0.0");
    expect(-0.06, 1, true, "-0.1");
    expect(2.25, 1, true, "+2.2");
    expect(-10, 0, false, "-10");
    expect(INFINITY, 2, false, "inf");
    expect(-INFINITY, 2, true, "-inf");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parse), cmocka_unit_test(test_add)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
