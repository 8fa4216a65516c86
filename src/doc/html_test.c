/* The HTML writer: text never becomes markup. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "doc/html.h"

static void test_text_and_attributes_are_escaped(void **state)
{
    (void)state;
    struct str out CLEANUP_STR = {0};
    struct html h = {.out = &out};
    html_open(&h, "p");
    html_attr(&h, "title", "\"><script>alert('x')</script>");
    html_text(&h, "<img src=x onerror=alert(1)> & more");
    html_close(&h);
    assert_string_equal(out.p,
                        "<p title=\"&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\">"
                        "&lt;img src=x onerror=alert(1)&gt; &amp; more</p>\n");
}

static void test_what_html_forbids(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a\x1b[31mb", "a\\x1b[31mb"},
        {"\x7f", "\\x7f"},
        {"\xc2\x9b!", "\\x9b!"},
        {"a\tb\nc", "a\tb\nc"},
        {"a\rb", "a\\x0db"},
        {"bad \xff\xc3 utf8", "bad \xef\xbf\xbd\xef\xbf\xbd utf8"},
        {"\xe2\x88\x92\xe4\xb8\xad", "\xe2\x88\x92\xe4\xb8\xad"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str out CLEANUP_STR = {0};
        struct html h = {.out = &out};
        html_text(&h, cases[i].text);
        assert_string_equal(out.p, cases[i].want);
    }
}

static void test_elements_close_in_order(void **state)
{
    (void)state;
    struct str out CLEANUP_STR = {0};
    struct html h = {.out = &out};
    html_open(&h, "a");
    html_void(&h, "br");
    html_attr(&h, "class", "x");
    html_open(&h, "b");
    html_link(&h, "top\"", "up");
    html_close_to(&h, 0);
    assert_string_equal(out.p, "<a><br class=\"x\"><b><a href=\"#top&quot;\">up</a></b></a>");
    assert_int_equal(h.depth, 0);
}

static void test_numbers_and_listings(void **state)
{
    (void)state;
    struct str out CLEANUP_STR = {0};
    struct html h = {.out = &out};
    html_open(&h, "g");
    html_number(&h, "a", 1.0 / 3);
    html_number(&h, "b", -0.001);
    html_number(&h, "c", NAN);
    html_number(&h, "d", INFINITY);
    html_close(&h);
    html_pre(&h, "\nfirst");
    assert_string_equal(out.p, "<g a=\"0.33\" b=\"0\" c=\"0\" d=\"0\"></g>"
                               "<pre tabindex=\"0\">\n\nfirst</pre>\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_and_attributes_are_escaped),
        cmocka_unit_test(test_what_html_forbids),
        cmocka_unit_test(test_elements_close_in_order),
        cmocka_unit_test(test_numbers_and_listings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
