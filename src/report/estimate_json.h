/* Numbers of summary.json. JSON has no NaN: what cannot be estimated is null. */
#pragma once
#include <math.h>
#include "base/json.h"
#include "stats/estimate.h"

static inline json_t *number_json(double x)
{
    return isfinite(x) ? json_real(x + 0.0) : json_null(); /* -0.0 becomes 0.0 */
}

static inline json_t *estimate_json(struct stats_estimate e)
{
    return json_pack("{s:o, s:o, s:o, s:I}", "value", number_json(e.value), "low",
                     number_json(e.ci.low), "high", number_json(e.ci.high), "n", (json_int_t)e.n);
}
