/* Training examples of a curriculum: every problem once to solve, once to plan, and each of its
 * steps once to compute, in the prompts of a profile and with the right answers. So the flat arm
 * and the hierarchy learn from the same problems. */
#pragma once
#include "control/prompt.h"
#include "nn/train.h"
#include "gen/curriculum_data.h"

enum corpus_role { CORPUS_FLAT, CORPUS_SUPERVISOR, CORPUS_SOLVER, CORPUS_ROLES };
extern const char *const corpus_role_names[]; /* as in role.h */

struct corpus_example {
    size_t problem; /* of the multiset */
    enum corpus_role role;
    int step;                    /* solver */
    int steps;                   /* of the problem */
    const char *system;          /* NULL = none */
    const char *prompt, *answer; /* valid until the next call */
};

struct corpus;

/* roles: bits 1 << CORPUS_FLAT ...; prompts are borrowed. ERR_INPUT when the profile lacks one. */
int corpus_open(const struct curriculum_set *set, enum curriculum_order order, unsigned roles,
                const struct prompt_set *prompts, struct corpus **out, struct err *err);
void corpus_free(struct corpus *c);                    /* NULL is legal */
size_t corpus_size(const struct corpus *c);            /* examples */
const size_t *corpus_sequence(const struct corpus *c); /* [n] the problems as they come */
int corpus_example(struct corpus *c, size_t i, struct corpus_example *out, struct err *err);
/* An nn_example_fn; ctx is the corpus. */
void corpus_next(void *ctx, uint64_t index, double done, struct nn_example *ex);
