/* Choosing the next token. */
#pragma once

struct rng;

/* temperature 0: the largest logit (the lowest token among equals), *r untouched. Else one draw
 * from softmax(logits / temperature) cut to the smallest set of tokens whose probability reaches
 * top_p (Holtzman 2020). */
int nn_sample(const float *logits, int vocab, double temperature, double top_p, struct rng *r);
