/* Calls under way as whoever looks sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "model/flight.h"
#include "model/model.h"

static const char *tail(struct flights *f, size_t i, json_t **list)
{
    json_decref(*list);
    *list = flights_json(f);
    return json_get_str(json_array_get(*list, i), "tail", "(none)");
}

static void calls_come_and_go(void **state)
{
    struct model_request a = {.role = "coder", .key = {.arm = "hrm", .task = "t", .sample = 2}};
    struct model_request b = {.role = "flat"};
    struct flights *f = flights_new();
    json_t *list = flights_json(f);
    (void)state;
    assert_int_equal(json_array_size(list), 0);
    struct flight *first = flights_begin(f, &a), *second = flights_begin(f, &b);
    flight_note(first, "def f", 5, 2);
    flight_note(NULL, "nobody looks", 12, 1);
    assert_string_equal(tail(f, 0, &list), "def f");
    const json_t *o = json_array_get(list, 0);
    assert_string_equal(json_get_str(o, "role", ""), "coder");
    assert_string_equal(json_get_str(o, "arm", ""), "hrm");
    assert_int_equal(json_get_int(o, "sample", -1), 2);
    assert_int_equal(json_get_int(o, "tokens", -1), 2);
    assert_true(json_get_num(o, "seconds", -1) >= 0);
    assert_string_equal(tail(f, 1, &list), ""); /* nothing yet */
    flights_end(f, first, 0);
    struct flight *third = flights_begin(f, &a);
    assert_string_equal(json_get_str(json_array_get(list, 1), "role", ""), "flat");
    flights_end(f, third, 0);
    flights_end(f, second, 0);
    tail(f, 0, &list);
    assert_int_equal(json_array_size(list), 0);
    json_decref(list);
    flights_free(f);
}

/* Of a long text the end, from a whole character on. */
static void a_tail_is_well_formed(void **state)
{
    char text[1002];
    struct model_request q = {.role = "r"};
    struct flights *f = flights_new();
    struct flight *flight = flights_begin(f, &q);
    json_t *list = NULL;
    (void)state;
    text[0] = 'x';
    for (size_t i = 1; i < sizeof text - 1; i += 2)
        memcpy(text + i, "\xc3\xbc", 2);
    flight_note(flight, text, sizeof text - 1, 500);
    const char *end = tail(f, 0, &list);
    assert_int_equal(strlen(end) % 2, 0);
    assert_memory_equal(end, "\xc3\xbc", 2);
    flight_note(flight, text, 2, 1); /* the reply is not whole yet */
    assert_string_equal(tail(f, 0, &list), "x\xef\xbf\xbd");
    flights_end(f, flight, 0);
    flights_free(f);
    json_decref(list);
}

/* Two coders and a planner; what was written counts once, under way and when the reply is there. */
static void roles_and_tokens(void **state)
{
    struct model_request coder = {.role = "coder"}, planner = {.role = "planner"};
    struct flights *f = flights_new();
    struct flight_role roles[4];
    (void)state;
    assert_int_equal(flights_roles(f, roles, 4), 0);
    struct flight *a = flights_begin(f, &coder), *b = flights_begin(f, &planner),
                  *c = flights_begin(f, &coder);
    flight_note(a, "abc", 3, 7);
    flight_note(b, "abc", 3, 20);
    flight_note(c, "abc", 3, 100);
    assert_int_equal(flights_roles(f, roles, 4), 2);
    assert_string_equal(roles[0].name, "coder");
    assert_int_equal(roles[0].calls, 2);
    assert_int_equal(roles[0].oldest_tokens, 7);
    assert_true(roles[0].oldest_s >= roles[1].oldest_s && roles[1].oldest_s >= 0);
    assert_int_equal(roles[1].calls, 1);
    assert_int_equal(roles[1].oldest_tokens, 20);
    assert_int_equal(flights_roles(f, roles, 1), 1);
    assert_int_equal(roles[0].calls, 2);
    assert_int_equal(flights_tokens(f), 127);
    flights_end(f, a, 9); /* the server counts two more */
    assert_int_equal(flights_tokens(f), 129);
    flights_end(f, b, 0); /* it failed: nothing of it was written */
    flights_end(f, c, 100);
    assert_int_equal(flights_tokens(f), 109);
    flights_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_come_and_go),
        cmocka_unit_test(a_tail_is_well_formed),
        cmocka_unit_test(roles_and_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
