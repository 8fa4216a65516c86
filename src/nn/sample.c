/* Greedy, nucleus and min-p sampling. */
#include "nn/sample.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "base/rng.h"

struct choice {
    double p;
    int token;
};

static int by_probability(const void *a, const void *b)
{
    const struct choice *x = a, *y = b;
    if (x->p != y->p)
        return x->p < y->p ? 1 : -1;
    return x->token - y->token;
}

/* Moves the choices that the nucleus may need to the front and returns their number, so that not
 * all of the vocabulary is sorted for every token. Those left out have less than half of `spare`
 * together, the mass that the nucleus may lack; the other half is for rounding. */
static int leave_out_tail(struct choice *c, int vocab, double spare)
{
    int n = 0;
    for (int t = 0; t < vocab; t++)
        if (c[t].p >= spare / 2 / vocab)
            c[n++] = c[t];
    return n;
}

int nn_sample(const float *logits, int vocab, const struct nn_sampling *how, struct rng *r)
{
    struct choice *c CLEANUP_FREE = NULL;
    double total = 0, kept = 0, draw;
    int best = 0, n = 0, i = 0, n_likely;

    for (int t = 1; t < vocab; t++)
        if (logits[t] > logits[best])
            best = t;
    if (!(how->temperature > 0))
        return best;
    c = xcalloc((size_t)vocab, sizeof *c);
    for (int t = 0; t < vocab; t++) {
        c[t] =
            (struct choice){exp(((double)logits[t] - (double)logits[best]) / how->temperature), t};
        if (c[t].p < how->min_p) /* the most probable token has 1 here */
            c[t].p = 0;
        total += c[t].p;
    }
    n_likely = leave_out_tail(c, vocab, (1 - how->top_p) * total);
    qsort(c, (size_t)n_likely, sizeof *c, by_probability);
    while (n < n_likely && (n == 0 || kept < how->top_p * total))
        kept += c[n++].p;
    draw = rng_double(r) * kept;
    while (i < n - 1 && draw >= c[i].p)
        draw -= c[i++].p;
    return c[i].token;
}
