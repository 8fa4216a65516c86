/* Training the embedded model from (prompt, answer) examples: tokenizer learnt on the corpus,
 * packed sequences, AdamW. Same seed, same binary, same number of threads: same bytes. Ctrl-C
 * (stop_requested) saves a checkpoint beside the output; the same call continues from it to the
 * same final bytes. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

/* One chat turn: loss on the answer and the end token only. */
struct nn_example {
    const char *prompt, *answer;
};

struct nn_train_config {
    int d_model, n_layers, n_heads, d_ff, context, vocab;
    int tokens_per_step, steps, warmup;
    uint64_t examples; /* > 0: this many examples, each exactly once, spread evenly over the steps;
                          0: as many as fill tokens_per_step, endlessly */
    bool constant_lr;  /* after the warm-up, instead of falling */
    bool by_example;   /* every example weighs the same in a step, instead of every target token */
    double lr, beta2, weight_decay, clip;
    int threads;
    uint64_t seed;
    const char *name; /* general.name in the file */
};

struct nn_train_progress {
    int step, steps;
    double loss, lr, tokens_per_s, eta_s;
};

/* Source of examples: called with a rising index and the fraction of training that is done; fills
 * *ex with text valid until the next call. Must be a pure function of (ctx, index, done). */
typedef void nn_example_fn(void *ctx, uint64_t index, double done, struct nn_example *ex);
typedef void nn_progress_fn(void *ctx, const struct nn_train_progress *p);

struct nn_tokenizer;

struct nn_train_config nn_train_defaults(void);
/* Learnt on the first examples of the source. Caller frees. */
struct nn_tokenizer *nn_train_tokenizer(const struct nn_train_config *cfg, nn_example_fn *next,
                                        void *next_ctx);
/* 0 = finished, 1 = interrupted with a checkpoint saved, negative = error. */
int nn_train(const struct nn_train_config *cfg, nn_example_fn *next, void *next_ctx,
             nn_progress_fn *progress, void *progress_ctx, const char *out_path, struct err *err);
/* The same with a given tokenizer (owned by the call, also on failure), so that trainings that are
 * compared can share one. */
int nn_train_with(const struct nn_train_config *cfg, struct nn_tokenizer *tokenizer,
                  nn_example_fn *next, void *next_ctx, nn_progress_fn *progress, void *progress_ctx,
                  const char *out_path, struct err *err);
