/* Shared by report, stats, compare and power: finding a run, and printing a document. */
#pragma once
#include <argp.h>
#include "base/err.h"
#include "base/str.h"
#include "doc/doc.h"
#include "analysis/run.h"

/* Loads the run that the user names (find_run). The caller frees it with analysis_run_free. */
int load_run(const char *name, struct analysis_run *out, struct err *err);
/* The same of a record that is found already. */
int load_record(const char *db, struct analysis_run *out, struct err *err);
/* Options that all of them have: a child parser, whose input (state->child_inputs[0]) is a
 * print_args. */
struct print_args {
    const char *format, *output; /* output: NULL or "-" = stdout */
};
extern const struct argp print_argp;
extern const struct argp_child print_children[]; /* this one alone */

/* Prints and frees the document. An exit code. */
int print_doc(struct doc *d, const struct print_args *how);
int print_text(const struct str *text, const char *output);
