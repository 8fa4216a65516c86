/* The shape of a model and where each of its weights lies in one flat array of floats.
 *
 * The array is used for weights, gradients and optimiser moments alike. Order: token embedding
 * (also the output matrix: tied), per layer attn_norm, wqkv, wo, ffn_norm, wgu, wdown, last norm.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct nn_shape {
    int d, layers, heads, ff, context, vocab;
    float eps, theta; /* of the norms; of the rotary embedding */
};

/* Pointers into one flat array. */
struct nn_layer {
    float *attn_norm; /* [d] */
    float *wqkv;      /* [3d][d] */
    float *wo;        /* [d][d] */
    float *ffn_norm;  /* [d] */
    float *wgu;       /* [2 ff][d] gate, then up */
    float *wdown;     /* [d][ff] */
};

/* One named matrix of the flat array, as GGUF stores it. */
struct nn_tensor {
    char name[48];
    size_t offset;  /* floats */
    int rows, cols; /* rows 0: a vector of cols */
};

/* Refuses shapes the kernels cannot run: ERR_INPUT, the message starts with what. */
int nn_shape_check(const struct nn_shape *s, const char *what, struct err *err);
size_t nn_params_count(const struct nn_shape *s);
struct nn_layer nn_params_layer(const struct nn_shape *s, float *base, int layer);
float *nn_params_embedding(float *base);                           /* [vocab][d] */
float *nn_params_last_norm(const struct nn_shape *s, float *base); /* [d] */

size_t nn_tensor_count(const struct nn_shape *s);
struct nn_tensor nn_tensor_at(const struct nn_shape *s, size_t i);

/* Normal weights. Matrices: deviation 0.5 / sqrt(fan in), those that write into the residual stream
 * smaller by sqrt(2 layers). The embedding: deviation 0.5, so that rare tokens are told apart from
 * the start (with 0.5 / sqrt(d) some single letters were still confused at the end of training).
 * Norms 1. */
void nn_params_init(const struct nn_shape *s, uint64_t seed, float *base);

/* cs, sn [context][d/heads]: cosine and signed sine of each position, as nn_kernels.rope takes them
 * (pairs 2i, 2i+1 turn by position * theta^(-2i/hd): the convention of llama files). Both freed by
 * the caller. */
void nn_rope_tables(const struct nn_shape *s, float **cs, float **sn);
