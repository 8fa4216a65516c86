/* A fixed team of threads; each run of a function is shared among all of them. */
#pragma once

struct nn_team;

/* threads >= 1; the caller is one of them. NULL if they cannot be started. */
struct nn_team *nn_team_new(int threads);
void nn_team_free(struct nn_team *p);
/* Runs fn(ctx, worker) for every worker in [0, threads) and returns when all have. */
void nn_team_run(struct nn_team *p, void (*fn)(void *ctx, int worker), void *ctx);
