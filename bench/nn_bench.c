/* How fast the trainer's inner loop is, in tokens per CPU second (a busy machine must not blur it):
 * forward, backward and AdamW on packed steps of fixed synthetic sequences, one line "tokens_per_s
 * N". bench/train_vs_pytorch runs it against PyTorch on the same work.
 *
 *   nn_bench [layers [d [heads [ff [vocab [sequences [length [answer [seconds]]]]]]]]] */
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "nn/kernels.h"
#include "nn/pass.h"

enum { LAYERS, D, HEADS, FF, VOCAB, SEQUENCES, LENGTH, ANSWER, SECONDS, N_SETTINGS };

static struct nn_shard make_shard(const int *s)
{
    struct rng r = rng_make(1);
    int n = s[SEQUENCES] * s[LENGTH], answers = s[SEQUENCES] * s[ANSWER], at = 0;
    int *tokens = xcalloc((size_t)n, sizeof *tokens);
    int *starts = xcalloc((size_t)s[SEQUENCES] + 1, sizeof *starts);
    int *target_at = xcalloc((size_t)answers, sizeof *target_at);
    int *target = xcalloc((size_t)answers, sizeof *target);

    for (int i = 0; i < n; i++)
        tokens[i] = (int)rng_below(&r, (uint64_t)s[VOCAB]);
    for (int q = 0; q < s[SEQUENCES]; q++) {
        starts[q] = q * s[LENGTH];
        for (int i = s[LENGTH] - s[ANSWER]; i < s[LENGTH]; i++, at++) {
            target_at[at] = starts[q] + i;
            target[at] = (int)rng_below(&r, (uint64_t)s[VOCAB]);
        }
    }
    starts[s[SEQUENCES]] = n;
    return (struct nn_shard){.n_tokens = n,
                             .n_seqs = s[SEQUENCES],
                             .n_targets = answers,
                             .tokens = tokens,
                             .starts = starts,
                             .target_at = target_at,
                             .target = target};
}

struct model {
    struct nn_shape shape;
    size_t n;
    float *w, *m, *v;
    struct nn_pass *pass;
    const struct nn_kernels *k;
};

static void step(struct model *b, const struct nn_shard *shard)
{
    struct nn_adamw o = {.lr = 1e-3f,
                         .beta1 = .9f,
                         .beta2 = .98f,
                         .eps = 1e-8f,
                         .decay = .05f,
                         .fix1 = 1,
                         .fix2 = 1,
                         .scale = 1};
    float *g = nn_pass_gradient(b->pass);

    nn_pass_run(b->pass, b->w, shard, 1.0f / (float)shard->n_targets);
    if (b->k->reduce(&g, 1, 0, b->n) > 1)
        o.scale = 0.5f; /* the norm is what clipping costs; the factor does not matter here */
    b->k->adamw(&o, b->w, g, b->m, b->v, b->n);
}

int main(int argc, char **argv)
{
    int s[N_SETTINGS] = {3, 64, 4, 192, 512, 4, 128, 64, 3};
    struct model b = {.k = nn_kernels_best()};
    struct nn_shard shard;
    double begun;
    long steps = 0;

    for (int i = 1; i < argc && i <= N_SETTINGS; i++)
        s[i - 1] = atoi(argv[i]);
    b.shape = (struct nn_shape){.d = s[D],
                                .layers = s[LAYERS],
                                .heads = s[HEADS],
                                .ff = s[FF],
                                .context = s[LENGTH],
                                .vocab = s[VOCAB],
                                .eps = 1e-5f,
                                .theta = 1e4f};
    if (nn_shape_check(&b.shape, "nn_bench", NULL) < 0 || s[SEQUENCES] < 1 || s[ANSWER] < 1 ||
        s[ANSWER] > s[LENGTH]) {
        fputs("nn_bench: the model cannot have this shape\n", stderr);
        return 2;
    }
    b.n = nn_params_count(&b.shape);
    b.w = xcalloc(b.n, sizeof *b.w);
    b.m = xcalloc(b.n, sizeof *b.m);
    b.v = xcalloc(b.n, sizeof *b.v);
    nn_params_init(&b.shape, 1, b.w);
    shard = make_shard(s);
    b.pass = nn_pass_new(&b.shape, shard.n_tokens, b.k);
    for (int i = 0; i < 10; i++)
        step(&b, &shard);
    for (begun = clock_cpu_seconds(); clock_cpu_seconds() - begun < s[SECONDS]; steps++)
        step(&b, &shard);
    printf("tokens_per_s %.0f isa %s parameters %zu steps %ld\n",
           (double)steps * shard.n_tokens / (clock_cpu_seconds() - begun), b.k->isa, b.n, steps);
    return 0;
}
