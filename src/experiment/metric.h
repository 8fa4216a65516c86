/* What a criterion can measure, one row per metric: criteria are read by this table
 * (experiment/criteria.h), judged (analysis/conclusion.h, which has the function for one episode)
 * and planned for (cli/run_power.h). docs/methods.md has the same table. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { CRITERION_DIFFERENCE = 1, CRITERION_RATIO = 2 };

struct metric {
    const char *name;    /* in the file */
    const char *of;      /* of one episode; of a curriculum: of one training seed */
    const char *says;    /* in a sentence; %g = the criterion's seconds */
    const char *verb[2]; /* what an arm does and did: "solve", "solved" */
    const char *object;  /* "%s tasks within %g s"; %s = "5.0 points more" */
    bool uncounted;      /* of "less" and "as much", not of "fewer" and "as many" */
    const char *unit;    /* of a difference times scale */
    double scale;        /* 100 for pp, else 1 */
    int digits;          /* behind the decimal point */
    bool more_is_better; /* else fewer, less, shorter */
    double low,
        high;       /* of one episode; a share is 0 to 1: differences in pp, equivalence within 5 */
    int quantities; /* of the two arms: CRITERION_DIFFERENCE | CRITERION_RATIO */
    bool needs_seconds; /* the criterion must give `seconds:` */
    bool of_orders;     /* of a curriculum: its arms are ARM@ORDER, "flat@strict" */
    bool of_success;    /* solved or not: its variances are those that hrm power assumes */
};

extern const struct metric metrics[];
extern const size_t n_metrics;

const struct metric *metric_find(const char *name); /* NULL = there is none */
bool metric_is_share(const struct metric *m);
