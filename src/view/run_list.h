/* The runs under the viewer's directory, as JSON for the page. */
#pragma once
#include "base/json.h"
#include "view/shelf.h"

/* [{"key","experiment","model","suite","status","created","updated","samples","done","total",
 * "errors","headline":{"word","outcome","sentence","question"},"verdicts":[{"name","verdict","statement","sentence"}],"arms":[...]}],
 * newest first; "error" for one that cannot be read. Caller decrefs. */
json_t *run_list_json(struct shelf *s);
/* The same from manifest.json and summary.json alone: no record is opened. */
json_t *run_list_brief(struct shelf *s);
/* {"status","done","total","errors","arms":[{"arm","total","done","solved","errors"}]} as the
 * record has it now. NULL and *err on failure. */
json_t *run_list_progress(struct shelf_record *r, struct err *err);
