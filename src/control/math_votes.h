/* The answers of several samples, and their majority. */
#pragma once
#include "control/episode.h"

struct math_votes {
    const char **values; /* [n] */
    size_t n, cap;
};

void math_votes_add(struct math_votes *v, const struct math_answer *a, struct arena *arena);
/* By how many votes the majority leads every other value; 0 without votes. */
int math_votes_lead(const struct math_votes *v);
/* The majority is the episode's answer; of one vote it is that answer itself, `last`. */
int math_votes_submit(const struct math_votes *v, struct episode *e,
                      const struct math_answer *last);
