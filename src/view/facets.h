/* What a matrix can be filtered by, with counts. */
#pragma once
#include "base/json.h"
#include "view/shelf.h"

/* {"labels","flags": [{"value","name","n": episodes}],"groups","steps": [{"value","n": tasks}],
 * "parts": tasks}. Kept beside the copy until that changes. Caller decrefs; NULL and *err on
 * failure. */
json_t *facets_json(struct shelf_record *r, struct err *err);
