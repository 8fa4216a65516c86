/* Internal: the sections of the document that are not about one slice of the tasks. */
#pragma once
#include "base/json.h"
#include "doc/doc.h"

/* Arms up to which a table has columns for each of them; else it has rows. */
enum { WIDE_ARMS = 3 };

struct analysis_learning;
struct analysis_run;
struct analysis_samples;
struct analysis_slice;

/* The conclusion on each criterion: a paragraph each, and a table of their numbers. */
void section_verdicts(struct doc *d, const struct analysis_run *run);
/* What each role of each arm spent. */
void section_roles(struct doc *d, const struct analysis_run *run);
/* What each arm cost in money, for an episode and for a solved one; nothing without prices. The
 * second is the part "cost" of summary.json, NULL likewise. */
void section_money(struct doc *d, const struct analysis_run *run);
json_t *money_json(const struct analysis_run *run);
/* Restricted mean time to solve. */
void section_time(struct doc *d, const struct analysis_run *run);
/* How the arms failed; nothing when no episode has a flag. */
void section_failures(struct doc *d, const struct analysis_run *run);
/* Tasks graded in one process and disputed episodes; nothing where there are none. The second is
 * the part "grading" of summary.json, NULL likewise. */
void section_grading(struct doc *d, const struct analysis_run *run);
json_t *grading_json(const struct analysis_run *run);
/* Whether the samples of a task differed, and what such samples detect; nothing with one sample.
 * The warning is NULL when they did; the last is a part of summary.json, NULL likewise. */
void section_samples(struct doc *d, const struct analysis_run *run);
const char *samples_warning(const struct analysis_run *run, const struct analysis_samples *s);
json_t *samples_json(const struct analysis_run *run);
/* Self-written tests against the hidden ones; nothing where no arm writes tests. */
void section_tester(struct doc *d, const struct analysis_run *run);
json_t *tester_json(const struct analysis_run *run);
/* What each arm was allowed and spent, and accuracy at smaller budgets. */
void section_budget(struct doc *d, const struct analysis_run *run);
/* Every arm's rate with Wilson's and, for one sample per task, Clopper and Pearson's interval;
 * pass@k and pass^k. */
void section_rates(struct doc *d, const struct analysis_run *run);
/* Arm a against arm b by every method, one a row. */
void section_pair(struct doc *d, const struct analysis_run *run, size_t a, size_t b);
/* The differences when the tasks come in clusters, and by a logistic model. all: of the run. */
void section_sensitivity(struct doc *d, const struct analysis_run *run,
                         const struct analysis_slice *all);
/* Configuration, identity and machine; how to cite the run and how to repeat it. */
void section_identity(struct doc *d, const struct analysis_run *run);
/* Several pairs of arms at once, a row each, with Holm's adjustment over them. pairs: [n][2] */
void section_pairs(struct doc *d, const struct analysis_run *run, const size_t (*pairs)[2],
                   size_t n);
/* Of a curriculum; the second is the part "learning" of summary.json. */
void section_learning(struct doc *d, const struct analysis_learning *l);
json_t *learning_json(const struct analysis_learning *l);
