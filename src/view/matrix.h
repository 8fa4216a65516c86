/* The matrix of a run: tasks down, arms across, every sample in its cell. Sorted, filtered and cut
 * into pages by SQL; without a filter the first page of a million episodes needs no more than
 * itself. */
#pragma once
#include "base/json.h"
#include "view/request.h"
#include "view/shelf.h"

/* Of the query: page, sort (task, steps, gap, "arm:NAME"; "-" before it: descending), and filters:
 * arm, label (a code or a group's letter), flag, outcome (solved, failed, error, pending), steps,
 * group, parts=1 (arms differ in a sample), q (text).
 * {"arms","page","pages","total","tasks":[{"task","name","group","steps",
 * "cells":[[{"id","sample","state","label","hit"}]]}]}. Caller decrefs; NULL and *err on failure.
 */
json_t *matrix_json(struct shelf_record *r, const struct view_request *q, struct err *err);
