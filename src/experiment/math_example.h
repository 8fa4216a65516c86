/* The right answer of a role to a generated problem, for training. */
#pragma once
#include <stdbool.h>
#include "base/arena.h"
#include "gen/gen_math.h"

/* How a profile has plans written (control/math_plan.h). */
enum math_example_form {
    MATH_EXAMPLE_LINES, /* "2. #1 plus 17": the embedded model */
    MATH_EXAMPLE_WORDS, /* givens, the unknown, and "2. result of step 1 plus 17" */
    MATH_EXAMPLE_JSON,  /* the same as an object; ids s1, s2, ... */
};

/* The supervisor's plan. */
const char *math_example_plan(const struct gen_math_item *item, enum math_example_form form,
                              struct arena *arena);
/* Step i as such a plan (words, JSON) says it: "result of step 1 plus 17"; and what it needs of
 * earlier steps, a line each: "1. 8 groups of 16 = 128" ("" = nothing). */
const char *math_example_subgoal(const struct gen_math_item *item, int i,
                                 enum math_example_form form, struct arena *arena);
const char *math_example_values(const struct gen_math_item *item, int i,
                                enum math_example_form form, struct arena *arena);
/* The solver's program for step i; with `answer`, the result is assigned to that name. */
const char *math_example_step(const struct gen_math_item *item, int i, bool answer,
                              struct arena *arena);
/* The whole program, without a last newline. */
const char *math_example_program(const struct gen_math_item *item, bool answer,
                                 struct arena *arena);
