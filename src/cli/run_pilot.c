/* See run_pilot.h. */
#include "cli/run_pilot.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "analysis/seconds.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/print_doc.h"
#include "experiment/experiment.h"
#include "experiment/metric.h"
#include "experiment/rundir.h"

static const double SHARE = 0.95;

static bool has_limit(const struct criterion *c)
{
    const struct metric *m = c->all_of ? NULL : metric_find(c->metric);
    return m && m->needs_seconds;
}

/* Up to three significant digits; up, so that the limit does not cut the percentile itself. */
static double rounded(double seconds)
{
    double unit = pow(10, floor(log10(seconds)) - 2);
    return ceil(seconds / unit) * unit;
}

static int limit_of(const struct analysis_run *run, const char *pilot, struct criterion *c,
                    struct err *err)
{
    size_t arm = 0;
    while (arm < run->n_arms && !str_eq(run->arms[arm], c->arms[1]))
        arm++;
    double p95 = arm < run->n_arms ? analysis_seconds_quantile(run, arm, SHARE) : NAN;
    if (!(p95 > 0))
        return err_input(err, "--pilot: %s has no finished episode of the arm '%s' of criterion %s",
                         pilot, c->arms[1], c->name);
    c->seconds = rounded(p95);
    fprintf(stderr, "hrm: %s: the limit is %g s, the 95th percentile of %s in %s (median %.3g s)\n",
            c->name, c->seconds, c->arms[1], pilot, analysis_seconds_quantile(run, arm, 0.5));
    return 0;
}

int run_pilot_load(const char *pilot, struct analysis_run **out, struct err *err)
{
    char *db CLEANUP_FREE = NULL;
    struct analysis_run *run = xcalloc(1, sizeof *run);
    int rc = rundir_find(pilot, &db, err);
    if (rc == 0)
        rc = load_record(db, run, err);
    if (rc == 0) {
        *out = run;
        return 0;
    }
    free(run);
    return err_prefix(err, "--pilot");
}

void run_pilot_free(struct analysis_run *run)
{
    analysis_run_free(run);
    free(run);
}

int run_pilot_limits(const struct analysis_run *pilot, const char *name, struct experiment *x,
                     struct err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < x->n_criteria; i++)
        if (has_limit(&x->criteria[i]))
            rc = limit_of(pilot, name, &x->criteria[i], err);
    return rc;
}

void run_pilot_warn(const struct experiment *x)
{
    for (size_t i = 0; i < x->n_criteria; i++)
        if (has_limit(&x->criteria[i]) && metric_find(x->criteria[i].metric)->of_success &&
            x->budget.max_seconds > 0 && x->criteria[i].seconds >= x->budget.max_seconds)
            fprintf(stderr,
                    "hrm: %s: its limit of %g s is the budget's, which no episode exceeds, so it "
                    "says nothing about time; --pilot RUN takes one from a run played before\n",
                    x->criteria[i].name, x->criteria[i].seconds);
}
