/* Money of a run: which prices hold for its models, what it has cost so far, and the limit that
 * --max-cost sets. */
#pragma once
#include "cli/run_job.h"

/* Fills job->prices and ->prices_json: by --prices, else as the run recorded them when it was
 * begun, else by the user's own table (price_table.h). Without a price nothing is filled, and
 * --max-cost is refused. Only models behind a server have prices. */
int run_money_open(const struct run_args *args, struct run_job *job, struct err *err);
/* Once the record is open, before the first call: what it holds has been spent. */
int run_money_begin(const struct run_args *args, struct run_job *job, struct err *err);
/* What this run has cost so far, its earlier sessions included; NaN without prices. */
double run_money_spent(const struct run_job *job);
/* Adds "1.23 USD". */
void run_money_add(const struct run_job *job, double amount, struct str *out);
