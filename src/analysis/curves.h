/* Internal: rates of the arms over a rising x, for plots and short tables. */
#pragma once
#include "analysis/budget.h"

/* From x on, the episode counts as passed or not. */
struct curve_step {
    double x;
    bool passed;
};

/* The i-th step of an episode, x rising; false when there is none. `what` is the caller's. */
typedef bool curve_step_fn(const struct analysis_run *run, const struct analysis_episode *e,
                           int what, uint32_t i, struct curve_step *out);

/* Every line of `run` on a grid of round numbers that spans all steps. whole: x counts things. The
 * caller fills title, names and note. */
struct analysis_curves curves_make(const struct analysis_run *run, curve_step_fn *step, int what,
                                   bool whole);
