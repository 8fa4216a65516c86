/* The hierarchy for code: planner -> coder -> tester. */
#pragma once
#include "control/episode.h"

int hrm_code_play(struct episode *e);
const char *hrm_code_first_prompt(const struct episode *e);
