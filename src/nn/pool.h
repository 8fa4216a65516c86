/* A fixed team of threads that run one function together, again and again. */
#pragma once

struct nn_pool;

/* threads >= 1; the caller is one of them. NULL if they cannot be started. */
struct nn_pool *nn_pool_new(int threads);
void nn_pool_free(struct nn_pool *p);
/* Runs fn(ctx, worker) for every worker in [0, threads) and returns when all have. */
void nn_pool_run(struct nn_pool *p, void (*fn)(void *ctx, int worker), void *ctx);
