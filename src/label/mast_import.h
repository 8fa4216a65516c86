/* Human-labelled traces of multi-agent systems as a record that hrm label --agreement can score:
 * MAST's (mas_name, trace, and mast_annotation or annotations of several people) and Who & When's
 * (history, mistake_agent). See docs/labelling.md.
 *
 * Turns become calls, fenced Python becomes runs of programs. What can be read off turns alone is
 * tagged (T3, T4, S4, P6); all other codes do not apply. */
#pragma once
#include <stddef.h>
#include "base/err.h"

struct mast_import {
    size_t traces, solved; /* solved ones are left out: they are no failures */
    size_t runs;           /* programs found */
    long modes, unmapped;  /* named by people, and without a code of ours */
};

/* Reads a JSON array, one object, or JSON lines, and makes dir/run.db. Errors are ERR_INPUT:
 * file:line of the record, what was found, what was expected; nothing is made then. */
int mast_import(const char *path, const char *dir, struct mast_import *out, struct err *err);
