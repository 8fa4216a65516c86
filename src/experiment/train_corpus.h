/* What the embedded model learns from: the prompts of profile `tiny`, rendered with generated tasks
 * of the training split, and the answers they should have had. */
#pragma once
#include <stdint.h>
#include "base/err.h"
#include "nn/train.h"

struct train_corpus;

/* Code tasks of 1 to 4 operations for the roles flat, planner, coder (a whole program or one step)
 * and self_plan. Half of the examples by number are the flat arms' (flat, self_plan), half the
 * others'. */
int train_corpus_open_code(uint64_t seed, struct train_corpus **out, struct err *err);
void train_corpus_free(struct train_corpus *c);
/* An nn_example_fn; ctx is the corpus. */
void train_corpus_next(void *ctx, uint64_t index, double done, struct nn_example *ex);
