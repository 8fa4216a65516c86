/* One training: from the cell's problems in the cell's order to a weight file. */
#pragma once
#include "experiment/experiment.h"

struct prompt_set;
struct suite;

struct cell_job {
    const struct experiment *x;
    const struct suite *tests; /* must not be trained on */
    const struct prompt_set *prompts;
    const char *dir;                                  /* for the files, exists */
    void (*progress)(void *ctx, double tokens_per_s); /* called from time to time; may be NULL */
    void *ctx;
};

/* The tokenizer that all cells of the run share, as base.gguf (with untrained weights). */
int cell_train_base(const struct cell_job *job, struct err *err);
/* NAME.gguf and then NAME.json. 0; -EINTR when a stop was requested (the next call continues from a
 * checkpoint); or a fault, also when a test problem is among the training problems. */
int cell_train(const struct cell_job *job, const struct curriculum_cell *cell, struct err *err);
/* Is it trained already? */
bool cell_trained(const struct cell_job *job, const struct curriculum_cell *cell);
/* The path of its weights. Caller frees. */
char *cell_weights(const struct cell_job *job, const struct curriculum_cell *cell);
/* NAME.json; NULL when it is not trained. Caller decrefs. */
json_t *cell_record(const struct cell_job *job, const struct curriculum_cell *cell);
/* The settings that decide the weights, apart from the cell. Caller decrefs. */
json_t *cell_settings(const struct experiment *x);
