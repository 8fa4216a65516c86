/* How the user names one episode of a run: its number in 'hrm show RUN', or ARM/TASK/SAMPLE. */
#pragma once
#include "base/err.h"
#include "store/store.h"

/* Calls `fn` with the episode of this name; its return. ERR_INPUT when the run has none. */
int episode_with_name(struct store *s, const char *run, const char *name, store_episode_fn *fn,
                      void *ctx, struct err *err);
