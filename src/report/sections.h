/* Inside the report room: the parts of the document that are not about one slice of the tasks. */
#pragma once
#include "report/doc.h"

struct report_run;

/* What the experiment claimed, judged: a paragraph per criterion and their numbers in a table. */
void section_verdicts(struct doc *d, const struct report_run *run);
/* Restricted mean time to solve. */
void section_time(struct doc *d, const struct report_run *run);
/* What each arm was allowed and spent, and accuracy at smaller budgets. */
void section_budget(struct doc *d, const struct report_run *run);
