/* See purse.h. */
#include "model/purse.h"
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/patience.h"
#include "model/backend.h"

enum { MESSAGE_TOKENS = 16 }; /* what a chat template puts around a message */

struct purse {
    struct model *model;
    struct prices prices;
    double most;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t back;   /* a call is */
    double spent, held;    /* held: by calls under way */
};

static double cost_at_most(const struct purse *p, const struct model_request *req)
{
    size_t prompt = 0;
    for (size_t i = 0; i < req->n_messages; i++)
        prompt += strlen(req->messages[i].content) + MESSAGE_TOKENS;
    return prices_tokens(&p->prices, req->role, (double)prompt, req->sampling.max_tokens);
}

static int refuse(const struct purse *p, struct err *err)
{
    struct str spent CLEANUP_STR = {0}, most CLEANUP_STR = {0};
    prices_add_amount(&spent, p->spent);
    prices_add_amount(&most, p->most);
    err_env(err, "%s of %s %s are spent, and the next call might cost more than is left",
            str_text(&spent), str_text(&most), p->prices.currency);
    if (err)
        err->code = -ECANCELED;
    return -ECANCELED;
}

static int hold(struct purse *p, double amount, struct err *err)
{
    int rc = 0;
    pthread_mutex_lock(&p->mutex);
    while (p->spent + p->held + amount > p->most && p->held > 0 && !stop_requested())
        patience_wait(&p->back, &p->mutex);
    if (stop_requested())
        rc = err_interrupted(err);
    else if (p->spent + p->held + amount > p->most)
        rc = refuse(p, err);
    else
        p->held += amount;
    pthread_mutex_unlock(&p->mutex);
    return rc;
}

static void pay(struct purse *p, double held, double cost)
{
    pthread_mutex_lock(&p->mutex);
    p->held -= held;
    if (p->held < 1e-12) /* what adding and taking away leaves */
        p->held = 0;
    p->spent += cost;
    pthread_cond_broadcast(&p->back);
    pthread_mutex_unlock(&p->mutex);
}

static int purse_chat(void *ctx, const struct model_request *req, struct model_reply *reply,
                      struct arena *arena, struct err *err)
{
    struct purse *p = ctx;
    if (!p->prices.currency)
        return model_chat(p->model, req, reply, arena, err);
    double most = cost_at_most(p, req);
    int rc = hold(p, most, err);
    if (rc < 0)
        return rc;
    rc = model_chat(p->model, req, reply, arena, err);
    pay(p, most,
        rc < 0
            ? 0
            : prices_tokens(&p->prices, req->role, reply->prompt_tokens, reply->generated_tokens));
    return rc;
}

static int purse_probe(void *ctx, json_t **identity, struct err *err)
{
    return model_probe(((struct purse *)ctx)->model, identity, err);
}

static int purse_inspect(void *ctx, const struct model_request *req, json_t **facts,
                         struct err *err)
{
    return model_inspect(((struct purse *)ctx)->model, req, facts, err);
}

static int purse_slots(const void *ctx)
{
    return model_slots(((const struct purse *)ctx)->model);
}

static void purse_close(void *ctx)
{
    struct purse *p = ctx;
    model_close(p->model);
    pthread_cond_destroy(&p->back);
    pthread_mutex_destroy(&p->mutex);
    free(p);
}

static const struct model_ops purse_ops = {
    .name = "purse",
    .probe = purse_probe,
    .chat = purse_chat,
    .inspect = purse_inspect,
    .slots = purse_slots,
    .close = purse_close,
};

struct model *purse_in_front(struct model *model, struct purse **out)
{
    struct purse *p = xcalloc(1, sizeof *p);
    p->model = model;
    p->most = INFINITY;
    pthread_mutex_init(&p->mutex, NULL);
    patience_init(&p->back);
    *out = p;
    return model_from_ops(&purse_ops, p);
}

void purse_fill(struct purse *p, const struct prices *prices, double spent, double most)
{
    p->prices = *prices;
    p->spent = spent;
    p->most = most;
}

double purse_spent(struct purse *p)
{
    pthread_mutex_lock(&p->mutex);
    double spent = p->spent;
    pthread_mutex_unlock(&p->mutex);
    return spent;
}
