/* A run that was begun and that this command cannot continue. */
#pragma once

struct run_job;

/* Before a new run begins: stderr says where the latest one of the same model is unfinished and the
 * suite or the prompts have changed since, so that its episodes are not taken over. */
void run_tell_begun(const struct run_job *job);
