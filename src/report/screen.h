/* The end of `hrm run` and what `hrm report` prints when nothing else is asked for: the answer in
 * at most SCREEN_LINES lines of a terminal of at least 80 columns. */
#pragma once
#include "base/str.h"

struct analysis_run;

enum { SCREEN_LINES = 20 };

struct screen_place {
    const char *name; /* of the run, in commands: "exp1_decomp_vs_flat", a directory */
    const char *page; /* path of report.html; NULL = there is none */
    int width;        /* columns of the terminal */
};

/* Appends the sentence, a table of the arms, what the budget audit found, warnings, where the page
 * is and what to type next. Columns that the width does not hold are left out, as are arms that the
 * lines do not hold. */
void report_screen(const struct analysis_run *run, const struct screen_place *where,
                   struct str *out);
/* The title and the sentence alone. */
void report_answer(const struct analysis_run *run, int width, struct str *out);
