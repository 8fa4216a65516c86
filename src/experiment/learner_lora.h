/* The learner whose adapters were trained elsewhere (train/lora_supervisor.py): one model for each
 * cell that asks for the adapted role, the base model for everything else.
 *
 * A server without the adapter answers like the base model, without an error. So before the first
 * episode every adapter must answer at least one of a few problems differently from the base. */
#pragma once
#include "experiment/experiment.h"
#include "model/model.h"

struct prompt_set;

/* strict, strict:512 or strict:512:0 = NAME. */
struct lora_adapter {
    enum curriculum_order order;
    int n, seed; /* -1 = any */
    const char *model;
};

/* "strict:512=sup-strict-512"; the model's name is borrowed from text. */
int lora_adapter_parse(const char *text, struct lora_adapter *out, struct err *err);

struct lora_model {
    struct lora_adapter adapter;
    struct model *model; /* may be shared between adapters */
};

/* role: the one that asks the adapters; NULL = every role does. The new model owns base and all
 * others, closing each once. Cells of the experiment for which
 * there is no adapter are ERR_INPUT (and nothing is owned). */
int learner_lora_open(const struct experiment *x, struct model *base,
                      const struct lora_model *models, size_t n, const char *role,
                      struct model **out, struct err *err);
/* Asks base and adapters for plans of the same few problems, greedily. ERR_ENV when one answers all
 * of them like the base. *facts: {"strict:512": {"problems","different"}}, for the manifest; caller
 * decrefs. */
int learner_lora_canary(struct model *m, const struct experiment *x,
                        const struct prompt_set *prompts, json_t **facts, struct err *err);
