/* Opens the model of a run from the flags: starts a server (--serve), opens models for roles, puts
 * a recorded run in front (--replay), and probes them all. */
#pragma once
#include "cli/run_job.h"

/* Fills job->model, ->identity, ->serve and ->api_key; what was opened before a failure is closed
 * by run_job_close. Waiting for a server shows on stderr. A dry run asks no server: its identity is
 * what the flags say, and there is no model. */
int run_model_open(const struct run_args *args, struct run_job *job, struct err *err);
/* Whether to go on: on a terminal, before asking a server over https, a person is asked. */
bool run_model_agreed(const struct run_args *args, const struct run_job *job);
