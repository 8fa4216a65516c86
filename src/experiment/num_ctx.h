/* The context size of a run, where the client chooses it (Ollama): one number for the whole run,
 * since another one reloads the model, and for the whole suite, since --limit must not change it.
 */
#pragma once
#include "control/prompt.h"
#include "experiment/experiment.h"
#include "suite/suite.h"

enum { NUM_CTX_STEP = 2048 };

/* *out in tokens, a multiple of NUM_CTX_STEP: an upper estimate, as the tokenizer is not known. */
int num_ctx_needed(const struct experiment *x, const struct suite *suite,
                   const struct prompt_set *prompts, int *out, struct err *err);
