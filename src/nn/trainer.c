/* One training step: shards forward and backward side by side, gradients summed in order, AdamW. */
#include "nn/trainer.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/rng.h"
#include "nn/kernels.h"
#include "nn/team.h"
#include "nn/tokenizer.h"

enum { SPAN = 8192 };

static const double beta1 = 0.9, adam_eps = 1e-8, flat_part = 0.35, last_part = 0.05;

struct nn_span {
    size_t from, n;
    bool decays; /* matrices do, norms do not */
};

double nn_train_lr(const struct nn_train_config *cfg, int step)
{
    double done = (double)step / cfg->steps;

    if (step < cfg->warmup)
        return cfg->lr * (step + 1) / cfg->warmup;
    if (done < flat_part || cfg->constant_lr)
        return cfg->lr;
    return cfg->lr * (1 - (1 - last_part) * (done - flat_part) / (1 - flat_part));
}

static void cut_spans(struct nn_trainer *t)
{
    size_t cap = 0;

    for (size_t i = 0; i < nn_tensor_count(&t->shape); i++) {
        struct nn_tensor w = nn_tensor_at(&t->shape, i);
        size_t size = (size_t)(w.rows ? w.rows : 1) * (size_t)w.cols;
        for (size_t from = 0; from < size; from += SPAN) {
            t->span = xgrow(t->span, &cap, t->n_spans + 1, sizeof *t->span);
            t->span[t->n_spans++] = (struct nn_span){.from = w.offset + from,
                                                     .n = size - from < SPAN ? size - from : SPAN,
                                                     .decays = w.rows > 0};
        }
    }
    t->squares = xcalloc(t->n_spans, sizeof *t->squares);
}

/* The first example of step `step` when each is seen once. */
static uint64_t first_example(const struct nn_train_config *cfg, int step)
{
    return cfg->examples * (uint64_t)step / (uint64_t)cfg->steps;
}

/* The most tokens a shard may come to hold. */
static int shard_tokens(const struct nn_trainer *t)
{
    const struct nn_train_config *c = &t->cfg;
    int most = (int)(c->examples / (uint64_t)c->steps) + 1;

    return c->examples ? (most / t->n_shards + 1) * c->context
                       : c->tokens_per_step / t->n_shards + c->context;
}

int nn_trainer_new(const struct nn_train_config *cfg, struct nn_tokenizer *tokenizer,
                   nn_example_fn *next, void *next_ctx, struct nn_trainer **out, struct err *err)
{
    struct nn_trainer *t = xcalloc(1, sizeof *t);

    t->cfg = *cfg;
    t->tokenizer = tokenizer;
    t->source = (struct nn_source){.next = next, .ctx = next_ctx};
    t->k = nn_kernels_best();
    t->shape = (struct nn_shape){.d = cfg->d_model,
                                 .layers = cfg->n_layers,
                                 .heads = cfg->n_heads,
                                 .ff = cfg->d_ff,
                                 .context = cfg->context,
                                 .vocab = nn_tokenizer_size(tokenizer),
                                 .eps = 1e-5f,
                                 .theta = 1e4f};
    t->n_params = nn_params_count(&t->shape);
    t->params = xcalloc(t->n_params, sizeof *t->params);
    t->m = xcalloc(t->n_params, sizeof *t->m);
    t->v = xcalloc(t->n_params, sizeof *t->v);
    nn_params_init(&t->shape, seed_derive(cfg->seed, "train/init"), t->params);
    t->n_shards = cfg->threads > 2 ? cfg->threads : 2; /* one and two threads give the same bytes */
    t->batch = xcalloc((size_t)t->n_shards, sizeof *t->batch);
    t->loss = xcalloc((size_t)t->n_shards, sizeof *t->loss);
    t->pass = xcalloc((size_t)t->n_shards, sizeof(struct nn_pass *));
    for (int i = 0; i < t->n_shards; i++)
        t->pass[i] = nn_pass_new(&t->shape, shard_tokens(t), t->k);
    cut_spans(t);
    t->pool = nn_team_new(cfg->threads);
    if (!t->pool) {
        nn_trainer_free(t);
        return err_fault(err, "cannot start %d training threads", cfg->threads);
    }
    *out = t;
    return 0;
}

void nn_trainer_free(struct nn_trainer *t)
{
    if (!t)
        return;
    nn_team_free(t->pool);
    for (int i = 0; i < t->n_shards; i++) {
        nn_pass_free(t->pass[i]);
        nn_batch_free(&t->batch[i]);
    }
    free(t->pass);
    free(t->batch);
    free(t->loss);
    free(t->span);
    free(t->squares);
    free(t->params);
    free(t->m);
    free(t->v);
    nn_tokenizer_free(t->tokenizer);
    free(t);
}

static void run_shards(void *ctx, int worker)
{
    struct nn_trainer *t = ctx;

    for (int i = worker; i < t->n_shards; i += t->cfg.threads)
        t->loss[i] = nn_pass_run(t->pass[i], t->params, &t->batch[i].shard, t->scale);
}

static void sum_gradients(void *ctx, int worker)
{
    struct nn_trainer *t = ctx;
    float **grads CLEANUP_FREE = xcalloc((size_t)t->n_shards, sizeof *grads);

    for (int i = 0; i < t->n_shards; i++)
        grads[i] = nn_pass_gradient(t->pass[i]);
    for (size_t i = (size_t)worker; i < t->n_spans; i += (size_t)t->cfg.threads)
        t->squares[i] = t->k->reduce(grads, t->n_shards, t->span[i].from, t->span[i].n);
}

static void update(void *ctx, int worker)
{
    struct nn_trainer *t = ctx;
    const struct nn_train_config *c = &t->cfg;
    struct nn_adamw o = {.lr = (float)nn_train_lr(c, t->step),
                         .beta1 = (float)beta1,
                         .beta2 = (float)c->beta2,
                         .eps = (float)adam_eps,
                         .fix1 = (float)(1 / (1 - pow(beta1, t->step + 1))),
                         .fix2 = (float)(1 / (1 - pow(c->beta2, t->step + 1))),
                         .scale = t->clip};

    for (size_t i = (size_t)worker; i < t->n_spans; i += (size_t)c->threads) {
        size_t at = t->span[i].from;
        o.decay = t->span[i].decays ? (float)c->weight_decay : 0;
        t->k->adamw(&o, t->params + at, nn_pass_gradient(t->pass[0]) + at, t->m + at, t->v + at,
                    t->span[i].n);
    }
}

/* Shard i's share of this step. */
static struct nn_batch_size shard_size(const struct nn_trainer *t, int i)
{
    const struct nn_train_config *c = &t->cfg;
    uint64_t n = first_example(c, t->step + 1) - first_example(c, t->step);
    uint64_t shards = (uint64_t)t->n_shards, at = (uint64_t)i;

    if (!c->examples)
        return (struct nn_batch_size){.tokens = c->tokens_per_step / t->n_shards};
    return (struct nn_batch_size){.examples = (int)(n * (at + 1) / shards - n * at / shards)};
}

int nn_trainer_step(struct nn_trainer *t, double *loss, struct err *err)
{
    double squares = 0, total = 0, norm;
    long targets = 0, examples = 0;

    t->tokens = 0;
    for (int i = 0; i < t->n_shards; i++) {
        int r = nn_batch_fill(&t->batch[i], &t->source, (double)t->step / t->cfg.steps,
                              t->tokenizer, shard_size(t, i), t->shape.context, err);
        if (r < 0)
            return r;
        t->batch[i].shard.by_seq = t->cfg.by_example;
        targets += t->batch[i].shard.n_targets;
        examples += t->batch[i].shard.n_seqs;
        t->tokens += t->batch[i].shard.n_tokens;
    }
    t->scale = 1.0f / (float)(t->cfg.by_example ? examples : targets);
    nn_team_run(t->pool, run_shards, t);
    nn_team_run(t->pool, sum_gradients, t);
    for (size_t i = 0; i < t->n_spans; i++)
        squares += t->squares[i];
    norm = sqrt(squares);
    t->clip = t->cfg.clip > 0 && norm > t->cfg.clip ? (float)(t->cfg.clip / norm) : 1.0f;
    nn_team_run(t->pool, update, t);
    t->step++;
    for (int i = 0; i < t->n_shards; i++)
        total += t->loss[i];
    *loss = total / (double)targets;
    if (!isfinite(*loss))
        return err_fault(err,
                         "the loss is not a number any more at step %d; try a lower learning rate",
                         t->step);
    return 0;
}
