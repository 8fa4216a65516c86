/* Inference by the embedded model: one engine decodes many requests in one batch.
 *
 * Threads call nn_generate and block; a decoder thread batches all waiting requests step by step
 * (continuous batching). A reply depends only on its request (prompt, seed, sampling), never on the
 * other requests of the batch. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "nn/chat.h"
#include "nn/sample.h"

struct nn_engine;

struct nn_request {
    const struct nn_message *messages; /* rendered by the file's chat template */
    size_t n_messages;
    struct nn_sampling sampling;
    int max_tokens;
    uint64_t seed;
};

enum nn_finish { NN_STOP, NN_LENGTH, NN_CONTEXT };

struct nn_reply {
    char *text; /* valid UTF-8, caller frees */
    enum nn_finish finish;
    int prompt_tokens, generated_tokens;
    double queue_s, first_token_s, total_s;
};

/* Borrowed from the engine. */
struct nn_info {
    const char *name;
    char sha256[65]; /* of the weight file */
    long n_params;
    int d_model, n_layers, n_heads, d_ff, context, vocab;
    const char *chat_template;
};

/* max_batch: requests decoded together (0 = 64). ERR_INPUT for a truncated or foreign file: one
 * sentence. */
int nn_engine_open(const char *gguf_path, int max_batch, struct nn_engine **out, struct err *err);
void nn_engine_close(struct nn_engine *e);
int nn_generate(struct nn_engine *e, const struct nn_request *req, struct nn_reply *reply,
                struct err *err);
void nn_engine_info(const struct nn_engine *e, struct nn_info *out);
