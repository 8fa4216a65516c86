/* The conclusion on each criterion that was declared before the first call: met, not met, or cannot
 * tell.
 *
 * A criterion compares a quantity of two arms with a threshold. It is met when the 95 % interval of
 * the quantity lies wholly on its side of the threshold, not met when it lies wholly on the other,
 * and otherwise the run cannot tell. With several criteria, Holm's adjustment of the
 * two-sided p against the threshold must reject as well. A joint criterion (`all_of`) is met when
 * all its parts are, its p the largest of theirs; the parts are then no members of Holm's family.
 *
 * Where nothing or everything was solved in both arms the outcome is "cannot tell". Text and arrays
 * live in run->arena. */
#pragma once
#include "analysis/analysis.h"

enum analysis_outcome { ANALYSIS_MET, ANALYSIS_NOT_MET, ANALYSIS_CANNOT_TELL };

struct analysis_conclusion {
    const char *name;          /* "primary", "E2" */
    const char *statement;     /* "pass@1 of hrm - flat >= +5.0 pp" */
    const char *metric, *unit; /* unit of the estimate times scale: "pp", "" (a ratio), "s" */
    double scale;              /* 100 for pp, else 1 */
    bool ratio;
    const char *arms[2];
    double level[2];     /* the metric's mean of either arm; NaN = unknown */
    double seconds;      /* of the metric; 0 = it has none */
    int steps[2];        /* the part of the tasks, from and to; 0 = all */
    bool of_seeds;       /* n = training seeds */
    bool at_least;       /* claimed: threshold or more; else or less */
    bool joint;          /* made of other criteria, all of which must be met: no estimate */
    bool claimed;        /* joint: every part lies on its claimed side */
    const char *part_of; /* the joint criterion that it is a part of; NULL = none */
    bool anytime;        /* the run stopped on it: interval and p hold at any stopping time */
    const char *unknown; /* why it cannot be measured; NULL = it was */
    const char *limit;   /* "nothing solved", "everything solved": nobody can tell; else NULL */
    enum analysis_outcome outcome;
    const char *verdict;            /* its name, with the limit */
    struct stats_estimate estimate; /* n = tasks; fractions, not percent */
    double threshold;
    double se, df;        /* of the estimate, or of its logarithm (a ratio); NaN = none */
    double null_p;        /* two-sided, of "no difference" (a ratio: of 1), not adjusted */
    double p, p_adjusted; /* two-sided, of "the quantity equals the threshold"; Holm's; or NaN */
    long needed;          /* tasks at which this estimate would decide with power 80 %; 0 = decided
                             already, -1 = unknown or beyond ten million */
    bool equivalent;      /* a difference in pp: 5 % two one-sided tests within +-5 pp */
    double equivalent_p;  /* of these; NaN where they do not apply */
    const char *sentence; /* the whole finding in plain words, without the statement */
    const char *added;    /* NULL, or when it was added or changed after the first call */
};

/* In the order of the manifest. Count in *n; 0 when the experiment states none. */
const struct analysis_conclusion *analysis_conclusions(const struct analysis_run *run, size_t *n);
const char *analysis_outcome_name(enum analysis_outcome o); /* "met", "not met", "cannot tell" */
