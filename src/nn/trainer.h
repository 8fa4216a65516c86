/* The state of one training and its single step. Nothing is shared between trainings, so several
 * may run in one process. The result depends on seed, examples, settings and shards, not on how
 * many threads share the shards. */
#pragma once
#include <stdint.h>
#include "nn/batch.h"
#include "nn/params.h"
#include "nn/train.h"

struct nn_team;
struct nn_span;
struct nn_tokenizer;

struct nn_trainer {
    struct nn_train_config cfg;
    struct nn_shape shape;
    struct nn_tokenizer *tokenizer;
    struct nn_source source;
    int step; /* steps done */
    size_t n_params;
    float *params, *m, *v; /* [n_params] weights and the two moments of AdamW */
    int n_shards;
    struct nn_batch *batch; /* [n_shards] */
    struct nn_pass **pass;  /* [n_shards] */
    double *loss;           /* [n_shards] summed cross-entropy of the last step */
    struct nn_span *span; /* [n_spans] pieces of the flat array that one thread updates at a time */
    size_t n_spans;
    double *squares; /* [n_spans] of the gradient */
    struct nn_team *pool;
    const struct nn_kernels *k;
    float scale; /* 1 / targets of this step */
    float clip;  /* factor on the gradient */
    long tokens; /* of the last step */
};

/* Takes ownership of the tokenizer. The settings must have been checked. */
int nn_trainer_new(const struct nn_train_config *cfg, struct nn_tokenizer *tokenizer,
                   nn_example_fn *next, void *next_ctx, struct nn_trainer **out, struct err *err);
void nn_trainer_free(struct nn_trainer *t);
/* One step: *loss is the mean cross-entropy per answer token, before the update. */
int nn_trainer_step(struct nn_trainer *t, double *loss, struct err *err);
/* Linear warm-up, flat for the first 35 % of all steps, then linear down to 5 %. */
double nn_train_lr(const struct nn_train_config *cfg, int step);

/* The checkpoint beside the output. Loading is ERR_INPUT when the file is damaged or belongs to
 * another training. */
int nn_checkpoint_save(const struct nn_trainer *t, const char *path, struct err *err);
int nn_checkpoint_load(struct nn_trainer *t, const char *path, struct err *err);
