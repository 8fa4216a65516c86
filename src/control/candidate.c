/* Comparing candidates: by public tests, then self-written ones, then the earliest. */
#include "control/candidate.h"

bool candidate_beats(const struct candidate *a, const struct candidate *b)
{
    if (!b || !*b->program)
        return true;
    if (a->public_passed != b->public_passed)
        return a->public_passed > b->public_passed;
    if (a->self_total != b->self_total)
        return false; /* one of them came before the tests were written */
    return __builtin_popcount(a->self_passed) > __builtin_popcount(b->self_passed);
}

bool candidate_accepted(const struct candidate *c)
{
    return c->public_passed == c->public_total;
}
