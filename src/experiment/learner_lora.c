/* See learner_lora.h. */
#include "experiment/learner_lora.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"
#include "experiment/curriculum_corpus.h"
#include "model/backend.h"

enum { CANARIES = 4, CANARY_TOKENS = 64 };

struct lora {
    const struct experiment *x;
    struct model *base;
    struct lora_model *models; /* [n] */
    size_t n;
    const char *role; /* adapted; NULL = all */
};

extern const struct model_ops model_lora;

int lora_adapter_parse(const char *text, struct lora_adapter *out, struct err *err)
{
    const char *equals = strchr(text, '=');
    char *cell CLEANUP_FREE = xstrndup(text, equals ? (size_t)(equals - text) : strlen(text));
    struct lora_adapter a = {.n = -1, .seed = -1, .model = equals ? equals + 1 : ""};
    char *colon = strchr(cell, ':'), rest;
    bool good = *a.model != '\0';
    if (colon) {
        *colon = '\0';
        int got = sscanf(colon + 1, "%d:%d%c", &a.n, &a.seed, &rest);
        char *more = strchr(colon + 1, ':');
        good &= (got == 1 && !more) || got == 2;
        good &= a.n > 0 && a.seed >= -1;
    }
    if (!good || curriculum_order_parse(cell, &a.order, NULL) < 0)
        return err_input(err,
                         "--adapter: expected CELL=NAME with a cell like strict, strict:512 or "
                         "strict:512:0, found '%s'",
                         text);
    *out = a;
    return 0;
}

/* The most specific adapter of a cell, or NULL. */
static const struct lora_model *adapter_of(const struct lora *l, const struct curriculum_cell *cell)
{
    const struct lora_model *best = NULL;
    int best_known = -1;
    for (size_t i = 0; i < l->n; i++) {
        const struct lora_adapter *a = &l->models[i].adapter;
        int known = (a->n >= 0) + (a->seed >= 0);
        bool fits = a->order == cell->order && (a->n < 0 || a->n == cell->n) &&
                    (a->seed < 0 || a->seed == cell->seed);
        if (!fits || known <= best_known)
            continue;
        best = &l->models[i];
        best_known = known;
    }
    return best;
}

static char *adapter_name(const struct lora_adapter *a)
{
    struct str s = {0};
    str_add(&s, curriculum_order_names[a->order]);
    if (a->n >= 0)
        str_addf(&s, ":%d", a->n);
    if (a->seed >= 0)
        str_addf(&s, ":%d", a->seed);
    return str_take(&s);
}

/* ---- the backend ---- */

/* As of roles with models of their own: the run's identity holds them all. */
static int lora_probe(void *ctx, json_t **identity, struct err *err)
{
    struct lora *l = ctx;
    json_t *base CLEANUP_JSON = NULL, *roles = json_object();
    int rc = model_probe(l->base, &base, err);
    for (size_t i = 0; rc == 0 && i < l->n; i++) {
        char *name CLEANUP_FREE = adapter_name(&l->models[i].adapter);
        char *key CLEANUP_FREE = xasprintf("%s@%s", l->role ? l->role : "all", name);
        json_t *own = NULL;
        rc = model_probe(l->models[i].model, &own, err);
        if (rc == 0)
            json_object_set_new(roles, key, own);
    }
    if (rc == 0) {
        json_object_set(base, "roles", roles);
        *identity = json_incref(base);
    }
    json_decref(roles);
    return rc;
}

static int lora_chat(void *ctx, const struct model_request *req, struct model_reply *reply,
                     struct arena *arena, struct err *err)
{
    struct lora *l = ctx;
    struct model *m = l->base;
    struct curriculum_cell cell;
    if ((!l->role || str_eq(req->role, l->role)) &&
        curriculum_cell_of(l->x->curriculum, req->key.arm, req->key.sample, &cell)) {
        const struct lora_model *a = adapter_of(l, &cell);
        if (!a)
            return err_fault(err, "no adapter for arm '%s'", req->key.arm);
        m = a->model;
    }
    return model_chat(m, req, reply, arena, err);
}

static int lora_slots(const void *ctx)
{
    const struct lora *l = ctx;
    return model_slots(l->base);
}

static void lora_close(void *ctx)
{
    struct lora *l = ctx;
    for (size_t i = 0; i < l->n; i++) {
        bool seen = l->models[i].model == l->base;
        for (size_t j = 0; j < i; j++)
            seen |= l->models[j].model == l->models[i].model;
        if (!seen)
            model_close(l->models[i].model);
    }
    model_close(l->base);
    free(l->models);
    free(l);
}

const struct model_ops model_lora = {
    .name = "lora",
    .probe = lora_probe,
    .chat = lora_chat,
    .slots = lora_slots,
    .close = lora_close,
};

int learner_lora_open(const struct experiment *x, struct model *base,
                      const struct lora_model *models, size_t n, const char *role,
                      struct model **out, struct err *err)
{
    const struct curriculum *c = x->curriculum;
    const struct lora probe = {.models = (struct lora_model *)models, .n = n};
    for (size_t o = 0; o < c->n_orders; o++)
        for (size_t s = 0; s < c->n_sizes; s++)
            for (int seed = 0; seed < x->samples; seed++) {
                struct curriculum_cell cell = {c->orders[o], c->sizes[s], seed};
                if (!adapter_of(&probe, &cell))
                    return err_input(err,
                                     "no adapter for %s, N = %d, seed %d: name one by --adapter "
                                     "%s:%d:%d=NAME, or ask for fewer by --orders, --n, --seeds",
                                     curriculum_order_names[cell.order], cell.n, seed,
                                     curriculum_order_names[cell.order], cell.n, seed);
            }
    struct lora *l = xmalloc(sizeof *l);
    *l = (struct lora){x, base, xcalloc(n + 1, sizeof *l->models), n, role};
    memcpy(l->models, models, n * sizeof *models);
    *out = model_from_ops(&model_lora, l);
    return 0;
}

/* ---- the canary ---- */

/* The supervisor's prompts for a few training problems. Caller frees the corpus. */
static int open_canaries(const struct experiment *x, const struct prompt_set *prompts,
                         struct corpus **out, struct err *err)
{
    struct curriculum_set set = {.seed = 1,
                                 .n = CANARIES,
                                 .steps_min = x->curriculum->steps_min,
                                 .steps_max = x->curriculum->steps_max,
                                 .plain = true};
    return corpus_open(&set, CURRICULUM_RANDOM, 1u << CORPUS_SUPERVISOR, prompts, out, err);
}

static int ask_canary(struct model *m, const struct corpus_example *ex, const char **text,
                      struct arena *arena, struct err *err)
{
    struct model_message messages[2];
    size_t n = 0;
    struct model_reply reply = {0};
    if (ex->system)
        messages[n++] = (struct model_message){"system", ex->system};
    messages[n++] = (struct model_message){"user", ex->prompt};
    struct model_request req = {.messages = messages,
                                .n_messages = n,
                                .role = corpus_role_names[CORPUS_SUPERVISOR],
                                .sampling = {0, 1, CANARY_TOKENS},
                                .key = {"canary", "canary", 0, 0}};
    int rc = model_chat(m, &req, &reply, arena, err);
    *text = reply.text;
    return rc;
}

/* How many problems the adapter answers differently from the base; negative: a fault. */
static int count_different(const struct lora *l, const struct lora_model *a, struct corpus *corpus,
                           struct err *err)
{
    int different = 0, rc = 0;
    for (size_t i = 0; i < CANARIES && rc == 0; i++) {
        struct arena *arena = arena_new();
        struct corpus_example ex;
        const char *base = NULL, *own = NULL;
        rc = corpus_example(corpus, i, &ex, err);
        if (rc == 0)
            rc = ask_canary(l->base, &ex, &base, arena, err);
        if (rc == 0)
            rc = ask_canary(a->model, &ex, &own, arena, err);
        different += rc == 0 && !str_eq(base, own);
        arena_free(arena);
    }
    return rc < 0 ? rc : different;
}

int learner_lora_canary(struct model *m, const struct experiment *x,
                        const struct prompt_set *prompts, json_t **facts, struct err *err)
{
    const struct lora *l = model_context(m, &model_lora);
    struct corpus *corpus = NULL;
    json_t *o CLEANUP_JSON = json_object();
    int rc = open_canaries(x, prompts, &corpus, err);
    for (size_t i = 0; rc == 0 && i < l->n; i++) {
        char *name CLEANUP_FREE = adapter_name(&l->models[i].adapter);
        int different = count_different(l, &l->models[i], corpus, err);
        if (different < 0)
            rc = different;
        else if (different == 0)
            rc = err_env(err,
                         "the adapter %s (%s) answers %d problems exactly like the base model: is "
                         "it active? docs/lora.md says how to serve one",
                         name, l->models[i].adapter.model, CANARIES);
        else
            json_object_set_new(
                o, name, json_pack("{s:i, s:i}", "problems", CANARIES, "different", different));
    }
    corpus_free(corpus);
    if (rc == 0)
        *facts = json_incref(o);
    return rc;
}
