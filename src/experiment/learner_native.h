/* The native learner: one small model for every cell, trained from scratch, as one struct model
 * that answers each request with the model of the request's arm and sample.
 *
 * Trainings run while episodes run, several at once, one thread each, in the order of the plan; a
 * request waits until the model of its cell is trained. A trained model depends only on its cell,
 * not on how many trainings run at once. It is stored in the run's directory
 * (models/strict-512-s0.gguf, and .json beside it), so a killed run trains nothing twice. Borrows
 * experiment, suite and prompts, which outlive it. */
#pragma once
#include "experiment/experiment.h"
#include "experiment/plan.h"

struct prompt_set;

struct learner_progress {
    size_t trained, total; /* models that the plan needs */
    double tokens_per_s;   /* of all trainings running now */
};

int learner_native_open(const struct experiment *x, const struct suite *suite,
                        const struct prompt_set *prompts, struct model **out, struct err *err);
/* Starts `parallel` trainings at once (0 = as many as there are cores) of what the plan's
 * unfinished episodes need. */
int learner_native_start(struct model *m, const struct plan *plan, const char *dir, int parallel,
                         struct err *err);
/* False when the model is no native learner. */
bool learner_native_look(const struct model *m, struct learner_progress *out);
/* [{"order","n","seed","weights","order_sha256","multiset_sha256","overlap":{..},"steps",..}, ...]
 * of all models in the run's directory. Caller decrefs; NULL when the model is no native learner.
 */
json_t *learner_native_cells(const struct model *m);
