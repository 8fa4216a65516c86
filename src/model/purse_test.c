/* Money: the sum of calls, and that it is never passed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "model/backend.h"
#include "model/purse.h"
#include "fixtures/close.h"

/* A server that answers every call with 100 tokens read and 10 written, and counts how many are
 * under way. */
struct server {
    atomic_int asked, now, most;
    bool broken;
    double seconds;
};

static int server_chat_fn(void *ctx, const struct model_request *req, struct model_reply *reply,
                          struct arena *arena, struct err *err)
{
    struct server *s = ctx;
    (void)req;
    (void)arena;
    atomic_fetch_add(&s->asked, 1);
    int now = atomic_fetch_add(&s->now, 1) + 1;
    if (now > atomic_load(&s->most))
        atomic_store(&s->most, now);
    for (double until = clock_seconds() + s->seconds; clock_seconds() < until;)
        continue;
    atomic_fetch_sub(&s->now, 1);
    *reply = (struct model_reply){.text = "", .prompt_tokens = 100, .generated_tokens = 10};
    return s->broken ? err_fault(err, "broken") : 0;
}

static int server_slots_fn(const void *ctx)
{
    (void)ctx;
    return 7;
}

static void server_close_fn(void *ctx)
{
    (void)ctx;
}

static const struct model_ops server_ops = {
    .name = "server", .chat = server_chat_fn, .slots = server_slots_fn, .close = server_close_fn};

/* 1000 for a million tokens read, 10000 for a million written: a call costs 0.1 + 0.1. At most it
 * is (84 + 16) bytes x 0.001 + 90 tokens x 0.01 = 1. */
static const struct prices prices = {.currency = "USD", .base = {1000, 10000}};

static int ask(struct model *m, struct err *err)
{
    static const char text[] =
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567";
    struct model_message message = {"user", text + 4}; /* 84 bytes */
    struct model_request req = {
        .messages = &message, .n_messages = 1, .role = "coder", .sampling = {.max_tokens = 90}};
    struct model_reply reply;
    return model_chat(m, &req, &reply, NULL, err);
}

static void calls_are_added_up(void **state)
{
    (void)state;
    struct server s = {0};
    struct purse *purse;
    struct model *m = purse_in_front(model_from_ops(&server_ops, &s), &purse);
    struct err err = {0};
    assert_int_equal(model_slots(m), 7);
    assert_int_equal(ask(m, &err), 0); /* without prices nothing is counted */
    assert_close(purse_spent(purse), 0);
    purse_fill(purse, &prices, 3, INFINITY);
    for (int i = 0; i < 5; i++)
        assert_int_equal(ask(m, &err), 0);
    assert_close(purse_spent(purse), 3 + 5 * 0.2);
    s.broken = true; /* what a failed call costs is not known */
    assert_true(ask(m, &err) < 0);
    assert_close(purse_spent(purse), 4);
    model_close(m);
}

/* With 2 to spend and calls of at most 1: after five of 0.2 each there is 1 left, which the sixth
 * may cost; the seventh may not be made. */
static void no_call_is_made_that_might_pass_the_limit(void **state)
{
    (void)state;
    struct server s = {0};
    struct purse *purse;
    struct model *m = purse_in_front(model_from_ops(&server_ops, &s), &purse);
    struct err err = {0};
    purse_fill(purse, &prices, 0, 2 + 1e-9);
    for (int i = 0; i < 6; i++)
        assert_int_equal(ask(m, &err), 0);
    assert_int_equal(ask(m, &err), -ECANCELED);
    assert_int_equal(err.code, -ECANCELED);
    assert_int_equal(err.kind, ERR_ENV);
    assert_string_equal(
        err.msg, "1.20 of 2.00 USD are spent, and the next call might cost more than is left");
    assert_int_equal(s.asked, 6);
    model_close(m);
}

struct asker {
    struct model *m;
    atomic_int *answered;
};

static void *ask_often(void *arg)
{
    struct asker *a = arg;
    struct err err = {0};
    while (ask(a->m, &err) == 0)
        atomic_fetch_add(a->answered, 1);
    assert_int_equal(err.code, -ECANCELED);
    return NULL;
}

/* Eight at once with 3.5 to spend: no more than three may be under way (1 each), those that do not
 * fit wait; all stop with less than 1 left. 2.5 / 0.2 is between 12 and 13: 13 calls. */
static void calls_under_way_count_with_what_they_may_cost(void **state)
{
    (void)state;
    struct server s = {.seconds = 0.002};
    struct purse *purse;
    struct model *m = purse_in_front(model_from_ops(&server_ops, &s), &purse);
    atomic_int answered = 0;
    struct asker asker = {m, &answered};
    pthread_t threads[8];
    purse_fill(purse, &prices, 0, 3.5);
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &asker), 0);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(answered, 13);
    assert_true(s.most <= 3);
    assert_close(purse_spent(purse), 13 * 0.2);
    model_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_added_up),
        cmocka_unit_test(no_call_is_made_that_might_pass_the_limit),
        cmocka_unit_test(calls_under_way_count_with_what_they_may_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
