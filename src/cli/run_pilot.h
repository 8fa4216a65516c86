/* hrm run --pilot RUN: limits in seconds from a run that was played before. What the run will take
 * is read from the same one, by run_forecast.h. */
#pragma once
#include "base/err.h"

struct analysis_run;
struct experiment;

/* Loads the run, for all who ask. That it is not complete is said by run_forecast_open. *out goes
 * to run_pilot_free. */
int run_pilot_load(const char *pilot, struct analysis_run **out, struct err *err);
void run_pilot_free(struct analysis_run *run); /* NULL is legal */

/* Every criterion about a limit in seconds gets the 95th percentile of the seconds that the arm
 * compared with took in the pilot, and stderr says so. ERR_INPUT when the pilot lacks the arm.
 * `name` is the pilot's. */
int run_pilot_limits(const struct analysis_run *pilot, const char *name, struct experiment *x,
                     struct err *err);
/* Says on stderr which criteria have a limit that no episode can exceed. */
void run_pilot_warn(const struct experiment *x);
