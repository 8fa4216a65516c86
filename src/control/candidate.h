/* A candidate: one program that an arm proposed, and what its execution showed. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/hash.h"
#include "control/fair.h"

struct candidate {
    const char *role;                /* who wrote it */
    const char *program;             /* "" = the reply held none */
    char hash[HASH_HEX];             /* SHA-256 of the program */
    const struct candidate *same_as; /* the earlier one of this episode with this very program */
    bool executed;
    int public_passed, public_total;
    uint32_t self_passed; /* bit i: self-written test i passed */
    int self_total;
    const char *
        feedback; /* first failing test and its message, at most FEEDBACK_MAX; "" when all passed */
    double seconds; /* ledger time when it had been executed */
};

/* Is `a` better than `b` (NULL or without a program: nothing yet)? By public tests, then by how
 * many self-written ones pass (those on which both agree count alike). A tie keeps the earlier one,
 * which is b. The record is read by the same rule in control/truncation.c. */
bool candidate_beats(const struct candidate *a, const struct candidate *b);
/* All public tests pass. Self-written tests rank candidates and never reject one: small models
 * write too many wrong ones. */
bool candidate_accepted(const struct candidate *c);
