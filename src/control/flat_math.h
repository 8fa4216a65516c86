/* The flat controller for math: one role, with the same tool as the hierarchy. */
#pragma once
#include "control/episode.h"
#include "control/strategy.h"

extern const struct strategy flat_math_strategies[];
