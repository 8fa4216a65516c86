/* Inside the calibration: the replies of a record, one per episode, and who is asked. */
#pragma once
#include "analysis/calibration.h"
#include "base/arena.h"
#include "taxonomy/taxonomy.h"

struct calibration_reply {
    const char *arm, *task;
    const char *text, *reasoning; /* "" = none */
    const char *finish, *label;
    int prompt_tokens, generated_tokens;
    size_t prompt_bytes; /* of all messages */
    double first_token_s, total_s;
    bool passed;
    taxonomy_set flags;
    const char *unknown_name; /* the NameError it failed with; NULL = none */
};

struct calibration_replies {
    struct calibration_reply *of; /* [n] finished episodes with a reply, in plan order */
    size_t n, cap;
    size_t faults; /* episodes in error */
    size_t open;   /* not played yet */
};

/* Text lives in the arena. */
int calibration_read(struct store *store, struct arena *arena, struct calibration_replies *out,
                     struct err *err);
const struct calibration_reply *calibration_find(const struct calibration_replies *r,
                                                 const char *arm, const char *task);

struct calibration_evidence {
    const struct calibration_facts *facts;
    const struct calibration_replies *replies;
    const struct published_model *model; /* NULL = not in the table */
    struct arena *arena;
};

/* Every cause looked for, a row each: [{"cause","tested","found","seen","tasks"}]. */
json_t *calibration_causes(const struct calibration_evidence *e);
/* Flips, the prompt cache and speed: sets "repeats" and "speed" of *out. */
void calibration_add_repeats(const struct calibration_evidence *e,
                             const struct calibration_replies *repeats, json_t *out);
