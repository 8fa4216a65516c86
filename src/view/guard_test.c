/* Who is answered: hosts, origins, tokens and methods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "view/guard.h"

static const char token[] = "0123456789abcdef0123456789abcdef";

static void tokens_are_random_and_compared_whole(void **state)
{
    char a[GUARD_TOKEN_HEX + 1], b[GUARD_TOKEN_HEX + 1];
    (void)state;
    assert_true(guard_make_token(a));
    assert_true(guard_make_token(b));
    assert_int_equal(strlen(a), GUARD_TOKEN_HEX);
    assert_int_equal(strspn(a, "0123456789abcdef"), GUARD_TOKEN_HEX);
    assert_string_not_equal(a, b);
    assert_true(guard_is_token(a, a));
    assert_false(guard_is_token(b, a));
    assert_false(guard_is_token(NULL, a));
    assert_false(guard_is_token("", a));
    assert_false(guard_is_token("0123", token)); /* a beginning is not enough */
    assert_false(guard_is_token("0123456789abcdef0123456789abcdef0", token));
}

static void only_names_of_this_machine_are_hosts(void **state)
{
    static const char *const good[] = {"127.0.0.1:8080", "localhost:8080"};
    static const char *const bad[] = {
        "evil.example:8080",   "127.0.0.1",        "127.0.0.1:80801",
        "127.0.0.1:81",        "localhost",        "",
        "127.0.0.1.evil:8080", "a@localhost:8080", "localhost:8080.evil.example"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(guard_is_host(good[i], 8080));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(guard_is_host(bad[i], 8080));
    assert_false(guard_is_host(NULL, 8080));
    assert_true(guard_is_host("localhost", 80)); /* browsers leave out their default */
    assert_true(guard_is_origin("http://localhost:8080", 8080));
    assert_false(guard_is_origin("https://localhost:8080", 8080));
    assert_false(guard_is_origin("http://localhost:8081", 8080));
    assert_false(guard_is_origin("null", 8080));
}

static int check(const char *method, const char *host, const char *origin, const char *given,
                 bool data)
{
    const struct view_request q = {
        .method = method, .path = "/", .host = host, .origin = origin, .token = given};
    const char *why;
    int status = guard_check(&q, data, token, 8080, &why);
    assert_true((status == 0) == (why == NULL));
    return status;
}

static void checks_come_in_order(void **state)
{
    static const char here[] = "localhost:8080";
    (void)state;
    assert_int_equal(check("GET", here, NULL, NULL, false), 0); /* the page itself */
    assert_int_equal(check("GET", here, NULL, NULL, true), 403);
    assert_int_equal(check("GET", here, NULL, token, true), 0);
    assert_int_equal(check("POST", here, NULL, NULL, false), 403); /* no write without it */
    assert_int_equal(check("POST", here, NULL, "wrong", true), 403);
    assert_int_equal(check("POST", here, NULL, token, true), 0);
    assert_int_equal(check("POST", here, "http://evil.example", token, true), 403);
    assert_int_equal(check("POST", here, "http://localhost:8080", token, true), 0);
    assert_int_equal(check("GET", "evil.example:8080", NULL, token, true), 421);
    assert_int_equal(check("GET", NULL, NULL, token, true), 421);
    assert_int_equal(check("DELETE", here, NULL, token, true), 405);
    assert_int_equal(check("OPTIONS", here, NULL, token, true), 405); /* no preflight succeeds */
}

static void arguments_are_found(void **state)
{
    const struct view_arg args[] = {{"n", "12"}, {"x", "1e9"}, {"flag", NULL}};
    const struct view_request q = {.args = args, .n_args = 3};
    (void)state;
    assert_string_equal(request_text(&q, "x"), "1e9");
    assert_string_equal(request_text(&q, "flag"), "");
    assert_string_equal(request_text(&q, "nothing"), "");
    assert_int_equal(request_number(&q, "n", 5), 12);
    assert_int_equal(request_number(&q, "x", 5), 5);
    assert_int_equal(request_number(&q, "nothing", 5), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_random_and_compared_whole),
        cmocka_unit_test(only_names_of_this_machine_are_hosts),
        cmocka_unit_test(checks_come_in_order),
        cmocka_unit_test(arguments_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
