/* What hrm grade counts while rows go by: verdicts, and samples and passes per task for pass@k. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct err;
enum { GRADE_MAX_K = 16 };

struct grade_tally {
    long k[GRADE_MAX_K];
    size_t n_k;
    size_t n_rows, n_pass, n_infra, n_one_process, n_disputed;
    json_t *tasks; /* id -> [samples, passes]; infra counts as neither */
};

bool grade_tally_ks(struct grade_tally *t, const char *list); /* "1,10,100" */
void grade_tally_add(struct grade_tally *t, const json_t *id, const char *verdict);
/* With --k, appends the line of pass@k to the output; always says the counts on stderr. ERR_INPUT
 * when a task has fewer samples than k. */
int grade_tally_report(const struct grade_tally *t, const char *output, struct err *err);
void grade_tally_free(struct grade_tally *t);
