/* The pace of an arm that tries programs until one is accepted: when the next question is warmer,
 * and when it starts afresh. One rule for every arm, flat or not, so that none owes its result to a
 * better way of trying again.
 *
 *   a program that was run already   is not run again and is no iteration: the same question is
 *                                    asked again at once, warmer; from the second one in a row on
 *                                    afresh, and warmer each time; after REPEATS_MAX of them
 *                                    nothing new will come, and the arm ends
 *   no new best in STALE_ITERATIONS  afresh, and warmer
 *   a new best                       is repaired at the base temperature
 *
 * Afresh is without the best program and without what was wrong with it. The hierarchy plans anew
 * then, as often as it may. */
#pragma once
#include "control/episode.h"

/* Programs in a row that had been run already. */
struct repeats {
    int n;
    double warmer;     /* for the next question */
    bool afresh;       /* so is the next question; else it is the same one */
    bool over;         /* nothing new will come */
    const char **seen; /* [n_seen] math: the programs that were run, as hashes */
    size_t n_seen, cap_seen;
};

struct arm_pace {
    struct repeats repeats;
    const struct candidate *best; /* by candidate_beats; NULL = there is none yet */
    double warmer;                /* the next question */
    bool afresh;
    bool same; /* it is the last one again */
    int stale; /* iterations without a new best */
};

/* Math, where programs are run for their value: was this one run already, as far as r knows? If so,
 * it is added; if not, it is remembered, and the repeats have ended. */
int repeats_check(struct repeats *r, struct episode *e, const char *role, const char *program,
                  bool *repeated);

/* Runs c on the public tests and on T (NULL = none): one iteration, unless it was run already; then
 * sets the pace of the next question. *over: it is accepted, no other iteration is allowed, or
 * nothing new will come. 0, EPISODE_CAP (a first candidate that could not be run is the best) or a
 * fault. */
int pace_take(struct arm_pace *p, struct episode *e, struct candidate *c,
              const struct self_tests *T, bool *over);
