/* How a person names one episode of a run: its number in 'hrm show RUN', or ARM/TASK/SAMPLE. */
#pragma once
#include <stdbool.h>
#include "base/err.h"
#include "store/store.h"

bool episode_has_name(const char *name, long long id, const struct store_episode *row);
/* The sentence for a name that no episode of the run has. */
int episode_unknown(const char *run, const char *name, struct err *err);
