/* The data of a curriculum experiment: a multiset of generated problems, the orders in which it can
 * be learnt, and the check that no test is in it.
 *
 * A multiset is a pure function of its seed: problem i has steps_min + i modulo (steps_max -
 * steps_min + 1) steps, so every step count is there equally often, and a larger multiset of the
 * same seed begins with the smaller one. An order only permutes it: every problem comes exactly
 * once, whatever the order.
 * - random:     as shuffled
 * - strict:     all of the fewest steps, then all of one more, ...
 * - cumulative: the same stages, but `replay` of every stage after the first are problems of the
 *               earlier step counts, held back from their own stages (nothing is seen twice)
 * - reverse:    strict, most steps first
 * With `finish`, so large a share of every order is held back for its end and comes there as a mix,
 * so that no step count is what was seen last.
 * Problems of the same step count keep the relative order of `random` within a stage. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "base/hash.h"
#include "gen/gen_math.h"

enum curriculum_order {
    CURRICULUM_RANDOM,
    CURRICULUM_STRICT,
    CURRICULUM_CUMULATIVE,
    CURRICULUM_REVERSE,
    CURRICULUM_ORDERS,
};

struct curriculum_known; /* the texts of the tests */

struct curriculum_set {
    uint64_t seed;
    size_t n; /* problems */
    int steps_min, steps_max;
    bool plain;    /* no statements that do not matter */
    double replay; /* share of each later stage, 0 to 0.9 */
    double finish; /* share of all that comes mixed at the end, 0 to 0.9 */
    const struct curriculum_known
        *known; /* texts that must not be among the problems; NULL = none */
};

extern const char *const curriculum_order_names[]; /* [CURRICULUM_ORDERS] */
int curriculum_order_parse(const char *name, enum curriculum_order *out, struct err *err);

int curriculum_steps(const struct curriculum_set *s, size_t i);
/* Problem i of the multiset: the first of its draws that shares neither its text nor 13 words in a
 * row with a test. */
int curriculum_item(const struct curriculum_set *s, size_t i, struct gen_math_item *out,
                    struct arena *arena, struct err *err);
/* [n] which problem comes when. Caller frees. */
size_t *curriculum_sequence(const struct curriculum_set *s, enum curriculum_order order);

struct curriculum_known *curriculum_known_new(const struct suite *tests);
void curriculum_known_free(struct curriculum_known *k); /* NULL is legal */
enum { CURRICULUM_EXACT = 1, CURRICULUM_NGRAM = 2 };
/* Is it a test's text, does it share 13 words in a row with one (grams.h)? Bits of the above. */
unsigned curriculum_known_has(const struct curriculum_known *k, const char *prompt);

struct curriculum_check {
    char multiset[HASH_HEX]; /* of the problems, sorted: the same for every order */
    char order[HASH_HEX];    /* of the problems as they come */
    size_t exact;            /* training problems whose text is that of a test */
    size_t ngrams;           /* ... that share 13 words in a row with a test */
};

/* Hashes a sequence and looks for the tests in it. */
int curriculum_check(const struct curriculum_set *s, const size_t *sequence,
                     struct curriculum_check *out, struct err *err);

/* The suite eval/suites/curriculum.yaml: `per_step` test problems of the same family for each of 2
 * to 6 steps, plain or not. The text begins with the command that made it; caller frees. */
int curriculum_tests_text(uint64_t seed, size_t per_step, bool plain, char **out, struct err *err);
