/* The constants that keep a comparison fair besides the common budget: how often an arm may try
 * again, how much feedback it reads, when it gives up (methods.md, "The arms"). Each number stands
 * here once; a number that both kinds of arm use has one name. */
#pragma once

/* Each fresh sample raises the temperature by this. */
#define WARMER 0.2

enum {
    STALE_ITERATIONS = 2, /* without a new best: start afresh, or plan anew */
    REPEATS_MAX = 8,      /* programs in a row that have been run already: nothing new will come */
    FEEDBACK_MAX = 800,   /* characters of what went wrong, as a model reads it */
    OUTPUT_MAX = 800,     /* of a program's output */
    SELF_TESTS_MAX = 6,
    CODE_REPLANS = 2,
    MATH_REPLANS = 1,
    MATH_CHECKS = 2,    /* answers of a round that are verified: the first one and its repair */
    MATH_ROUNDS = 16,   /* plans made from nothing, at most; the budget ends it before */
    VOTE_LEAD = 2,      /* votes by which a value must lead every other for the vote to end */
    SOLVER_TRIES = 3,   /* at a subgoal */
    VERIFIER_TRIES = 2, /* at a program of its own */
};
