/* Documents about a table of outcomes, and about two runs compared. */
#pragma once
#include "doc/doc.h"
#include "analysis/outcomes.h"

/* Caller frees with doc_free; name: of the file. The outcomes must outlive it. */
struct doc *outcomes_doc(const struct analysis_outcomes *o, const char *name);

/* Two runs of one suite: what differs between them, then for every arm that both have (or for the
 * one named) the first minus the second, paired by task. NULL and ERR_INPUT when the suites differ
 * or no task or arm is in both. *made is the paired run that the document is about; the caller
 * frees both, the document first. */
struct doc *compare_doc(const struct analysis_run *first, const struct analysis_run *second,
                        const char *const names[2], const char *arm, struct analysis_run *made,
                        struct err *err);
