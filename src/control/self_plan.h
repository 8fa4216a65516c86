/* One conversation that plays all roles in turns, for code: plan, tests, program, repairs. */
#pragma once
#include "control/episode.h"

int self_plan_code(struct episode *e);
