/* A trained model as one GGUF file of architecture `llama`: shape, weights in F32, tokenizer, chat
 * template. */
#pragma once
#include <stddef.h>
#include "base/hash.h"
#include "nn/params.h"

struct err;
struct nn_tokenizer;

/* owned; free with nn_weights_free. */
struct nn_weights {
    struct nn_shape shape;
    float *params; /* [nn_params_count(&shape)] */
    struct nn_tokenizer *tokenizer;
    char *name;
    char sha256[HASH_HEX]; /* of the file */
};

/* shape.vocab must be the tokenizer's size. Written to a temporary file and renamed, so that no
 * reader sees half a file. */
int nn_weights_write(const char *path, const struct nn_shape *shape, const float *params,
                     const struct nn_tokenizer *tokenizer, const char *name, struct err *err);
/* ERR_INPUT, one sentence, for any file this program did not write. */
int nn_weights_read(const char *path, struct nn_weights *out, struct err *err);
int nn_weights_parse(const char *what, const void *bytes, size_t n, struct nn_weights *out,
                     struct err *err);
void nn_weights_free(struct nn_weights *w);
