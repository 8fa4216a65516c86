/* The flat controller for code: one role, one prompt. Strategies: methods.md "Arms". */
#pragma once
#include "control/episode.h"
#include "control/strategy.h"

extern const struct strategy flat_strategies[];
/* F0, one call and one run; also returns the candidate. EPISODE_CAP when a cap forbade it; there
 * may still be a candidate, which was not run. */
int flat_oneshot(struct episode *e, struct candidate **out);
