/* Has this set-up been shown to be right? The calibrations that stand beside a run
 * (DIR/calibrate/<model>/calibration.json, written by `hrm calibrate`), looked through for one of
 * the same model. */
#pragma once
#include "base/json.h"

/* The newest one of the model with this identity and chat template:
 * {"conclusion","suite","solved","n", "value","low","high","published","created","path"}, or NULL.
 * probed: false = the server was not asked, so that what its identity lacks is not held against it.
 * Files that cannot be read are passed over. Caller decrefs. */
json_t *calibrated_find(const char *outdir, const json_t *model, bool probed);
