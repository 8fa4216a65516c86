/* Internal: the ops table of a corpus, and what the corpora share. */
#pragma once
#include <stdint.h>
#include "control/prompt.h"
#include "nn/train.h"

struct gram_set;
struct rng;
struct train_corpus;

struct train_role {
    const char *prompt; /* file of the profile, without .txt */
    int percent;        /* of the examples */
};

struct train_kind {
    const char *name, *model;       /* "code", "hrm-tiny-code" */
    const struct train_role *roles; /* [n_roles] */
    int n_roles;
    void (*settings)(struct nn_train_config *cfg);
    int (*open)(struct train_corpus *c, struct err *err); /* NULL: nothing more to prepare */
    /* Fills in *ex for the role; r is the example's own generator. */
    void (*make)(struct train_corpus *c, int role, uint64_t index, double done, struct rng *r,
                 struct nn_example *ex);
};
extern const struct train_kind train_kind_code, train_kind_math;

struct train_corpus {
    const struct train_kind *kind;
    uint64_t seed;
    struct prompt_set *prompts;
    struct arena *arena;   /* of the current example */
    struct gram_set *seen; /* math: the texts of the shipped suite */
};

/* The role's prompt, as the arms render it. */
const char *train_corpus_prompt(struct train_corpus *c, const char *role,
                                const struct prompt_vars *vars);
/* The text in the arena, without its last newline. */
const char *train_corpus_trim(struct train_corpus *c, const char *text);
