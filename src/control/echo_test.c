/* Which replies only repeat their prompt, and their near relatives that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "control/echo.h"

static const char FORM[] =
    "Reply with one JSON object:\n{\"steps\": [{\"id\": 1, \"desc\": \"what to "
    "do first\"}], \"constraints\": [\"edge cases and rules to respect\"]}"
    "\1Mia buys \1 3 boxes with 12 pencils each.\1"
    "1. Multiply the 3 boxes by the 12 pencils in each.\nANSWER: 36\n";
static const char TASK[] = "A shop sells boxes. Print what to do first of all.";

static void assert_echo(const char *text)
{
    if (!echo_is(text, FORM, ""))
        fail_msg("'%s' is an echo", text);
}

static void assert_own(const char *text)
{
    if (echo_is(text, FORM, ""))
        fail_msg("'%s' is no echo", text);
}

static void copies_are_echoes(void **state)
{
    (void)state;
    assert_echo("what to do first");
    assert_echo("  What to DO, first!");
    assert_echo("edge cases and rules to respect");
    assert_echo("- edge cases and\n  rules to respect"); /* two lines, both of them copies */
    assert_echo("Multiply the 3 boxes by the 12 pencils in each");
    assert_echo("multiply the 3 boxes by the 12 pencils in each box"); /* a word more */
    assert_echo("ANSWER: 36");
    assert_echo("**Answer:** 36.");
}

static void relatives_are_not(void **state)
{
    (void)state;
    assert_own("");
    assert_own("...");
    assert_own("first"); /* a single word says nothing */
    assert_own("36");
    assert_own("what to print first");
    assert_own("Multiply the 5 crates by the 8 bottles in each.");
    assert_own("3 * 12 = 36, so there are 36 pencils.\nANSWER: 36"); /* worked out */
    assert_own("ANSWER: 37");
    assert_own("Mia buys 3"); /* not over a gap: what stands there is the task's */
    assert_own("rules to respect: none, the list may be empty");
}

static void words_of_the_task_are_everybodys(void **state)
{
    (void)state;
    assert_true(echo_is("what to do first", FORM, ""));
    assert_false(echo_is("what to do first", FORM, TASK));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_echoes),
        cmocka_unit_test(relatives_are_not),
        cmocka_unit_test(words_of_the_task_are_everybodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
