/* A study as it is now: what the files of its shards say, and the queue where it answers. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "cluster/shard.h"
#include "cluster/study.h"

struct overview {
    struct shard_state *shards; /* [n] */
    bool *queued;               /* [n] it waits or runs in Slurm */
    size_t n, of[4];            /* of each enum shard_kind */
    struct store_counts sum;
    double per_minute, seconds_left; /* of the shards that run; 0 = not known */
    bool queue_answered;
    struct err queue_error; /* why not */
};

void overview_read(const struct study *s, bool ask_queue, struct overview *out);
void overview_free(struct overview *o);
/* The shards that are neither done nor on their way: what resume submits. [*n], caller frees. */
unsigned *overview_missing(const struct overview *o, size_t *n);
/* The jobs of all submissions, with those that merge. [*n] borrowed; caller frees the list. */
const char **overview_jobs(const struct study *s, size_t *n);
