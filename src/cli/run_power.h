/* The difference that this plan can detect: the dry run prints it, and a run that is too small gets
 * a warning. */
#pragma once
#include "cli/run_job.h"

void run_power_show(const struct run_job *job);    /* lines of the dry run, on stdout */
json_t *run_power_json(const struct run_job *job); /* caller decrefs */
void run_power_warn(const struct run_job *job);    /* one sentence on stderr, or nothing */
