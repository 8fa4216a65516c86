/* The final answers in a reply: a model may give none, one, or several that contradict each other.
 */
#pragma once
#include "base/arena.h"
#include "base/json.h"

struct finals {
    const char **text; /* [n] in the order in which they stand, units and all */
    size_t n;
};

/* What stands in \boxed{}, after "####", and after "ANSWER:" or "answer is" at any place. */
struct finals finals_find(const char *reply, struct arena *arena);
json_t *finals_json(const struct finals *f);
