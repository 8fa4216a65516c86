/* Inside the analysis room: a criterion as it is being judged, and the sentences about it. */
#pragma once
#include "analysis/conclusion.h"
#include "experiment/criteria.h"
#include "experiment/metric.h"

struct counted;

/* A criterion, resolved in this run. */
struct question {
    const struct analysis_run *run;
    struct criterion c;
    const struct metric *m;    /* NULL when this build does not know it */
    const struct counted *how; /* its row in conclusion.c */
    size_t arm[2];
    bool clear;           /* metric and criterion are known */
    bool of_seeds;        /* a curriculum's: the unit is the training seed */
    taxonomy_set misuse;  /* the codes that count: analysis_misuse_codes() */
    const char *unknown;  /* why it cannot be measured; NULL = it can */
    const json_t *all_of; /* names of the criteria that must all be met; NULL = none */
};

/* "pass@1 of hrm - flat >= +5.0 pp" */
const char *conclusion_statement(const struct question *q);
/* The finding in plain words. all[n]: every conclusion, for those that are made of others. */
const char *conclusion_sentence(const struct question *q, const struct analysis_conclusion *v);
const char *conclusion_joint_sentence(const struct question *q,
                                      const struct analysis_conclusion *all, size_t n);
/* "met", "cannot tell (nothing solved)" */
const char *conclusion_verdict(const struct question *q, const struct analysis_conclusion *v);
