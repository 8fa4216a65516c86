/* The places at which a text states its final answer. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

enum final_strength {
    FINAL_NOTHING, /* no answer: "so the answer is correct", \boxed{answer} */
    FINAL_WORDS,   /* no number: "the answer is blue" */
    FINAL_WEAK,    /* words with a number among them: "the answer is the sum of 30 and 12" */
    FINAL_STRONG,  /* a number, or a box with one */
};

struct final_mark {
    const char *text; /* what is stated, units and all, in the arena */
    enum final_strength strength;
};

/* The next mark of the text at or after *p: \boxed{}, "####" before a number, <answer> and the
 * like, "answer is", "answer:" with any emphasis. *p moves behind it. False when there is none. */
bool final_mark_next(const char *text, const char **p, struct final_mark *out, struct arena *arena);
