/* What the files of a shard say of it; no queue and no database is asked.
 *
 * shards/0001/DONE says that it is complete, and nothing else does: not the exit status that Slurm
 * shows, not a record that looks whole. It appears once, at the very end, and is never changed. */
#pragma once
#include <stdbool.h>
#include "base/err.h"
#include "base/json.h"
#include "store/store.h"

struct life;
struct study;

enum shard_kind {
    SHARD_PENDING, /* nobody has begun it, or it was stopped and waits to go on */
    SHARD_RUNNING,
    SHARD_DONE,
    SHARD_FAILED,
};
extern const char *const shard_kind_names[];

struct shard_state {
    unsigned shard;
    enum shard_kind kind;
    int life; /* the newest, or the one that is done; 0 = none */
    struct store_counts counts;
    double seconds;   /* since this life began to play, as its last beat has it */
    long here;        /* episodes finished in this life */
    char *reason;     /* SHARD_FAILED: why; SHARD_PENDING: why it stopped; "" = nothing to say */
    char *log;        /* Slurm's output of its last job; "" = unknown */
    char *job, *host; /* "" = unknown */
};

/* {"shard","of","life","job","place","journal","planned","done","errors","config_hash","at"}. 1
 * when it was done before. */
int shard_write_done(const struct study *s, unsigned shard, const struct life *l, json_t *facts,
                     struct err *err);
/* NULL = it is not done. Caller decrefs. */
json_t *shard_read_done(const struct study *s, unsigned shard);
/* The directory of a finished shard's record. NULL = it is not done. Caller frees. */
char *shard_done_dir(const struct study *s, unsigned shard);
/* The directory of the newest record there is, finished or not. NULL = none. Caller frees. */
char *shard_record_dir(const struct study *s, unsigned shard);

/* From files alone: a life of another machine counts as running while its files say no other. Free
 * with shard_state_free. */
void shard_look(const struct study *s, unsigned shard, struct shard_state *out);
void shard_state_free(struct shard_state *st);
