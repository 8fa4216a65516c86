/* hrm list runs: what was run, newest first. */
#pragma once
#include <stdbool.h>

/* Prints the runs under `dir`. An exit code. */
int list_runs(const char *dir, bool json);
