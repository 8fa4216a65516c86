/* Rules of the client, without a server: retries and waiting times, refusals, URLs, and redaction
 * of secrets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "model/outage.h"
#include "model/redact.h"
#include "model/refusal.h"
#include "model/retry.h"
#include "model/url.h"

/* ---- retry ---- */

static void the_table_says_who_is_asked_again(void **state)
{
    (void)state;
    static const long yes[] = {408, 409, 429, 502, 503, 504}, once[] = {500, 520, 529},
                      never[] = {200, 301, 400, 401, 403, 404, 413, 422, 501};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_int_equal(retry_status(yes[i]), RETRY_YES);
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        assert_int_equal(retry_status(once[i]), RETRY_ONCE);
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        assert_int_equal(retry_status(never[i]), RETRY_NEVER);
}

/* The cases are OpenAI's client's: what is not honoured there falls back to at most 8 s. */
static void retry_after_is_read_in_every_form(void **state)
{
    (void)state;
    char *text CLEANUP_FREE = NULL;
    size_t n = 0, i;
    if (file_read("../shared/data/protocol/retry_after_cases.json", 0, &text, &n, NULL) < 0) {
        print_message("skipped: ../shared/data/protocol/retry_after_cases.json is not there\n");
        return;
    }
    json_t *all CLEANUP_JSON = json_loadb(text, n, 0, NULL);
    time_t now = (time_t)json_get_int(all, "now_unix", 0);
    const json_t *c;
    json_array_foreach (json_object_get(all, "cases"), i, c) {
        const char *value = json_get_str(c, "retry_after", "");
        double want = json_get_num(c, "expect_sleep_s", 0), got = retry_after_s(value, now);
        if (want <= 8)
            want = -1;
        if (got != want)
            fail_msg("Retry-After '%s': %g, expected %g", value, got, want);
    }
}

static void milliseconds_are_read_too(void **state)
{
    (void)state;
    assert_true(retry_after_ms("1500") == 1.5);
    assert_true(retry_after_ms("0") == -1);
    assert_true(retry_after_ms("soon") == -1);
    assert_true(retry_after_ms("0x10") == -1);
    assert_true(retry_after_s("1.5", 0) == 1.5);
}

static void waits_are_jittered_and_capped(void **state)
{
    (void)state;
    static const double caps[] = {0.5, 1, 2, 4, 8, 16, 30, 30};
    for (int next = 2; next < 10; next++) {
        double sum = 0;
        for (uint64_t seed = 0; seed < 400; seed++) {
            double w = retry_wait_s(next, -1, seed);
            assert_true(w >= 0 && w <= caps[next - 2]);
            sum += w;
        }
        assert_true(sum / 400 > 0.4 * caps[next - 2] && sum / 400 < 0.6 * caps[next - 2]);
    }
    double asked = retry_wait_s(2, 20, 7);
    assert_true(asked >= 20 && asked <= 22);
    assert_true(retry_wait_s(2, 20, 7) == asked);
}

static void a_run_cannot_retry_for_ever(void **state)
{
    (void)state;
    struct retry_budget b = {0};
    int allowed = 0;
    for (int i = 0; i < 10; i++)
        retry_count_call(&b);
    while (retry_allowed(&b))
        allowed++;
    assert_int_equal(allowed, 60);
    retry_count_call(&b);
    assert_true(retry_allowed(&b));
    assert_false(retry_allowed(&b));
}

/* ---- URLs ---- */

static const struct {
    const char *in, *api, *shown;
    bool loopback;
} openai_urls[] = {
    {"http://localhost:8080", "http://localhost:8080/v1", "http://localhost:8080/v1", true},
    {"http://localhost:8080/v1/", "http://localhost:8080/v1", "http://localhost:8080/v1", true},
    {"localhost:8080", "http://localhost:8080/v1", "http://localhost:8080/v1", true},
    {"http://127.9.0.1:1/v1/chat/completions", "http://127.9.0.1:1/v1", "http://127.9.0.1:1/v1",
     true},
    {"http://[::1]:8000/v1", "http://[::1]:8000/v1", "http://[::1]:8000/v1", true},
    {"https://api.groq.com/openai/v1", "https://api.groq.com/openai/v1",
     "https://api.groq.com/openai/v1", false},
    {"https://host/openai", "https://host/openai", "https://host/openai", false},
    {"https://me:s3cret@host:8443/v1", "https://me:s3cret@host:8443/v1", "https://host:8443/v1",
     false},
    {"http://127.0.0.1.example.org/v1", "http://127.0.0.1.example.org/v1",
     "http://127.0.0.1.example.org/v1", false},
};

static void openai_addresses_are_read_as_people_write_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof openai_urls / sizeof *openai_urls; i++) {
        struct url_base u = {0};
        assert_int_equal(url_read_openai(openai_urls[i].in, "here", &u, NULL), 0);
        assert_string_equal(u.api, openai_urls[i].api);
        assert_string_equal(u.shown, openai_urls[i].shown);
        assert_int_equal(u.loopback, openai_urls[i].loopback);
        url_base_free(&u);
    }
}

static void ollama_addresses_are_read_as_ollama_reads_them(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"http://localhost:11434", "http://localhost:11434"},
        {"http://localhost:11434/", "http://localhost:11434"},
        {"http://localhost:11434/v1", "http://localhost:11434"},
        {"http://localhost:11434/api", "http://localhost:11434"},
        {"0.0.0.0", "http://127.0.0.1:11434"},
        {"0.0.0.0:8000", "http://127.0.0.1:8000"},
        {":8000", "http://127.0.0.1:8000"},
        {"gpu-box", "http://gpu-box:11434"},
        {"https://ollama.example.org", "https://ollama.example.org"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url_base u = {0};
        assert_int_equal(url_read_ollama(cases[i][0], "here", &u, NULL), 0);
        assert_string_equal(u.root, cases[i][1]);
        url_base_free(&u);
    }
}

static void what_is_no_address_is_refused_without_showing_it(void **state)
{
    (void)state;
    static const char *const cases[] = {"ftp://u:hidden@host/v1", "http://u:hidden@host/v1?key=1",
                                        "http://hidden host/", "file:///hidden"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url_base u = {0};
        struct err e = {0};
        assert_int_equal(url_read_openai(cases[i], "OPENAI_API_BASE", &u, &e), -EINVAL);
        assert_int_equal(e.kind, ERR_INPUT);
        assert_non_null(strstr(e.msg, "OPENAI_API_BASE"));
        assert_null(strstr(e.msg, "hidden"));
    }
}

static void origins_are_compared(void **state)
{
    (void)state;
    assert_true(url_same_origin("http://a/x", "http://A:80/y"));
    assert_false(url_same_origin("http://a/x", "https://a/x"));
    assert_false(url_same_origin("http://a/x", "http://a:81/x"));
    assert_false(url_same_origin("http://a/x", "http://b/x"));
}

/* ---- secrets ---- */

static void secrets_do_not_get_out(void **state)
{
    (void)state;
    struct redact r = {0};
    redact_add(&r, "sk-canary-0123456789");
    redact_add(&r, "abc"); /* too short to be one */
    redact_add_url(&r, "http://me:p%40ssword@host/");
    static const char *const cases[][2] = {
        {"key sk-canary-0123456789, sk-canary-0123456789! abc", "key [redacted], [redacted]! abc"},
        {"p@ssword or p%40ssword", "[redacted] or [redacted]"},
        {"Authorization: bearer xyz, Bearer \"q\"",
         "Authorization: bearer [redacted], Bearer \"q\""},
        {"authorization: Basic bWU6eA==", "authorization: Basic [redacted]"},
        /* other spellings */
        {"sk%2Dcanary%2d0123456789.", "[redacted]."},
        {"%73%6b%2d%63%61%6E%61%72%79-0123456789.", "[redacted]."},
        {"sk%252Dcanary%25252D0123456789.", "[redacted]."},
        {"sk\\u002dcanary-0123456789.", "[redacted]."},
        {"sk\\x2dcanary\\-0123456789.", "[redacted]."},
        {"sk&#45;canary&#x2D;0123456789.", "[redacted]."},
        {"sk=2Dcanary-0123456789.", "[redacted]."},
        {"c2stY2FuYXJ5LTAxMjM0NTY3ODk=", "[redacted]k="}, /* its last bits could be others, too */
        {"eHNrLWNhbmFyeS0wMTIzNDU2Nzg5", "eH[redacted]"},
        {"eHhzay1jYW5hcnktMDEyMzQ1Njc4OQ==", "eHh[redacted]Q=="},
        /* what others have cut */
        {"sk-canar", "[redacted]"},
        {"it was sk-canary-01", "it was [redacted]"},
        {"it was sk-canar*****6789", "it was [redacted]*****6789"},
        {"sk%2Dcanar", "[redacted]"},
        {"sk-cana", "sk-cana"}, /* seven bytes are not enough to be it */
        {"sk-CANARY-0123456789", "sk-CANARY-0123456789"},
        {"100% &#; &#x \\u00 = %", "100% &#; &#x \\u00 = %"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got CLEANUP_FREE = redact_text(&r, cases[i][0], 0);
        assert_string_equal(got, cases[i][1]);
    }
    redact_free(&r);
}

/* First hidden, then cut: at no length is there a part of it. */
static void texts_are_redacted_before_they_are_cut(void **state)
{
    (void)state;
    struct redact r = {0};
    redact_add(&r, "sk-canary-0123456789");
    for (size_t max = 1; max < 40; max++) {
        char *got CLEANUP_FREE = redact_text(&r, "the key sk-canary-0123456789 is wrong", max);
        assert_true(strlen(got) <= max);
        assert_null(strstr(got, "sk-"));
    }
    redact_free(&r);
}

static void replies_lose_long_secrets_only(void **state)
{
    (void)state;
    struct redact r = {0};
    redact_add(&r, "sk-canary-0123456789");
    redact_add(&r, "p@ssword");
    struct str text CLEANUP_STR = {0}, part CLEANUP_STR = {0};
    str_add(&text, "print('sk-canary-0123456789', 'p@ssword', 'sk-canary')");
    assert_true(redact_reply(&r, &text, false));
    assert_string_equal(text.p, "print('[redacted]', 'p@ssword', 'sk-canary')");
    str_add(&part, "sk-canary, p@ssword, sk-canary");
    assert_false(redact_reply(&r, &part, false));
    assert_true(redact_reply(&r, &part, true)); /* it ends where the secret was cut */
    assert_string_equal(part.p, "sk-canary, p@ssword, [redacted]");
    redact_free(&r);
}

/* ---- outages ---- */

static bool back_after(void *user)
{
    int *left = user;
    return (*left)-- <= 0;
}

static void an_outage_is_waited_out(void **state)
{
    (void)state;
    struct outage o;
    struct err e = {0};
    int refusals_left = 0;
    outage_init(&o, "http://x", 10, back_after, &refusals_left);
    assert_int_equal(outage_check(&o, &e), 0);
    refusals_left = 2;
    assert_int_equal(outage_check(&o, &e), 1);
    outage_destroy(&o);
}

static void past_the_limit_the_run_ends(void **state)
{
    (void)state;
    struct outage o;
    struct err e = {0};
    int refusals_left = 1000000;
    outage_init(&o, "http://x", 0.3, back_after, &refusals_left);
    assert_int_equal(outage_check(&o, &e), -EHOSTDOWN);
    assert_int_equal(e.kind, ERR_ENV);
    assert_int_equal(e.code, -EHOSTDOWN);
    assert_non_null(strstr(e.msg, "http://x"));
    double before = clock_seconds();
    assert_int_equal(outage_check(&o, NULL), -EHOSTDOWN); /* no one waits twice */
    assert_true(clock_seconds() - before < 0.1);
    outage_destroy(&o);
}

static void an_outage_ends_with_a_stop(void **state)
{
    (void)state;
    struct outage o;
    struct err e = {0};
    int refusals_left = 1000000;
    outage_init(&o, "http://x", 100, back_after, &refusals_left);
    stop_request();
    assert_int_equal(outage_check(&o, &e), -EINTR);
    stop_reset();
    outage_destroy(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_says_who_is_asked_again),
        cmocka_unit_test(retry_after_is_read_in_every_form),
        cmocka_unit_test(milliseconds_are_read_too),
        cmocka_unit_test(waits_are_jittered_and_capped),
        cmocka_unit_test(a_run_cannot_retry_for_ever),
        cmocka_unit_test(openai_addresses_are_read_as_people_write_them),
        cmocka_unit_test(ollama_addresses_are_read_as_ollama_reads_them),
        cmocka_unit_test(what_is_no_address_is_refused_without_showing_it),
        cmocka_unit_test(origins_are_compared),
        cmocka_unit_test(secrets_do_not_get_out),
        cmocka_unit_test(texts_are_redacted_before_they_are_cut),
        cmocka_unit_test(replies_lose_long_secrets_only),
        cmocka_unit_test(an_outage_is_waited_out),
        cmocka_unit_test(past_the_limit_the_run_ends),
        cmocka_unit_test(an_outage_ends_with_a_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
