/* The files that are derived from run.db. */
#pragma once
#include "base/err.h"

struct analysis_run;
struct store;

/* results.csv, summary.json and report.html. */
int results_write(struct store *store, const struct analysis_run *report, const char *dir,
                  struct err *err);
