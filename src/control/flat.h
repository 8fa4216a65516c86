/* The flat controller for code: one role, one prompt. Strategies: methods.md "Arms". */
#pragma once
#include "control/episode.h"
#include "control/strategy.h"

extern const struct strategy flat_strategies[];
/* F0, one call and one run; the candidate is handed back too. EPISODE_CAP when not even that was
 * allowed; the candidate may be there all the same, not run. */
int flat_oneshot(struct episode *e, struct candidate **out);
