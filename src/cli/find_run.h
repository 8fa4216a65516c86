/* Which record the user means. */
#pragma once

struct err;

/* rundir_find, and "latest": the newest run under runs/, which is named on stderr. Where a name
 * stands for the latest run and that one is not complete, stderr says so, and which one is: what a
 * command prints does not change silently. */
int find_run(const char *name, char **db, struct err *err);
