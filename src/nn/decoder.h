/* The forward pass of inference: any mix of rows, each one token of one sequence, against a cache
 * of keys and values per sequence. A row's logits depend only on its own sequence, to the bit,
 * whatever else is in the batch. */
#pragma once
#include <stddef.h>
#include "nn/params.h"

struct nn_kernels;
struct nn_decoder;

struct nn_row {
    int slot; /* whose cache */
    int pos;  /* in the sequence; positions before it are in the cache or earlier in this batch */
    int token;
    bool last; /* logits are wanted */
};

/* slots: sequences held at once; max_rows: of a batch. Weights are copied. */
struct nn_decoder *nn_decoder_new(const struct nn_shape *s, const float *params, int slots,
                                  int max_rows, const struct nn_kernels *k);
void nn_decoder_free(struct nn_decoder *d);
/* Logits of the i-th row that wants them: the result + i * nn_decoder_logits_row, vocab floats.
 * Valid until the next call. */
const float *nn_decoder_run(struct nn_decoder *d, const struct nn_row *rows, int n);
size_t nn_decoder_logits_row(const struct nn_decoder *d);
