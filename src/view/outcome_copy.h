/* What the matrix sorts and filters by, of every episode in a few numbers: table `e` of view.db.
 * Rows of the record itself carry whole programs, and reading a million of them takes seconds. */
#pragma once
#include "view/shelf.h"

/* Brings the copy up to date with the record: nothing to do when that did not change; while it is
 * played, only what was open is read again. */
int copy_refresh(struct shelf_record *r, struct err *err);
