/* Gold steps: each defect has its sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "suite/graph.h"
#include "suite/suite.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void expressions_have_values(void **state)
{
    const struct suite_node nodes[] = {{"s1", "12", 12}, {"s10", "3", 3}};
    const struct {
        const char *expr;
        double want; /* -1 = none */
    } rows[] = {{"2 + 3 * 4", 14},  {"(2 + 3) * 4", 20}, {"s1 / s10", 4}, {"s1 - 5 - 4", 3},
                {"8 / 2 / 2", 2},   {"-3 + s1", 9},      {"1.5*2", 3},    {"s1s", -1},
                {"s2 + 1", -1},     {"1 / 0", -1},       {"1 +", -1},     {"", -1},
                {"2 3", -1},        {"(1", -1},          {"1 % 2", -1},   {"1e999", -1},
                {"__import__", -1}, {"inf", -1}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        double value = -1;
        if (!graph_eval(rows[i].expr, nodes, 2, &value) && rows[i].want >= 0)
            fail_msg("'%s' was refused", rows[i].expr);
        if (!(value == rows[i].want))
            fail_msg("'%s' is %g; expected %g", rows[i].expr, value, rows[i].want);
    }
    struct str deep CLEANUP_STR = {0};
    double value;
    for (int i = 0; i < 100000; i++)
        str_addc(&deep, '(');
    assert_false(graph_eval(str_text(&deep), nodes, 2, &value));
}

static void assert_says(const struct suite_node *nodes, size_t n, const char *message)
{
    char *got CLEANUP_FREE = graph_check(nodes, n, 7, 1e-6);
    if (message)
        assert_string_equal(got, message);
    else
        assert_null(got);
}

static void every_defect_is_found(void **state)
{
    (void)state;
    assert_says((struct suite_node[]){{"s1", "3 * 4", 12}, {"s2", "s1 - 5", 7}}, 2, NULL);
    assert_says(NULL, 0, NULL);
    assert_says((struct suite_node[]){{"s1", "3 * 4", 12}}, 1,
                "the last step gives 12, the answer is 7");
    assert_says((struct suite_node[]){{"s1", "3 * 4", 13}}, 1, "step 's1': 3 * 4 is 12, not 13");
    assert_says((struct suite_node[]){{"s1", "s2 - 5", 7}, {"s2", "12", 12}}, 2,
                "step 's1': 's2 - 5' cannot be computed from numbers and earlier steps");
    assert_says((struct suite_node[]){{"s1", "12", 12}, {"s1", "7", 7}}, 2,
                "two steps are named 's1'");
    assert_says((struct suite_node[]){{"1", "7", 7}}, 1, "step 1: id '1' is no name");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_have_values),
        cmocka_unit_test(every_defect_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
