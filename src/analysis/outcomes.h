/* A table of outcomes from any program, as a run for the analysis: one row per attempt,
 * columns found by name in any order: task, arm, passed; and where known sample, seconds, tokens,
 * cluster (the template or topic that a task is of). All other columns are ignored.
 *
 * The task is the unit, as in a run of ours, but tasks are paired by their rates: an arm may have
 * more samples of a task than another. A task that lacks an arm is left out. */
#pragma once
#include "analysis/run.h"
#include "stats/rate.h"

/* Of one task and arm: with an outcome, solved, and without one. */
struct analysis_attempts {
    long known, solved, blank;
};

struct analysis_outcomes {
    struct analysis_run run; /* the file's arms by first appearance, or those asked for */
    long rows;               /* used */
    long blank;              /* rows without an outcome, left out */
    long unpaired;           /* tasks that some arm has no outcome for */
    struct analysis_attempts *attempts; /* [n_seen][run.n_arms] of every task in the file */
    size_t n_seen;
    bool has_seconds, has_tokens;
    const char
        *source; /* where the rows are from, as a sentence; NULL = the table is all there is */
};

/* The difference of rates had the missing outcomes been known: all against arm a, and all for it.
 * Missing: rows without an outcome, and arms without a row where the task has one in another. */
struct stats_ci outcomes_bounds(const struct analysis_outcomes *o, size_t a, size_t b);
/* path "-" = stdin. arms: names with commas, in the order wanted; NULL = all. ERR_INPUT with
 * file:line. The caller frees out->run with analysis_run_free. */
int outcomes_read(const char *path, const char *arms, struct analysis_outcomes *out,
                  struct err *err);
/* The same from text in memory; name is shown in messages. */
int outcomes_parse(const char *name, const char *text, size_t n, const char *arms,
                   struct analysis_outcomes *out, struct err *err);
