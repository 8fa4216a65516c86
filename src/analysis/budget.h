/* The budget audit: what each arm was allowed and spent, and the accuracy that a smaller budget
 * would have given.
 *
 * Accuracy at budget b: the share of episodes in which the candidate that stood when the ledger
 * last read at most b passes the hidden tests (control/truncation.h says which one stands); one
 * resource is cut at a time, the others stay as they were. Samples of a task are averaged first,
 * n = tasks. Only complete sets count. Everything lives in run->arena. */
#pragma once
#include "analysis/analysis.h"

enum analysis_resource {
    ANALYSIS_TOKENS, /* generated */
    ANALYSIS_CALLS,
    ANALYSIS_TOOL_RUNS,
    ANALYSIS_SECONDS, /* ledger time: model service and tool, no queueing */
    ANALYSIS_RESOURCES,
};

/* One curve of a plot; a step function, constant from x[i] up to x[i+1]. */
struct analysis_line {
    const char *name; /* "hrm", "hrm - flat" */
    size_t n;
    const double *x, *y;      /* [n] x rises; y a rate, or a difference of rates */
    const double *low, *high; /* [n] 95 % band, pointwise: Wilson for rates, t for differences */
    const bool *of_table;     /* [n] the round numbers that a short table shows */
};

struct analysis_curves {
    const char *title, *x_name,
        *x_unit;      /* "Accuracy by generated tokens", "generated tokens", "" */
    const char *note; /* method and n, for a caption */
    long tasks;
    struct analysis_line *arms;  /* [n_arms] */
    struct analysis_line *pairs; /* [n_arms - 1] the first arm minus each other one */
};

struct analysis_curves analysis_budget_curves(const struct analysis_run *run,
                                              enum analysis_resource resource);

/* 1 when what stood after that many seconds of ledger time passes, else 0. */
double analysis_passed_within(const struct analysis_run *run, const struct analysis_episode *e,
                              double seconds);

/* One arm under one cap. */
struct analysis_spent {
    struct stats_estimate mean; /* per episode; t over tasks */
    double p95, max;            /* over episodes */
    long hit;                   /* episodes that this cap ended */
    long episodes;
};

struct analysis_cap {
    const char *name, *unit;
    double allowed;              /* 0 = no cap */
    struct analysis_spent *arms; /* [n_arms] */
};

/* One per cap of the budget vector: iterations, calls, tool runs, generated tokens, total tokens,
 * seconds. Count in *n. */
/* What an episode may spend of a cap (enum analysis_cap_index); 0 = as much as it likes. */
double analysis_cap_allowed(const struct analysis_run *run, int cap);
const struct analysis_cap *analysis_caps(const struct analysis_run *run, size_t *n);
