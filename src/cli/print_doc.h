/* What report, stats, compare and power share: finding a run, and printing a document. */
#pragma once
#include "base/err.h"
#include "report/doc.h"
#include "report/run.h"

/* The run that a person names (rundir_find). The caller frees it with report_run_free. */
int load_run(const char *name, struct report_run *out, struct err *err);
/* In the format named (doc.h), to `output`, NULL or "-" = stdout; frees the document. An exit code.
 */
int print_doc(struct doc *d, const char *format, const char *output);
