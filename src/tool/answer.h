/* Compares a stated answer with the expected number; docs/extraction.md has the rules. */
#pragma once
#include <stdbool.h>
#include "base/arena.h"

/* What a reply, or an answer taken out of one, states. Texts live in the arena. */
struct answer_reading {
    bool found;   /* a finite number; all below but `text` is zero without one */
    double value; /* "50%" is 50 */
    bool percent; /* it has a per cent sign or word */
    int decimals; /* digits behind its point: 2 for "16.67", 0 for a fraction */
    const char
        *text; /* as extract_answer gives it: plain digits, or the trimmed text; never NULL */
    const char *ambiguous; /* why another answer could have been meant; NULL = it is clear */
    const char *unit; /* currency, or what follows the number: "$", "km per hour"; NULL = none */
};

/* Works on a whole reply and on a stored answer ("18 dollars", "3/4") alike. */
void answer_read(const char *reply, struct answer_reading *out, struct arena *arena);

enum answer_match {
    ANSWER_RIGHT,      /* the only one that solves a task */
    ANSWER_NONE,       /* no number */
    ANSWER_UNIT,       /* the number, of another unit: "18 cents" for 18 dollars */
    ANSWER_CONVERTED,  /* the quantity, but in another unit: "2 hours" for 120 minutes */
    ANSWER_ROUNDED,    /* rounded further than the tolerance allows: 16.7 for 16.67 */
    ANSWER_FACTOR_100, /* off by the factor of a per cent sign: 0.5 or 5000 for 50 */
    ANSWER_SIGN,       /* -18 for 18 */
    ANSWER_WRONG,
};

/* tolerance is absolute, besides which 12 digits are asked for: rounding of binary fractions never
 * decides. unit: what the task asks for; NULL = it does not say. */
enum answer_match answer_compare(const struct answer_reading *given, double expected,
                                 double tolerance, const char *unit);
/* Are two numbers the same answer under that tolerance? */
bool answer_equal(double a, double b, double tolerance);
/* "right", "none", "wrong_unit", "converted", "rounded", "factor_100", "sign", "wrong" */
const char *answer_match_name(enum answer_match m);
