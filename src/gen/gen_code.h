/* Code tasks made by composing list and string operations: "reverse the list, then add 3 to each
 * number, ...".
 *
 * An item is a pure function of (seed, index, options). What is held out, and from what:
 * - chains: whether a chain of operations belongs to training or to a test split is decided by a
 * hash of its operation names (two or more operations: parameters do not count, so a test chain is
 * new whatever its numbers) or of its name and parameter (one operation: there are few, so "add 7"
 * may be a test while "add 3" is trained on);
 * - pairs: about 20 % of the type-correct adjacent pairs of operations never occur in training at
 * any position;
 * - wordings: the last wording of every operation and of the sentence around them never occurs in
 * training. Ownership: all text lives in the arena handed in. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"
#include "suite/suite.h"

enum {
    GEN_CODE_MAX_STEPS = 6,
    GEN_CODE_PUBLIC = 2, /* public tests of an item */
    GEN_CODE_HIDDEN = 8, /* hidden ones */
};

enum gen_code_split {
    GEN_CODE_TRAIN,         /* trained pairs, trained wordings, training chains */
    GEN_CODE_TEST,          /* trained pairs, trained wordings, test chains: group "seen_pairs" */
    GEN_CODE_HELDOUT_PAIRS, /* at least one held-out pair; needs two steps or more */
    GEN_CODE_HELDOUT_PHRASING, /* like TEST, but one part is worded anew: the frame or a step */
};

struct gen_code_options {
    int steps_min, steps_max; /* 1..GEN_CODE_MAX_STEPS, drawn uniformly */
    enum gen_code_split split;
};

struct gen_code_step {
    int op;    /* row of the table of operations */
    int param; /* its number or letter; 0 when it takes none */
};

struct gen_code_item {
    const char *prompt; /* the statement, one or two sentences */
    const char *const
        *plan; /* [steps] the operations in canonical words, e.g. "add 3 to each number" */
    const char *program;     /* reference: "def f(x):\n", one line per step, "    return x\n" */
    const char *entry_point; /* "f" */
    const char *group;       /* "train", "seen_pairs", "heldout_pairs", "heldout_phrasing" */
    int steps;
    struct gen_code_step chain[GEN_CODE_MAX_STEPS]; /* [steps] */
    uint64_t hash; /* identity: of operation names and parameters, whatever the wording */
};

/* Item `index` of the stream `seed`; cheap (no tests are computed). ERR_INPUT for impossible
 * options. */
int gen_code_item(uint64_t seed, uint64_t index, const struct gen_code_options *opt,
                  struct gen_code_item *out, struct arena *arena, struct err *err);
/* The item as a suite's task with public and hidden tests, computed by interpreting the chain:
 * dropping any one step changes the answer of at least one hidden test. The id is
 * "code/<group>/<steps>/<hash>". */
void gen_code_task(const struct gen_code_item *item, struct task *out, struct arena *arena);

/* The first n different statements of a stream as a suite; ERR_INPUT when there are not so many.
 * Free with suite_free. */
int gen_code_tasks(uint64_t seed, size_t n, const struct gen_code_options *opt, struct suite *out,
                   struct err *err);
/* The suite eval/suites/compositional_code.yaml: test items of every group, no chain twice. Free
 * with suite_free. */
int gen_code_suite(uint64_t seed, struct suite *out, struct err *err);
/* The text that file holds: a comment with the command that made it, then the suite. Caller frees.
 */
int gen_code_suite_text(char **out, struct err *err);

/* "train", "test", "heldout_pairs", "heldout_phrasing" */
const char *gen_code_split_name(enum gen_code_split split);
int gen_code_split_parse(const char *name, enum gen_code_split *out, struct err *err);
/* Does chain[0..n) contain a held-out pair? */
bool gen_code_has_heldout_pair(const struct gen_code_step *chain, int n);
