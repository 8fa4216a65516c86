/* Flags and labels of a run's episodes (taxonomy/): computed when each one ends, and at any later
 * time from the record and the suite alone. */
#pragma once
#include "store/manifest.h"
#include "store/transcript.h"
#include "suite/suite.h"
#include "taxonomy/taxonomy.h"

/* Tags an episode that has been played and is about to be finished: fills label, flags and
 * inapplicable of its row. Text in the arena. */
void tagging_fill(struct transcript *t, const struct task *task, const struct arm *arm,
                  struct arena *arena);

/* A run that is tagged again; borrows the store. */
struct tagging {
    struct store *store;
    struct manifest manifest;
    struct suite suite;
};

/* Reads the manifest and finds the suite: `path` (NULL = where the manifest says). ERR_INPUT when
 * there is none, or it is not byte for byte the one that was played. */
int tagging_open(struct store *store, const char *path, struct tagging *out, struct err *err);
void tagging_close(struct tagging *t);
/* The tags of one episode that has been played, read back into the arena. */
int tagging_tags(const struct tagging *t, long long id, const struct store_episode *row,
                 struct taxonomy_tags *out, struct arena *arena, struct err *err);
