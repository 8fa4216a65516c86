/* A candidate: one program that an arm proposed, and what its execution showed. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/hash.h"
#include "control/fair.h"

struct candidate {
    const char *role; /* who wrote it */
    const char *program;
    char hash[HASH_HEX]; /* SHA-256 of the program */
    bool repeated;       /* an earlier candidate of this episode was the same program */
    bool executed;
    int public_passed, public_total;
    uint32_t self_passed; /* bit i: self-written test i passed */
    int self_total;
    const char *
        feedback; /* first failing test and its message, at most FEEDBACK_MAX; "" when all passed */
    double seconds; /* ledger time when it had been executed */
};

/* Is `a` better than `b` (NULL = nothing yet)? By public tests, then anchors (bits of self-written
 * tests that the best so far passed), then self-written tests; a tie keeps the earlier one, which
 * is b. */
bool candidate_beats(const struct candidate *a, const struct candidate *b, uint32_t anchors);
/* All public tests and SELF_TESTS_PERCENT of the self-written ones pass. */
bool candidate_accepted(const struct candidate *c);
