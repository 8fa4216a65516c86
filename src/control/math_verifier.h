/* The verifier of the math hierarchy: blind to the solver's code, it computes the answer by a
 * program of its own, and the values are compared. */
#pragma once
#include "control/math_solver.h"

struct math_check {
    enum { MATH_PASS, MATH_FAIL, MATH_UNKNOWN } verdict; /* unknown: its program gave no value */
    const char *computed;                                /* NULL = nothing */
    size_t suspect; /* the subgoal it names as wrong; P.n = none */
};

/* Does this arm have a verifier? */
bool math_verifies(const struct episode *e);
/* `may_judge`: where the values differ, it sees both and says which is right, and if not its own,
 * which subgoal is to be repaired. */
int math_verify(const struct math_work *w, const char *answer, bool may_judge,
                struct math_check *out);
