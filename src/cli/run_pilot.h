/* hrm run --pilot RUN: limits in seconds from a run that was played before. What the run will take
 * is read from the same one, by run_forecast.h. */
#pragma once
#include "base/err.h"

struct analysis_run;
struct experiment;

/* Loads the run. That it is not complete is said once, by run_forecast_open. The caller frees it
 * with analysis_run_free. */
int run_pilot_load(const char *pilot, struct analysis_run *out, struct err *err);

/* Every criterion about a limit in seconds gets the 95th percentile of the seconds that the arm
 * compared with took in the pilot, and stderr says so. ERR_INPUT when the pilot lacks the arm. An
 * experiment without such a criterion needs nothing of the pilot here. */
int run_pilot_limits(const char *pilot, struct experiment *x, struct err *err);
/* Says on stderr which criteria have a limit that no episode can exceed. */
void run_pilot_warn(const struct experiment *x);
