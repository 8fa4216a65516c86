/* What a smaller budget would have bought: neither arm may look at what is left, so an episode's
 * transcript tells how every shorter one would have ended (docs/methods.md, "Smaller budgets").
 *
 * Standing is what a controller would submit if a cap ended the episode now: among the candidates
 * executed so far the best by public, then self-written tests, the earliest of equals; of answers
 * the latest; and at the end what was submitted. (An arm that votes would submit the majority of
 * its answers at a cap; that is not replayed, the latest stands in for it.) */
#pragma once
#include <stddef.h>
#include "base/arena.h"

struct store_moment;
struct task;
struct transcript;

/* Of a closed and graded episode: [*n] moments, in the arena. */
const struct store_moment *truncation_moments(const struct transcript *t, const struct task *task,
                                              size_t *n, struct arena *arena);
