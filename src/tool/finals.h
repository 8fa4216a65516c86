/* The final answers in a reply: none, one, or several that contradict each other.
 */
#pragma once
#include <stdbool.h>
#include "base/arena.h"

struct finals {
    const char **text; /* [n] in the order in which they stand, units and all; the last counts */
    size_t n;
    bool weak; /* words with a number among them: no statement begins with one */
};

/* What stands in \boxed{}, after "####", in <answer>, and after "ANSWER:" or "answer is" at any
 * place. Only the clearest are kept: numbers, else words with a number in them, else words. */
struct finals finals_find(const char *reply, struct arena *arena);
/* The same in a text that is answer_text's. */
struct finals finals_in(const char *text, struct arena *arena);
