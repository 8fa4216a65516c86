/* The supervisor of the math hierarchy: the plan that solver and verifier work with. */
#pragma once
#include "control/math_solver.h"

/* Sets w->P, with all values unresolved. `failure` (NULL = none): why another plan is wanted, after
 * `earlier`. A reply that is not as asked, or echoes the prompt, is refused: asked for once more. A
 * second one without a plan leaves the first, as far as it could be read and was no echo, else the
 * whole problem as the one subgoal, which is also the plan of an arm without a supervisor. */
int math_supervise(struct math_work *w, const struct math_work *earlier, const char *failure);
