/* Text for LaTeX and BibTeX, escaped: names from suites and servers cannot become commands. */
#pragma once
#include "base/str.h"

/* Appends text so that it prints as it is with 8-bit fonts; a character they lack becomes its code
 * point, "[U+4E2D]". Newlines become spaces. */
void latex_escape(struct str *out, const char *text);
/* Appends text as a label or the name of a file: "pass@1 by group" as "pass-1-by-group". */
void latex_slug(struct str *out, const char *text);
