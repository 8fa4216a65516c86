/* One conversation that plays all roles in turns. Code: plan, tests, program, repairs. Math: plan,
 * program, an independent program that verifies, repair. */
#pragma once
#include "control/episode.h"

int self_plan_code(struct episode *e);
int self_plan_math(struct episode *e);
