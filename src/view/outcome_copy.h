/* What the matrix sorts and filters by, of every episode in a few numbers: table `e` of view.db.
 * Rows of the record itself carry whole programs, and reading a million of them takes seconds. */
#pragma once
#include "view/shelf.h"

/* Of a row of r.episodes: the submission failed, and its grading on the hidden tests is disputed
 * (it passes in one process). Of a task's cells it is asked directly, of a whole run once. */
#define COPY_DISPUTED                                                                              \
    "(passed = 0 AND status = 1 AND EXISTS (SELECT 1 FROM r.tool_runs x WHERE "                    \
    "x.episode = episodes.id AND x.kind = 'hidden' AND x.program = episodes.submission AND "       \
    "instr(x.detail, '\"disputed\":true') > 0))"

/* Brings the copy up to date with the record: nothing to do when that did not change; while it is
 * played, only what was open is read again. */
int copy_refresh(struct shelf_record *r, struct err *err);

/* Fills table `parts`: the tasks in some sample of which arms differ in their outcome. */
int copy_parts(struct shelf_record *r, struct err *err);

/* What is kept with the copy: a text by name. Those of these names go when the copy changes. */
#define COPY_FACETS "facets"
#define COPY_PARTS "parts"
#define COPY_INDEXED "indexed"
char *copy_info(struct shelf_record *r, const char *key); /* NULL = not there. Caller frees. */
int copy_set_info(struct shelf_record *r, const char *key, const char *value, struct err *err);
