/* The flat controller: one role, one prompt. Strategies: methods.md "Arms". */
#pragma once
#include "control/episode.h"

int flat_play(struct episode *e);
/* F0, one call and one run; the candidate is handed back too. EPISODE_CAP when not even that was
 * allowed. */
int flat_oneshot(struct episode *e, struct candidate **out);
