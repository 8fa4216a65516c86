/* The budget audit: what each arm was allowed and spent, and what a smaller budget would have
 * bought.
 *
 * Accuracy at budget b: the share of episodes in which the candidate that stood when the ledger
 * last read at most b passes the hidden tests (control/truncation.h says which one stands); one
 * resource is cut at a time, the others stay as they were. Samples of a task are averaged first,
 * n = tasks. Only complete sets count. Everything lives in run->arena. */
#pragma once
#include "report/analysis.h"

enum report_resource {
    REPORT_TOKENS, /* generated */
    REPORT_CALLS,
    REPORT_TOOL_RUNS,
    REPORT_SECONDS, /* ledger time: model service and tool, no queueing */
    REPORT_RESOURCES,
};

struct report_line {  /* one curve of a plot; a step function, constant from x[i] up to x[i+1] */
    const char *name; /* "hrm", "hrm - flat" */
    size_t n;
    const double *x, *y;      /* [n] x rises; y a rate, or a difference of rates */
    const double *low, *high; /* [n] 95 % band, pointwise: Wilson for rates, t for differences */
    const bool *of_table;     /* [n] the round numbers that a short table shows */
};

struct report_curves {
    const char *title, *x_name,
        *x_unit;      /* "Accuracy by generated tokens", "generated tokens", "" */
    const char *note; /* method and n, for a caption */
    long tasks;
    struct report_line *arms;  /* [n_arms] */
    struct report_line *pairs; /* [n_arms - 1] the first arm minus each other one */
};

struct report_curves report_budget_curves(const struct report_run *run,
                                          enum report_resource resource);

/* 1 when what stood after that many seconds of ledger time passes, else 0. */
double report_passed_within(const struct report_run *run, const struct report_episode *e,
                            double seconds);

struct report_spent {            /* one arm under one cap */
    struct report_estimate mean; /* per episode; t over tasks */
    double p95, max;             /* over episodes */
    long hit;                    /* episodes that this cap ended */
    long episodes;
};

struct report_cap {
    const char *name, *unit;
    double allowed;            /* 0 = no cap */
    struct report_spent *arms; /* [n_arms] */
};

/* One per cap of the budget vector: iterations, calls, tool runs, generated tokens, total tokens,
 * seconds. Count in *n. */
const struct report_cap *report_caps(const struct report_run *run, size_t *n);
