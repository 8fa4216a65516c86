/* The table of backends, and what all of them share. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/backend.h"
#include "model/flight.h"
#include "model/messages.h"
#include "model/sampling.h"

static const struct model_ops *const backends[] = {&model_embedded, &model_openai, &model_ollama,
                                                   &model_replay};

enum { N_BACKENDS = sizeof backends / sizeof *backends };

struct model {
    const struct model_ops *ops;
    void *ctx;
    struct flights *flights;
};

struct model *model_from_ops(const struct model_ops *ops, void *ctx)
{
    struct model *m = xmalloc(sizeof *m);
    *m = (struct model){ops, ctx, flights_new()};
    return m;
}

void *model_context(const struct model *m, const struct model_ops *ops)
{
    return m->ops == ops ? m->ctx : NULL;
}

/* ---- the table ---- */

static const struct model_ops *find(const char *name)
{
    for (size_t i = 0; i < N_BACKENDS; i++)
        if (strcmp(backends[i]->name, name) == 0)
            return backends[i];
    return NULL;
}

bool model_known(const char *backend)
{
    return find(backend) != NULL;
}

bool model_can(const char *backend, enum model_ability what)
{
    const struct model_ops *ops = find(backend);
    return ops && (ops->can & what);
}

const char *model_prompts(const char *backend)
{
    const struct model_ops *ops = find(backend);
    return ops ? ops->prompts : "chat";
}

void model_list(unsigned what, const char *last, struct str *out)
{
    size_t n = 0, said = 0;
    for (size_t i = 0; i < N_BACKENDS; i++)
        n += (backends[i]->can & what) == what;
    for (size_t i = 0; i < N_BACKENDS; i++) {
        if ((backends[i]->can & what) != what)
            continue;
        str_addf(out, "%s%s", said == 0 ? "" : said + 1 < n ? ", " : last, backends[i]->name);
        said++;
    }
}

int model_open(const struct model_config *cfg, struct model **out, struct err *err)
{
    const struct model_ops *ops = find(cfg->backend);
    struct str names CLEANUP_STR = {0};
    void *ctx = NULL;
    if (!ops) {
        model_list(0, ", ", &names);
        return err_input(err, "unknown model backend '%s' (expected one of: %s)", cfg->backend,
                         str_text(&names));
    }
    int rc = ops->open(cfg, &ctx, err);
    if (rc == 0)
        *out = model_from_ops(ops, ctx);
    return rc;
}

json_t *model_expected(const struct model_config *cfg)
{
    const struct model_ops *ops = find(cfg->backend);
    return ops && ops->expected ? ops->expected(cfg) : json_object();
}

/* ---- one model ---- */

void model_close(struct model *m)
{
    if (!m)
        return;
    m->ops->close(m->ctx);
    flights_free(m->flights);
    free(m);
}

int model_probe(struct model *m, json_t **identity, struct err *err)
{
    return m->ops->probe(m->ctx, identity, err);
}

int model_chat(struct model *m, const struct model_request *req, struct model_reply *reply,
               struct arena *arena, struct err *err)
{
    if (req->flight) /* a model of a model's: it is under way already */
        return m->ops->chat(m->ctx, req, reply, arena, err);
    struct model_request watched = *req;
    struct flight *flight = flights_begin(m->flights, req);
    watched.flight = flight;
    int rc = m->ops->chat(m->ctx, &watched, reply, arena, err);
    flights_end(m->flights, flight, rc == 0 ? reply->generated_tokens : 0);
    return rc;
}

size_t model_flight_roles(struct model *m, struct flight_role *out, size_t cap)
{
    return flights_roles(m->flights, out, cap);
}

long model_tokens(struct model *m)
{
    return flights_tokens(m->flights);
}

json_t *model_flights(struct model *m)
{
    return flights_json(m->flights);
}

int model_inspect(struct model *m, const struct model_request *req, json_t **facts, struct err *err)
{
    if (m->ops->inspect)
        return m->ops->inspect(m->ctx, req, facts, err);
    *facts = json_object();
    return 0;
}

int model_slots(const struct model *m)
{
    return m->ops->slots(m->ctx);
}

static const char *const finish_names[] = {
    [MODEL_FINISH_STOP] = "stop",
    [MODEL_FINISH_LENGTH] = "length",
    [MODEL_FINISH_CONTEXT] = "context",
};

const char *model_finish_name(enum model_finish f)
{
    return finish_names[f];
}

enum model_finish model_finish_parse(const char *name)
{
    for (size_t i = 0; i < sizeof finish_names / sizeof *finish_names; i++)
        if (strcmp(finish_names[i], name) == 0)
            return (enum model_finish)i;
    return MODEL_FINISH_STOP;
}

char *model_request_text(const struct model_request *req, char hash[HASH_HEX])
{
    struct str text = {0};
    str_add(&text, "{\"role\":");
    json_add_string(req->role, &text);
    str_add(&text, ",\"messages\":");
    messages_add(req->messages, req->n_messages, &text);
    sampling_add_record(&req->sampling, &text);
    /* the seed has 64 bits, JSON's integers in most readers less: it is written as text */
    str_addf(&text, ",\"seed\":\"%llu\"", (unsigned long long)req->seed);
    if (req->json_schema) {
        str_add(&text, ",\"json_schema\":");
        json_add_string(req->json_schema, &text);
    }
    str_addc(&text, '}');
    hash_sha256_hex(text.p, text.len, hash);
    return str_take(&text);
}
