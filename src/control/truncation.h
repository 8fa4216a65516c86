/* What a smaller budget would have bought: neither arm may look at what is left, so an episode's
 * transcript tells how every shorter one would have ended (docs/methods.md, "Smaller budgets").
 *
 * Standing is what a controller would submit if a cap ended the episode now: among the candidates
 * executed so far the best by public, then self-written tests, the earliest of equals; of answers
 * the one that the strategy's rule names; and at the end what was submitted. */
#pragma once
#include <stddef.h>
#include "base/arena.h"

struct store_moment;
struct task;
struct transcript;

/* Which of its answers a strategy for math submits when a cap ends it. */
enum truncation_rule {
    STANDS_LATEST,
    STANDS_MAJORITY, /* of all answers, the earliest of equals (math_votes.h) */
    STANDS_VERIFIED, /* the latest while it has passed, else the majority of answers and verifier's
                      * values, the latest of equals (hrm_math.c) */
};

/* Of a closed and graded episode: [*n] moments, in the arena. (self_plan votes by conversation,
 * which its events do not tell apart: it has STANDS_LATEST.) */
const struct store_moment *truncation_moments(const struct transcript *t, const struct task *task,
                                              enum truncation_rule rule, size_t *n,
                                              struct arena *arena);
