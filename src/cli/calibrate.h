/* Inside `hrm calibrate`: what is played and noted beside the benchmark itself. */
#pragma once
#include "cli/run_job.h"
#include "experiment/runner.h"

/* Plays a job that is recorded already, and writes its manifest and results. 0, also when episodes
 * are in error; -EINTR and -EHOSTDOWN when it can be continued. */
int calibrate_play(struct run_job *job, const struct run_args *args, struct runner_progress *end,
                   struct err *err);

/* Asks the first few tasks of the job, before it is played, several times and one at a time, into
 * `repeats` below its directory, which continues like any run. *store is the record, which the
 * caller closes; NULL when a replay has none. *errors: of its episodes. Returns what calibrate_play
 * does. */
int calibrate_repeats(struct run_job *job, const struct run_args *args, struct store **store,
                      size_t *errors, struct err *err);

/* What is noted of the server in the record, for the result and for its replays: model_inspect's
 * facts of the first request, its "messages" and "prompt_tokens", and the "connections" that were
 * busy at once. _begin before anything is played, _end after it; *out by the caller. */
int calibrate_server_begin(const struct run_job *job, struct err *err);
int calibrate_server_end(const struct run_job *job, json_t **out, struct err *err);
