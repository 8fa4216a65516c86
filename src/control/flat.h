/* The flat controller: one role, one prompt. Strategies: methods.md "Arms". */
#pragma once
#include "control/episode.h"

int flat_play(struct episode *e);
const char *flat_first_prompt(const struct episode *e); /* the template it asks with first */
/* F0, one call and one run; the candidate is handed back too. EPISODE_CAP when not even that was
 * allowed; the candidate may be there all the same, not run. */
int flat_oneshot(struct episode *e, struct candidate **out);
