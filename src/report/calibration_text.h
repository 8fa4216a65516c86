/* A calibration (analysis/calibration.h) on one screen, and in one sentence. */
#pragma once
#include "base/json.h"
#include "base/str.h"

void calibration_text(const json_t *calibration, struct str *out);
