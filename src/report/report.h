/* The report of a run, as a document for any writer and as JSON. Both show the numbers of
 * analysis.h. */
#pragma once
#include "base/json.h"
#include "doc/doc.h"
#include "analysis/run.h"

/* Caller frees with doc_free. The run must outlive it. */
struct doc *report_doc(const struct analysis_run *run);
/* summary.json:
 * {"experiment","model","suite","status","headline":{"word","outcome","sentence","question"},
 * "episodes","sets","arms":[...],"comparisons":[...],"slices":[...]}; estimates are
 * {"value","low","high","n"}, rates as fractions. Caller decrefs. */
json_t *report_summary_json(const struct analysis_run *run);
/* Appends the report in the named format (doc.h). */
int report_render(const struct analysis_run *run, const char *format, struct str *out,
                  struct err *err);
/* For a thesis: tables.tex, table-NAME.tex with one of its tables each, and figures.tex with
 * its data (plots.h), into a directory, made if it is not there. */
int report_write_latex(const struct analysis_run *run, const char *dir, struct err *err);
