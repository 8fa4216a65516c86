/* The flat controller for math: one role, with the same tool as the hierarchy. */
#pragma once
#include "control/episode.h"
#include "control/strategy.h"

/* One try of `tools` up to its answer (NULL = none); `warmer` as in struct ask. EPISODE_CAP when a
 * cap ended it, maybe with what stood then. */
int flat_math_try(struct episode *e, double warmer, const struct math_answer **out);
extern const struct strategy flat_math_strategies[];
