/* The lives of a shard. A job may be requeued, its node may die, a person may submit it again: each
 * time somebody begins to play the shard, that is its next life, and it has a directory of its own,
 * shards/0001/life3/:
 *
 *   claim.json   who: job, restart count, host, process; made first and never changed
 *   beat.json    how far it is, every few seconds while it plays
 *   run.db, ...  its record, or the last copy of it (record.h)
 *   end.json     how it ended; absent = it was killed, or plays
 *
 * A life writes into its own directory only, so one that was given up and comes back cannot touch
 * what the next one writes. Only complete files appear (rename, link); no lock of the file system
 * is needed. */
#pragma once
#include <stdbool.h>
#include <sys/types.h>
#include "base/err.h"
#include "base/json.h"

enum life_end { LIFE_NOT_ENDED, LIFE_DONE, LIFE_STOPPED, LIFE_FAILED, LIFE_SUPERSEDED };
extern const char *const life_end_names[]; /* "", "done", "stopped", "failed", "superseded" */

/* Whose life it is: of this process, as Slurm's environment has it. */
struct life_owner {
    const char *job; /* SLURM_JOB_ID; "" outside Slurm */
    int restarts;    /* SLURM_RESTART_COUNT */
    const char *log; /* where its messages go; "" = unknown */
};

struct life {
    char *shard_dir, *dir;
    int number;    /* from 1 */
    json_t *claim; /* claim.json */
    char *scratch; /* where it plays; its own directory when it plays there */
};

/* Begins the next life of a shard. What the former one was is decided first: it has ended; it is an
 * earlier start of the same job (a smaller restart count), and is ended; or it is of another job,
 * and plays: then this is 1 and *why says so. When 0, nobody plays the shard any more and `out` is
 * to be freed with life_close. -EINTR when a stop was requested meanwhile. */
int life_begin(const char *shard_dir, const struct life_owner *owner, double stale_s,
               struct life *out, char **why, struct err *err);
void life_close(struct life *l);
/* Has a later one begun? Then this one must stop. */
bool life_is_superseded(const struct life *l);
/* Says where it plays: "node" (scratch) or "direct". */
int life_set_place(struct life *l, const char *place, const char *path, struct err *err);
int life_beat(const struct life *l, json_t *progress, struct err *err);
int life_finish(const struct life *l, enum life_end how, const char *reason, long progress,
                struct err *err);

/* ---- looking from outside ---- */

/* The number of the newest life; 0 = none yet. */
int life_newest(const char *shard_dir);
/* shards/0001/life3; caller frees. */
char *life_dir(const char *shard_dir, int number);
/* A file of a life ("claim.json"); NULL when it is not there (yet). Caller decrefs. */
json_t *life_read(const char *shard_dir, int number, const char *name);
enum life_end life_ended(const char *shard_dir, int number);
/* Does its process still run? Known of this machine's only: 1 yes, 0 no, -1 not known. */
int life_process(const json_t *claim);
