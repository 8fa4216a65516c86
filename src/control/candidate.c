/* Comparing candidates: methods.md, E1-HRM "best = max(best, c) by (public, anchors, self,
 * earliest)". */
#include "control/candidate.h"

#include <stddef.h>

static int bits(uint32_t x)
{
    return __builtin_popcount(x);
}

bool candidate_beats(const struct candidate *a, const struct candidate *b, uint32_t anchors)
{
    if (!b)
        return true;
    if (a->public_passed != b->public_passed)
        return a->public_passed > b->public_passed;
    int a_kept = bits(a->self_passed & anchors), b_kept = bits(b->self_passed & anchors);
    if (a_kept != b_kept)
        return a_kept > b_kept;
    return bits(a->self_passed) > bits(b->self_passed);
}

bool candidate_accepted(const struct candidate *c)
{
    int needed = (SELF_TESTS_PERCENT * c->self_total + 99) / 100; /* ceil(.6 |T|) */
    return c->public_passed == c->public_total && bits(c->self_passed) >= needed;
}
