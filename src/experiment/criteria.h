/* The criteria of an experiment, declared before it runs: criteria: [{name, arms, metric,
 * criterion, ...}] in experiment.yaml, or the one of `primary:`. They are frozen in the manifest
 * before the first call; analysis/conclusion.h judges them. */
#pragma once
#include "base/json.h"
#include "base/ytree.h"

struct experiment;

struct criterion {
    const char *name;      /* "primary" of `primary:` */
    const char *arms[2];   /* the first is claimed to be better, or lower */
    const char *metric;    /* a row of experiment/metric.h */
    const char *criterion; /* as written: "difference >= 0.05" */
    bool ratio;            /* else a difference */
    bool at_least;         /* >= threshold, else <= */
    double threshold;
    int steps[2];   /* only tasks of so many steps, first to last; 0 = all */
    double seconds; /* 0 = none */
    const char *const
        *all_of;     /* [n_all_of] names of other criteria, all of which must be met; then */
    size_t n_all_of; /* there is nothing else here but a name */
};

/* Reads `primary` and `criteria` of the root into x, after its arms. */
int criteria_read(const struct ytree *t, const struct ynode *root, struct experiment *x,
                  struct err *err);
/* "difference >= 0.05", "ratio <= 0.8" into c. False when it is neither. */
bool criterion_parse(const char *text, struct criterion *c);
/* An arm of a curriculum's criterion: "hrm@strict", or "hrm@strict-random", the gain of the first
 * order over the second. */
struct criterion_side {
    const char *arm, *order;
    const char *minus; /* NULL = no gain */
};
/* Cuts text into its parts, which stay in it; false without an order. */
bool criterion_side_parse(char *text, struct criterion_side *out);
/* [{"name","arms","metric","criterion","steps"?,"seconds"?} or {"name","all_of"}]; caller decrefs.
 */
json_t *criteria_json(const struct experiment *x);

/* Do two such lists of manifests hold the same claims, added and withdrawn alike? Their dates do
 * not count. */
bool criteria_same(const json_t *a, const json_t *b);
/* The list for the manifest of a run that has played episodes before (`old`, NULL = none): what was
 * stated before the first call stays and keeps its date; what has come since is marked as added,
 * what is no longer in the file as withdrawn. Nothing can be taken away once there are results.
 * Each gets "frozen": UTC time. Caller decrefs. */
json_t *criteria_freeze(const json_t *now, const json_t *old, bool played, const char *utc);
