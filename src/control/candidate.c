/* Comparing candidates: methods.md, "best = max(best, c) by (public, self, earliest)". */
#include "control/candidate.h"

#include <stddef.h>

static int bits(uint32_t x)
{
    return __builtin_popcount(x);
}

bool candidate_beats(const struct candidate *a, const struct candidate *b)
{
    if (!b)
        return true;
    if (a->public_passed != b->public_passed)
        return a->public_passed > b->public_passed;
    if (a->self_total != b->self_total)
        return false; /* one of them came before the tests were written */
    return bits(a->self_passed & ~b->self_passed) > bits(b->self_passed & ~a->self_passed);
}

bool candidate_accepted(const struct candidate *c)
{
    return c->public_passed == c->public_total;
}
