/* Roles with models of their own: who is asked, what the manifest is told, who is closed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "model/backend.h"
#include "model/router.h"

struct named {
    const char *name;
    int slots, closed, asked;
};

static int named_probe(void *ctx, json_t **identity, struct err *err)
{
    struct named *n = ctx;
    if (n->slots < 0)
        return err_env(err, "%s is not there", n->name);
    *identity = json_pack("{s:s}", "name", n->name);
    return 0;
}

static int named_chat(void *ctx, const struct model_request *req, struct model_reply *reply,
                      struct arena *arena, struct err *err)
{
    struct named *n = ctx;
    (void)req;
    (void)arena;
    (void)err;
    n->asked++;
    *reply = (struct model_reply){.text = n->name};
    return 0;
}

static int named_slots(const void *ctx)
{
    return ((const struct named *)ctx)->slots;
}

static void named_close(void *ctx)
{
    ((struct named *)ctx)->closed++;
}

static const struct model_ops named_ops = {.name = "named",
                                           .probe = named_probe,
                                           .chat = named_chat,
                                           .slots = named_slots,
                                           .close = named_close};

static const char *who_answers(struct model *m, const char *role)
{
    struct model_reply reply;
    struct model_request req = {.role = role};
    assert_int_equal(model_chat(m, &req, &reply, NULL, NULL), 0);
    return reply.text;
}

static void each_role_asks_its_own_model(void **state)
{
    (void)state;
    struct named small = {.name = "small", .slots = 2}, big = {.name = "big", .slots = 8};
    struct model *b = model_from_ops(&named_ops, &big);
    struct router_role roles[] = {{"planner", b}, {"tester", b}};
    struct model *m = router_make(model_from_ops(&named_ops, &small), roles, 2);
    assert_string_equal(who_answers(m, "planner"), "big");
    assert_string_equal(who_answers(m, "tester"), "big");
    assert_string_equal(who_answers(m, "coder"), "small");
    assert_int_equal(model_slots(m), 8);
    json_t *identity CLEANUP_JSON = NULL;
    assert_int_equal(model_probe(m, &identity, NULL), 0);
    char *text CLEANUP_FREE = json_text(identity);
    assert_string_equal(
        text, "{\"name\":\"small\",\"roles\":{\"planner\":{\"name\":\"big\"},\"tester\":{\"name\":"
              "\"big\"}}}");
    model_close(m);
    assert_int_equal(small.closed, 1);
    assert_int_equal(big.closed, 1); /* though it served two roles */
}

static void a_role_whose_model_is_missing_is_a_fault(void **state)
{
    (void)state;
    struct named small = {.name = "small"}, gone = {.name = "gone", .slots = -1};
    struct router_role role = {"planner", model_from_ops(&named_ops, &gone)};
    struct model *m = router_make(model_from_ops(&named_ops, &small), &role, 1);
    json_t *identity = NULL;
    struct err err = {0};
    assert_true(model_probe(m, &identity, &err) < 0);
    assert_string_equal(err.msg, "gone is not there");
    assert_null(identity);
    model_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_role_asks_its_own_model),
        cmocka_unit_test(a_role_whose_model_is_missing_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
