/* Runs a program of Slurm's and reads what it prints. */
#pragma once
#include "base/err.h"
#include "base/str.h"

/* argv ends with NULL; the program is looked for in PATH, and its stdin is empty. Its stdout is
 * added to *out, its stderr to *errs (either may be NULL). The exit status (128 + N when a signal N
 * ended it), -ENOENT when there is no such program, -ETIMEDOUT when it took longer than limit_s and
 * was killed. */
int spawn_read(const char *const *argv, double limit_s, struct str *out, struct str *errs,
               struct err *err);
