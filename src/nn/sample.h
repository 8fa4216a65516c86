/* Choosing the next token. */
#pragma once

struct rng;

struct nn_sampling {
    double temperature; /* 0 = greedy */
    double top_p;       /* 1 = off */
    double min_p;       /* 0 = off */
};

/* temperature 0: the largest logit (the lowest token among equals), *r untouched. Else one draw
 * from softmax(logits / temperature), without the tokens less probable than min_p times the most
 * probable one (Nguyen 2024), cut to the smallest set of tokens whose probability reaches top_p of
 * what is left (Holtzman 2020). */
int nn_sample(const float *logits, int vocab, const struct nn_sampling *how, struct rng *r);
