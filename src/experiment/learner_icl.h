/* The in-context learner: nothing is trained. A role's first question is preceded by N worked
 * problems of the training split, as turns of the conversation, in the order of the arm; the sample
 * is the seed of the problems, as for the native learner. The record holds the whole request.
 *
 * Borrows experiment and prompts. */
#pragma once
#include "control/control.h"
#include "experiment/experiment.h"

struct learner_icl;

int learner_icl_open(const struct experiment *x, const struct suite *suite,
                     const struct prompt_set *prompts, struct learner_icl **out, struct err *err);
void learner_icl_close(struct learner_icl *l); /* NULL is legal */
/* For control_env.shots; ctx is the learner. */
const struct model_message *learner_icl_shots(void *ctx, const char *arm, int sample,
                                              const char *role, size_t *n);
/* Bytes of the longest demonstrations. */
size_t learner_icl_bytes(const struct learner_icl *l);
/* ERR_INPUT when a context of so many tokens (0 = unknown) cannot hold them. */
int learner_icl_check(const struct learner_icl *l, long context, struct err *err);
