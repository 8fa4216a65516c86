/* Training examples of the embedded models: the prompts of profile `tiny`, rendered with generated
 * tasks of the training split, and the right answers. One corpus for each shipped model. */
#pragma once
#include <stdint.h>
#include "base/err.h"
#include "nn/train.h"

struct train_corpus;

/* `name`: "code": tasks of 1 to 4 operations for the roles flat, planner, coder (a whole program or
 * one step) and self_plan; or "math": problems of 1 to 6 steps for flat_math, supervisor, solver,
 * verifier and what stands for them without a tool. The flat arms and the hierarchy get equal
 * shares. ERR_INPUT for another name. */
int train_corpus_open(const char *name, uint64_t seed, struct train_corpus **out, struct err *err);
void train_corpus_free(struct train_corpus *c);
/* An nn_example_fn; ctx is the corpus. */
void train_corpus_next(void *ctx, uint64_t index, double done, struct nn_example *ex);
/* Sizes and settings of the model that is shipped for the corpus, name included; seed and threads
 * stay. */
void train_corpus_settings(const struct train_corpus *c, struct nn_train_config *cfg);

/* One flat example of a math corpus, as a curriculum wants it: a problem of `steps` steps out of
 * the families in the mask `families` (gen_math.h), its program the answer. Text valid until the
 * next call. */
void train_corpus_math_flat(struct train_corpus *c, uint64_t index, int steps, unsigned families,
                            struct nn_example *ex);
