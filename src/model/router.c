/* See router.h. */
#include "model/router.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/backend.h"

struct router {
    struct model *base;
    struct route {
        char *role;
        struct model *model;
    } * roles; /* [n] */
    size_t n;
};

/* The first entry with this model: the one that stands for it. */
static bool is_first(const struct router *r, size_t i)
{
    size_t first = 0;
    while (r->roles[first].model != r->roles[i].model)
        first++;
    return first == i && r->roles[i].model != r->base;
}

static int router_probe(void *ctx, json_t **identity, struct err *err)
{
    struct router *r = ctx;
    json_t *base CLEANUP_JSON = NULL;
    json_t *roles = json_object();
    int rc = model_probe(r->base, &base, err);
    for (size_t i = 0; !rc && i < r->n; i++) {
        json_t *own = NULL;
        rc = model_probe(r->roles[i].model, &own, err);
        if (!rc)
            json_object_set_new(roles, r->roles[i].role, own);
    }
    if (!rc) {
        json_object_set(base, "roles", roles);
        *identity = json_incref(base);
    }
    json_decref(roles);
    return rc;
}

static int router_chat(void *ctx, const struct model_request *req, struct model_reply *reply,
                       struct arena *arena, struct err *err)
{
    struct router *r = ctx;
    struct model *m = r->base;
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->roles[i].role, req->role) == 0)
            m = r->roles[i].model;
    return model_chat(m, req, reply, arena, err);
}

/* An episode asks one model at a time; what is too much for one of them waits in its queue. */
static int router_slots(const void *ctx)
{
    const struct router *r = ctx;
    int most = model_slots(r->base);
    for (size_t i = 0; i < r->n; i++) {
        int n = model_slots(r->roles[i].model);
        most = n > most ? n : most;
    }
    return most;
}

static void router_close(void *ctx)
{
    struct router *r = ctx;
    for (size_t i = 0; i < r->n; i++) {
        if (is_first(r, i))
            model_close(r->roles[i].model);
        free(r->roles[i].role);
    }
    model_close(r->base);
    free(r->roles);
    free(r);
}

static const struct model_ops router_ops = {
    .name = "router",
    .probe = router_probe,
    .chat = router_chat,
    .slots = router_slots,
    .close = router_close,
};

struct model *router_make(struct model *base, const struct router_role *roles, size_t n)
{
    struct router *r = xmalloc(sizeof *r);
    *r = (struct router){base, xcalloc(n + 1, sizeof *r->roles), n};
    for (size_t i = 0; i < n; i++)
        r->roles[i] = (struct route){xstrdup(roles[i].role), roles[i].model};
    return model_from_ops(&router_ops, r);
}
