/* See replay.h. */
#include "model/replay.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/backend.h"
#include "model/replay_diff.h"
#include "store/manifest.h"
#include "store/transcript.h"

enum { DEFAULT_SLOTS = 32 };

struct replay {
    struct store *record;
    char *db;
    struct manifest manifest; /* of the recorded run */
    struct model *live;       /* asked what the record does not have; NULL = a miss is an error */
    int slots;
    atomic_long recorded, asked;
};

static void replay_close(void *ctx)
{
    struct replay *r = ctx;
    model_close(r->live);
    store_close(r->record);
    manifest_free(&r->manifest);
    free(r->db);
    free(r);
}

static int record_open(const char *db, struct replay **out, struct err *err)
{
    struct replay *r = xcalloc(1, sizeof *r);
    r->db = xstrdup(db);
    int rc = store_open(db, STORE_READ, &r->record, err);
    if (!rc)
        manifest_read(r->record, &r->manifest, NULL);
    if (!rc && !r->manifest.model.identity)
        rc = err_input(err, "%s: nothing to replay: the run never started", db);
    if (rc)
        replay_close(r);
    else
        *out = r;
    return rc;
}

static int replay_open(const struct model_config *cfg, void **ctx, struct err *err)
{
    struct replay *r;
    if (!cfg->replay)
        return err_input(err, "the backend 'replay' needs --replay RUN, the run to answer from");
    int rc = record_open(cfg->replay, &r, err);
    if (rc)
        return rc;
    r->slots = cfg->max_connections > 0 ? cfg->max_connections : DEFAULT_SLOTS;
    *ctx = r;
    return 0;
}

/* The model that gave the recorded replies, also where the record is itself a replay. Borrowed. */
static const json_t *recorded_model(const struct replay *r)
{
    const json_t *model = r->manifest.model.identity;
    const json_t *origin = json_object_get(model, "recorded");
    return origin ? origin : model;
}

/* Which record this is: for the manifest, and for the name of the run's directory. */
static json_t *record_json(const struct replay *r)
{
    return json_pack("{s:s, s:s, s:s}", "path", r->db, "config_hash", r->manifest.config_hash,
                     "created", r->manifest.created);
}

/* A request does not name its model, so the record must be of the same model as the live one. */
static int check_same_model(const struct replay *r, const json_t *is, struct err *err)
{
    static const char *const keys[] = {"name", "digest"};
    const json_t *was = recorded_model(r);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *a = json_get_str(was, keys[i], ""), *b = json_get_str(is, keys[i], "");
        if (!str_eq(a, b))
            return err_input(err, "%s is the record of another model: its %s is '%s', not '%s'",
                             r->db, keys[i], a, b);
    }
    const json_t *a = json_object_get(was, "roles"), *b = json_object_get(is, "roles");
    if ((a || b) && !json_equal(a, b))
        return err_input(err, "%s is the record of a run with other models for its roles", r->db);
    return 0;
}

static int replay_probe(void *ctx, json_t **identity, struct err *err)
{
    struct replay *r = ctx;
    if (r->live) {
        json_t *live CLEANUP_JSON = NULL;
        int rc = model_probe(r->live, &live, err);
        if (!rc)
            rc = check_same_model(r, live, err);
        if (rc)
            return rc;
        json_object_set_new(live, "replay", record_json(r));
        *identity = json_incref(live);
        return 0;
    }
    const json_t *model = recorded_model(r);
    *identity =
        json_pack("{s:s, s:s, s:s, s:O, s:o}", "backend", "replay", "name",
                  json_get_str(model, "name", "model"), "digest", json_get_str(model, "digest", ""),
                  "recorded", model, "replay", record_json(r));
    return 0;
}

/* ---- asking ---- */

struct model_reply replay_reply(const struct store_call *c)
{
    return (struct model_reply){.text = c->reply_text,
                                .reasoning = c->reasoning,
                                .finish = model_finish_parse(c->finish),
                                .prompt_tokens = c->prompt_tokens,
                                .generated_tokens = c->generated_tokens,
                                .queue_s = c->queue_s,
                                .first_token_s = c->first_token_s,
                                .total_s = c->total_s,
                                .attempts = c->attempts,
                                .attempt_log = *c->attempt_log ? c->attempt_log : NULL,
                                .label = *c->label ? c->label : NULL};
}

static int miss(const struct replay *r, const struct model_request *req, long long episode,
                struct arena *arena, struct err *err)
{
    struct transcript t = {0};
    const char *recorded = NULL; /* the request at this place */
    char *call = arena_printf(arena, "%s %d", req->role, req->key.index);
    if (episode == 0)
        return err_input(err, "not in the record %s: it has no episode %s/%s/%d", r->db,
                         req->key.arm, req->key.task, req->key.sample);
    int rc = transcript_read_rows(r->record, episode, &t.row, &t, arena, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < t.n_calls; i++)
        if (t.calls[i].index == req->key.index && str_eq(t.calls[i].role, req->role))
            recorded = t.calls[i].request;
    if (!recorded)
        return err_input(err, "not in the record %s: %s: the recorded episode had no such call",
                         r->db, call);
    return err_input(err, "not in the record %s: %s: %s", r->db, call,
                     replay_diff(recorded, req, arena));
}

static int replay_chat(void *ctx, const struct model_request *req, struct model_reply *reply,
                       struct arena *arena, struct err *err)
{
    struct replay *r = ctx;
    const struct model_key *k = &req->key;
    struct store_plan_item item = {.arm = k->arm, .task = k->task, .sample = k->sample};
    struct store_call call;
    char hash[HASH_HEX];
    free(model_request_text(req, hash));
    int rc = store_plan_find(r->record, &item, err);
    if (rc == 1)
        rc = store_call_find(r->record, item.id, req->role, k->index, hash, &call, arena, err);
    if (rc < 0)
        return rc;
    if (rc == 1) {
        atomic_fetch_add(&r->recorded, 1);
        *reply = replay_reply(&call);
        return 0;
    }
    atomic_fetch_add(&r->asked, 1);
    return r->live ? model_chat(r->live, req, reply, arena, err)
                   : miss(r, req, item.id, arena, err);
}

static int replay_inspect(void *ctx, const struct model_request *req, json_t **facts,
                          struct err *err)
{
    struct replay *r = ctx;
    if (r->live)
        return model_inspect(r->live, req, facts, err);
    *facts = json_object();
    return 0;
}

static int replay_slots(const void *ctx)
{
    const struct replay *r = ctx;
    return r->live ? model_slots(r->live) : r->slots;
}

const struct model_ops model_replay = {
    .name = "replay",
    .can = MODEL_REPLAYS,
    .prompts = "chat", /* of the recorded backend, which decides, where it is known */
    .open = replay_open,
    .probe = replay_probe,
    .chat = replay_chat,
    .inspect = replay_inspect,
    .slots = replay_slots,
    .close = replay_close,
};

int replay_in_front(const char *db, struct model *live, struct model **out, struct err *err)
{
    struct replay *r;
    int rc = record_open(db, &r, err);
    if (rc)
        return rc;
    r->live = live;
    *out = model_from_ops(&model_replay, r);
    return 0;
}

void replay_counts(const struct model *m, long *recorded, long *asked)
{
    const struct replay *r = model_context(m, &model_replay);
    *recorded = r ? atomic_load(&r->recorded) : 0;
    *asked = r ? atomic_load(&r->asked) : 0;
}
