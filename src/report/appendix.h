/* What only a page has room for: the tasks on which the arms part, with transcripts; what exactly
 * was run, on what; how to cite it and how to run it again. */
#pragma once
#include "doc/doc.h"
#include "analysis/run.h"

int appendix_add(struct doc *d, const struct analysis_run *run, struct err *err);
