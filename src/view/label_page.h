/* Labelling in the page: the sample, the transcripts and the store of 'hrm label', one request at a
 * time. What is sent to an annotator does not say which arm it was. */
#pragma once
#include "base/json.h"
#include "view/request.h"
#include "view/shelf.h"

/* Of the query: annotator, n, seed, and `at` (else the first that is not labelled).
 * {"n","labelled","at","items":[label or null],"note","text","groups":[{"letter","name","codes":
 * [{"code","name"}]}]}; at == n: all is done. Caller decrefs; NULL and *err on failure. */
json_t *label_page_json(struct shelf_record *r, const struct view_request *q, struct err *err);
/* Body: {"annotator","n","seed","at","label","note"?}; label null takes it back. As above, of the
 * next one. */
json_t *label_page_put(struct shelf_record *r, const struct view_request *q, struct err *err);
