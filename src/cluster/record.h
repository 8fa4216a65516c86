/* The record of a shard and its copies. It is played on storage of the node, and copied to the
 * study from time to time; or in the study itself, with a rollback journal. A copy appears whole,
 * by rename, and is never in WAL mode, so that any machine may read it. */
#pragma once
#include <stdbool.h>
#include "base/err.h"
#include "store/store.h"

struct study;

/* Storage of this node: the directory that the study names, or SLURM_TMPDIR or TMPDIR; only what is
 * there and no network file system. NULL = none, the shard is to be played in the study. Caller
 * frees. */
char *record_scratch(const struct study *s);

/* For reading; *out stays NULL when there is none yet. */
int record_open(const char *dir, struct store **out, struct err *err);
/* Copies record (open, of `from`), manifest and trained models from the node to the study; `last`:
 * the files made at a run's end, too. No effect when both are one directory. */
int record_publish(struct store *store, const char *from, const char *to, bool last,
                   struct err *err);
/* The other way: what the next life begins with. No effect when `from` has no record. */
int record_fetch(const char *from, const char *to, struct err *err);
/* Removes the record and what else record_publish has copied, but not messages and claims. */
void record_remove(const char *dir);
/* Copies the models that a curriculum has trained (models/), those that are there already left
 * alone unless they changed. */
int record_copy_models(const char *from, const char *to, struct err *err);
/* All of a scratch directory. */
void record_remove_scratch(const char *dir);
