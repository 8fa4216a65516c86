/* The figures of a report, each in a block of its own. A figure that would show nothing (one step
 * count, one sample) is left out. */
#pragma once
#include "analysis/budget.h"
#include "analysis/learning.h"
#include "doc/figure.h"

/* pass@1 of every arm, a bar each. */
void figures_add_rates(struct doc *d, const struct analysis_run *run);
/* The first arm minus each other one: over all tasks, by group and by steps; of more than three
 * arms over all tasks only. With the line of a criterion on this difference. */
void figures_add_differences(struct doc *d, const struct analysis_run *run);
/* pass@k for every k up to the samples of the run. */
void figures_add_pass_at_k(struct doc *d, const struct analysis_run *run);
void figures_add_steps(struct doc *d, const struct analysis_run *run);
/* Accuracy against each resource that can be cut. */
void figures_add_budget(struct doc *d, const struct analysis_run *run,
                        const struct analysis_curves curves[ANALYSIS_RESOURCES]);
void figures_add_solved_by(struct doc *d, const struct analysis_run *run,
                           const struct analysis_curves *solved_by);
/* Tokens that each role generated. */
void figures_add_roles(struct doc *d, const struct analysis_run *run);
/* Of a curriculum: accuracy against the number of problems learnt, and by steps. */
void figures_add_curves(struct doc *d, const struct analysis_learning *l);
void figures_add_learnt_steps(struct doc *d, const struct analysis_learning *l, size_t size);
