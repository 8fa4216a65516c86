/* The files beside run.db that are made from it. */
#pragma once
#include "base/err.h"
#include "store/store.h"

/* results.csv and summary.json. */
int results_write(struct store *store, const char *dir, struct err *err);
