/* The first screen of a run (report/screen.h) on stdout, with the paths and names of this run. */
#pragma once

struct analysis_run;

/* Columns of the terminal, within 30 and 100; of a file or a pipe 80. */
int print_columns(void);
/* dir: the run's directory; NULL = it has none (a capsule). name: what the user called it; NULL =
 * found from the directory. */
void print_screen(const struct analysis_run *run, const char *dir, const char *name);
/* The title and the sentence alone. */
void print_answer(const struct analysis_run *run);
