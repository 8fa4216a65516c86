/* The hierarchy for math: supervisor -> solver -> verifier. */
#pragma once
#include "control/episode.h"
#include "control/strategy.h"

extern const struct strategy hrm_math_strategies[]; /* one */
