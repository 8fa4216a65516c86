/* The result of every smaller budget: neither arm sees what is left, so an episode's record shows
 * how it would have ended with less (methods.md, "Hold equal between arms").
 *
 * Standing is what a controller would submit if a cap ended the episode now: among the candidates
 * executed so far the best by public, then self-written tests, the earliest of equals; of answers
 * the latest; and at the end what was submitted. (Anchors, by which the hierarchy prefers among
 * candidates with equal public tests, are not replayed.) */
#pragma once
#include "base/arena.h"
#include "base/err.h"

struct store;
struct task;

/* *out is the column `curve` of store.h for a closed and graded episode, in the arena. */
int truncation_curve(struct store *store, const struct task *task, long long id, const char **out,
                     struct arena *arena, struct err *err);
