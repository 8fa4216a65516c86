/* One forward and backward pass over a shard of packed sequences: the part of a training step that
 * one thread does.
 *
 * Sequences lie one after another without padding; attention stays within a sequence; logits exist
 * only at the positions whose next token is to be learnt. A pass owns its buffers and its gradient;
 * weights are borrowed. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "nn/params.h"

struct nn_kernels;

/* caller-owned arrays. */
struct nn_shard {
    int n_tokens, n_seqs, n_targets;
    bool by_seq;          /* the loss is the mean over a sequence's targets, not their sum */
    const int *tokens;    /* [n_tokens] */
    const int *starts;    /* [n_seqs + 1] first token of each sequence, then n_tokens */
    const int *target_at; /* [n_targets] rising positions in tokens */
    const int *target;    /* [n_targets] the token that follows */
};

struct nn_pass;

/* max_tokens: of any shard given later; no sequence is longer than s->context. */
struct nn_pass *nn_pass_new(const struct nn_shape *s, int max_tokens, const struct nn_kernels *k);
void nn_pass_free(struct nn_pass *p);
float *nn_pass_gradient(struct nn_pass *p); /* [nn_params_count], owned by the pass */
/* Overwrites the gradient with that of scale * summed cross-entropy, by_seq: of scale * the
 * sequences' means added up; returns the summed cross-entropy. */
double nn_pass_run(struct nn_pass *p, const float *weights, const struct nn_shard *shard,
                   float scale);
