/* A curriculum experiment: every arm of the file is played by every cell, which is an order of
 * learning, a number N of training problems and a training seed. In the record an arm named
 * "flat@strict:512" is the file's arm `flat` on the model that learnt 512 problems in strict order,
 * and sample s is training seed s. So an episode is still task x arm x sample, and show, export,
 * merge and resume need no code for curricula.
 *
 * Texts belong to the experiment's arena. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/json.h"
#include "control/arm.h"
#include "gen/curriculum_data.h"

struct arena;
struct err;
struct experiment;
struct plan;

enum curriculum_learner {
    LEARNER_NATIVE, /* trains the embedded model from scratch */
    LEARNER_ICL,    /* shows a model N worked problems in its prompt */
    LEARNER_LORA,   /* asks adapters that were trained elsewhere */
};

enum { CURRICULUM_MAX_SIZES = 16 };

struct curriculum {
    enum curriculum_learner learner;
    enum curriculum_order orders[CURRICULUM_ORDERS];
    size_t n_orders;
    int sizes[CURRICULUM_MAX_SIZES]; /* N, rising */
    size_t n_sizes;
    int tests; /* test problems of each step count for one seed; 0 = all of the suite */
    int steps_min, steps_max; /* trained on */
    double replay, finish;    /* of orders: gen/curriculum_data.h */
    bool same_tests;          /* every seed plays the same tests, instead of others */
    bool adapts_all;          /* lora: the adapter answers for every role, not for the supervisor */
    const char *text;         /* of the training problems: "plain" or "full" */
    double threshold;         /* accuracy of "N at threshold" */
    const char *size;         /* native: "d32" or "d64" */
    const char *schedule;     /* native: "constant" or "decay" */
    const char *loss;         /* native: every "example" or every target "token" weighs the same */
    double warmup;            /* native: share of the steps in which the learning rate rises */
    const struct arm *base;   /* [n_base] the file's arms */
    size_t n_base;
    struct {
        const char *name, *text;
    } quick[8]; /* what --quick replaces */
    size_t n_quick;
};

struct curriculum_cell {
    enum curriculum_order order;
    int n;
    int seed; /* = sample */
};

extern const char *const curriculum_learner_names[];

/* Replaces the experiment's arms by those of every order and size. */
void curriculum_expand(struct experiment *x);
/* The cell of an arm's sample; false for the arms of other experiments. */
bool curriculum_cell_of(const struct curriculum *c, const char *arm, int sample,
                        struct curriculum_cell *out);
/* Is arm i one of the cells' arms of the file's arm `name`? False without a curriculum. */
bool curriculum_is_arm_of(const struct experiment *x, size_t i, const char *name);
/* What the cell's learner sees. The seed of the data is the training seed's, the same for all
 * orders and sizes. */
struct curriculum_set curriculum_set_of(const struct experiment *x,
                                        const struct curriculum_cell *cell);
/* Puts a plan into the order in which cells become ready: by seed, size, order. */
void curriculum_sort(const struct experiment *x, struct plan *p);
/* Cells are counted by seed, size and order, so that more seeds do not renumber them. From 0. */
size_t curriculum_cell_number(const struct curriculum *c, const struct curriculum_cell *cell);
/* "strict-512-s0", for files. Caller frees. */
char *curriculum_cell_name(const struct curriculum_cell *cell);
/* For the manifest. `all`: also the keys that only select a part of the experiment. Caller
 * decrefs. */
json_t *curriculum_json(const struct curriculum *c, bool all);

/* The small version of the experiment, as its file says; ERR_INPUT when it does not. Call
 * curriculum_expand afterwards. */
int curriculum_set_quick(struct experiment *x, struct err *err);
bool curriculum_has_setting(const char *name);
/* From flags: "orders", "n", "learner", "size", "schedule", "loss", "warmup", "finish", "seeds",
 * "tests"; -ENOENT for any other name. Call curriculum_expand afterwards. */
int curriculum_set_text(struct experiment *x, const char *name, const char *text, struct err *err);
