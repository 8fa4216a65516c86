/* Public benchmarks as suites: HumanEval and MBPP, GSM8K, SVAMP and GSM-Hard, in all forms in which
 * they are published (docs/suites.md). No program is run here; hrm validate runs the references.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

struct suite;

struct import_options {
    const char *benchmark;    /* one of import_names */
    const char *prelude;      /* put before every program, and recorded; NULL = none; code only */
    int steps_min, steps_max; /* only rows with this many steps; 0 = all */
    size_t first, last; /* rows, of those with that many steps, counted from 1; last 0 = all */
    bool skip_bad;      /* a row that cannot be imported is left out and noted */
};

/* A note for the user about one row: "file:line: ...". */
struct import_note {
    bool skipped; /* the whole row */
    char *text;
};

/* Free with import_report_free. */
struct import_report {
    struct import_note *notes; /* [n_notes] in file order */
    size_t n_notes, n_skipped;
    size_t n_other_steps; /* rows passed over for their number of steps */
    size_t
        n_repeated; /* hidden tests that another test of the task repeats or gives away: left out */
};

/* Same bytes in the file, same suite. Errors are ERR_INPUT and name file, line and field. out and
 * report are untouched on failure. */
int suite_import(const char *path, const struct import_options *opt, struct suite *out,
                 struct import_report *report, struct err *err);
void import_report_free(struct import_report *r);
/* Is there a benchmark of this name? */
bool import_knows(const char *name);
/* All names, with this between them: "humaneval, mbpp, ...". */
char *import_names(const char *between); /* caller frees */
