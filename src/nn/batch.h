/* From examples to shards of packed sequences. */
#pragma once
#include <stdint.h>
#include "nn/pass.h"
#include "nn/train.h"

struct nn_tokenizer;

/* One shard with the memory behind it; start from {0} */
struct nn_batch {
    struct nn_shard shard;
    int *tokens, *starts, *target_at, *target;
    size_t tokens_cap, starts_cap, target_at_cap, target_cap;
};

/* Where the next example comes from. */
struct nn_source {
    nn_example_fn *next;
    void *ctx;
    uint64_t index;   /* of the next example */
    uint64_t skipped; /* examples too long for the context */
};

struct nn_batch_size {
    int tokens;   /* how many to pack, to the nearest sequence */
    int examples; /* > 0: pack exactly this many examples instead */
};

/* Refills the shard with whole sequences. Examples that do not fit into context are skipped, and
 * ERR_INPUT if only such examples come or their number was given. */
int nn_batch_fill(struct nn_batch *b, struct nn_source *src, double done,
                  const struct nn_tokenizer *t, struct nn_batch_size size, int context,
                  struct err *err);
void nn_batch_free(struct nn_batch *b);
