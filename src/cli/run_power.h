/* What this plan can detect, told before it runs: the dry run prints it, and a run that is a mere
 * smoke test is told so. */
#pragma once
#include "cli/run_job.h"

void run_power_show(const struct run_job *job);    /* lines of the dry run, on stdout */
json_t *run_power_json(const struct run_job *job); /* caller decrefs */
void run_power_warn(const struct run_job *job);    /* one sentence on stderr, or nothing */
