/* The planner of the code hierarchy: what the coder reads before it writes. */
#pragma once
#include "control/code_plan.h"
#include "control/episode.h"

/* A plan; *P holds the earlier one ({0} = none). `tried` is the best program so far and what was
 * wrong with it (NULL = none yet); `warmer` as in struct ask. A reply without a plan, one that
 * echoes the prompt, and a signature that is not the task's are refused: asked for once more, then
 * dropped. Without a plan P->text is "". An arm without a planner leaves *P. */
int code_planner_ask(struct episode *e, const struct candidate *tried, double warmer,
                     struct code_plan *P);
