/* Internal: the part of summary.json about failures. */
#pragma once
#include "base/json.h"

struct analysis_run;

/* Caller decrefs; null when no episode has a flag. */
json_t *report_failures_json(const struct analysis_run *run);
