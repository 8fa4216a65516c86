/* Replaying a record: what comes out is what was recorded; a miss says what differs; in front of a
 * live model only the misses are asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "fixtures/record_dir.h"
#include "model/backend.h"
#include "model/replay.h"

static const struct model_message messages[] = {{"system", "be brief"},
                                                {"user", "Sort the caf\xc3\xa9s by name"}};
static const struct model_request asked = {.messages = messages,
                                           .n_messages = 2,
                                           .role = "planner",
                                           .sampling = {0.2, 0.95, 100},
                                           .seed = 7,
                                           .key = {"hrm", "t1", 0, 1}};

/* A run of one episode and one call. */
static void record(struct fixture *f, const char *manifest)
{
    struct store *s = NULL;
    long long id = 0;
    char hash[HASH_HEX];
    char *text CLEANUP_FREE = model_request_text(&asked, hash);
    struct store_call call = {.role = "planner",
                              .index = 1,
                              .request_hash = hash,
                              .request = text,
                              .reply_text = "1. sort",
                              .finish = "length",
                              .prompt_tokens = 11,
                              .generated_tokens = 3,
                              .attempts = 2,
                              .attempt_log = "[{},{}]",
                              .label = "odd",
                              .queue_s = .125,
                              .first_token_s = .25,
                              .total_s = 1.0 / 3};
    assert_int_equal(store_open(f->db, STORE_WRITE, &s, &f->err), 0);
    assert_int_equal(store_episode_add(s, "hrm", "t1", 0, &id, &f->err), 0);
    assert_int_equal(store_call_put(s, id, &call, &f->err), 0);
    if (manifest)
        assert_int_equal(store_meta_set(s, "manifest", manifest, &f->err), 0);
    store_close(s);
}

static const char manifest[] =
    "{\"config_hash\":\"abc\",\"created\":\"2026-01-01T00:00:00Z\","
    "\"model\":{\"backend\":\"openai\",\"name\":\"m\",\"digest\":\"d\"}}";

static struct model *replay(struct fixture *f)
{
    struct model *m = NULL;
    struct model_config cfg = {.backend = "replay", .name = "", .replay = f->db};
    if (model_open(&cfg, &m, &f->err) < 0)
        fail_msg("%s", f->err.msg);
    return m;
}

static void a_recorded_call_comes_back_whole(void **state)
{
    struct fixture *f = *state;
    record(f, manifest);
    struct model *m = replay(f);
    struct model_reply r = {0};
    assert_int_equal(model_chat(m, &asked, &r, f->arena, &f->err), 0);
    assert_string_equal(r.text, "1. sort");
    assert_null(r.reasoning);
    assert_int_equal(r.finish, MODEL_FINISH_LENGTH);
    assert_int_equal(r.attempts, 2);
    assert_string_equal(r.attempt_log, "[{},{}]");
    assert_string_equal(r.label, "odd");
    assert_true(r.total_s == 1.0 / 3 && r.first_token_s == .25 && r.queue_s == .125);
    json_t *identity CLEANUP_JSON = NULL;
    assert_int_equal(model_probe(m, &identity, &f->err), 0);
    assert_string_equal(json_get_str(identity, "backend", ""), "replay");
    assert_string_equal(json_get_str(identity, "name", ""), "m");
    assert_string_equal(json_get_str(identity, "digest", ""), "d");
    assert_string_equal(json_get_str(json_object_get(identity, "replay"), "config_hash", ""),
                        "abc");
    model_close(m);
}

static void misses(struct fixture *f, struct model_request q, const char *says)
{
    struct model *m = replay(f);
    struct model_reply r = {0};
    assert_true(model_chat(m, &q, &r, f->arena, &f->err) < 0);
    if (!strstr(f->err.msg, says))
        fail_msg("'%s' does not say '%s'", f->err.msg, says);
    model_close(m);
}

static void a_miss_names_the_request_and_what_differs(void **state)
{
    struct fixture *f = *state;
    record(f, manifest);
    struct model_request q = asked;
    struct model_message changed[] = {{"system", "be brief"},
                                      {"user", "Sort the caf\xc3\xa8s by name"}};
    q.messages = changed;
    misses(f, q,
           "run.db: planner 1: message 2 (user) differs from byte 12 on: it was "
           "\"\xc3\xa9s by name\", it is \"\xc3\xa8s by name\"");
    q = asked;
    q.n_messages = 1;
    misses(f, q, "it had 2 messages, it has 1");
    q = asked;
    q.sampling.max_tokens = 64;
    misses(f, q, "max_tokens was 100, it is 64");
    q.sampling = (struct model_sampling){0.2, 0.95, 100, .min_p = 0.05};
    misses(f, q, "min_p was absent, it is 0.05");
    q = asked;
    q.seed = 8;
    misses(f, q, "seed was \"7\", it is \"8\"");
    q = asked;
    q.json_schema = "{}";
    misses(f, q, "json_schema was absent, it is \"{}\"");
    q = asked;
    q.key.index = 0;
    misses(f, q, "planner 0: the recorded episode had no such call");
    q = asked;
    q.key.task = "t2";
    misses(f, q, "it has no episode hrm/t2/0");
}

static void what_cannot_be_replayed_is_refused(void **state)
{
    struct fixture *f = *state;
    struct model *m = NULL;
    struct model_config cfg = {.backend = "replay", .name = ""};
    assert_true(model_open(&cfg, &m, &f->err) < 0);
    assert_non_null(strstr(f->err.msg, "needs --replay RUN"));
    cfg.replay = f->db;
    assert_true(model_open(&cfg, &m, &f->err) < 0);
    assert_non_null(strstr(f->err.msg, "there is no run database"));
    record(f, NULL);
    assert_true(model_open(&cfg, &m, &f->err) < 0);
    assert_non_null(strstr(f->err.msg, "the run never started"));
    assert_null(m);
}

/* ---- in front of a live model ---- */

struct live {
    const char *digest;
    int asked, closed;
};

static int live_probe(void *ctx, json_t **identity, struct err *err)
{
    (void)err;
    *identity = json_pack("{s:s, s:s, s:s}", "backend", "openai", "name", "m", "digest",
                          ((struct live *)ctx)->digest);
    return 0;
}

static int live_chat(void *ctx, const struct model_request *req, struct model_reply *reply,
                     struct arena *arena, struct err *err)
{
    (void)req;
    (void)arena;
    (void)err;
    ((struct live *)ctx)->asked++;
    *reply = (struct model_reply){.text = "fresh"};
    return 0;
}

static int live_slots(const void *ctx)
{
    (void)ctx;
    return 3;
}

static void live_close(void *ctx)
{
    ((struct live *)ctx)->closed++;
}

static const struct model_ops live_ops = {.name = "live",
                                          .probe = live_probe,
                                          .chat = live_chat,
                                          .slots = live_slots,
                                          .close = live_close};

static void only_what_changed_is_asked_anew(void **state)
{
    struct fixture *f = *state;
    struct live live = {.digest = "d"};
    struct model *m = NULL;
    struct model_reply r = {0};
    struct model_request changed = asked;
    long recorded, fresh;
    record(f, manifest);
    assert_int_equal(replay_in_front(f->db, model_from_ops(&live_ops, &live), &m, &f->err), 0);
    json_t *identity CLEANUP_JSON = NULL;
    assert_int_equal(model_probe(m, &identity, &f->err), 0);
    assert_string_equal(json_get_str(identity, "backend", ""), "openai");
    assert_int_equal(model_chat(m, &asked, &r, f->arena, &f->err), 0);
    assert_string_equal(r.text, "1. sort");
    changed.sampling.temperature = 1;
    assert_int_equal(model_chat(m, &changed, &r, f->arena, &f->err), 0);
    assert_string_equal(r.text, "fresh");
    assert_int_equal(live.asked, 1);
    replay_counts(m, &recorded, &fresh);
    assert_int_equal(recorded, 1);
    assert_int_equal(fresh, 1);
    assert_int_equal(model_slots(m), 3);
    model_close(m);
    assert_int_equal(live.closed, 1);
}

static void another_model_is_not_mixed_in(void **state)
{
    struct fixture *f = *state;
    struct live live = {.digest = "other"};
    struct model *m = NULL;
    json_t *identity = NULL;
    record(f, manifest);
    assert_int_equal(replay_in_front(f->db, model_from_ops(&live_ops, &live), &m, &f->err), 0);
    assert_true(model_probe(m, &identity, &f->err) < 0);
    assert_int_equal(f->err.kind, ERR_INPUT);
    assert_non_null(strstr(f->err.msg, "another model: its digest is 'd', not 'other'"));
    assert_null(identity);
    model_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(a_recorded_call_comes_back_whole),   T(a_miss_names_the_request_and_what_differs),
        T(what_cannot_be_replayed_is_refused), T(only_what_changed_is_asked_anew),
        T(another_model_is_not_mixed_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
