/* The right answer of a role to a generated problem, for training. */
#pragma once
#include <stdbool.h>
#include "base/arena.h"
#include "gen/gen_math.h"

/* The supervisor's plan: numbered lines, or the JSON object of the profiles that ask for it
 * (control/math_plan.h). */
const char *math_example_plan(const struct gen_math_item *item, bool json, struct arena *arena);
/* Step i as such a plan says it: "result of s1 plus 17"; and what it needs of earlier steps, a line
 * each: "s1. 8 groups of 16 = 128" ("" = nothing). */
const char *math_example_subgoal(const struct gen_math_item *item, int i, struct arena *arena);
const char *math_example_values(const struct gen_math_item *item, int i, struct arena *arena);
/* The solver's program for step i; with `answer`, the result is assigned to that name. */
const char *math_example_step(const struct gen_math_item *item, int i, bool answer,
                              struct arena *arena);
/* The whole program, without a last newline. */
const char *math_example_program(const struct gen_math_item *item, bool answer,
                                 struct arena *arena);
