/* The hierarchy for code: planner -> coder -> tester. */
#pragma once
#include "control/episode.h"
#include "control/strategy.h"

extern const struct strategy hrm_code_strategies[]; /* one */
