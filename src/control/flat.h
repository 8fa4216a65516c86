/* The flat controller for code: one role, one prompt. Strategies: docs/methods.md, "The arms". */
#pragma once
#include "control/episode.h"
#include "control/strategy.h"

extern const struct strategy flat_strategies[];
/* One question to the flat role. With `best` the model sees it and its feedback; without (NULL) it
 * starts afresh. `warmer` as in struct ask. */
int flat_ask(struct episode *e, const struct candidate *best, double warmer,
             struct candidate **out);
