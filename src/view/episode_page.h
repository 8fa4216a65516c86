/* An episode as the page shows it: the JSON of 'hrm export', and beside it what is made of it. */
#pragma once
#include "base/json.h"
#include "view/shelf.h"

/* {"episode": as exported, "id", "timeline":[{"kind","index","from_s","to_s","from_tokens",
 * "to_tokens","text"?}], "flags":[{"code","name","group","rule","why","primary","place":{"kind",
 * "index"}}], "budget", "task", "solved_at"?: {"seconds","tokens","item"}, "shares", "spent"}.
 * Caller decrefs; NULL and *err on failure, ERR_INPUT when there is no such episode. */
json_t *episode_page_json(struct shelf_record *r, long long id, struct err *err);
/* Two arms on one task and sample: {"a","b": episodes as above, "part": {"solved": "a" or "b",
 * "seconds","tokens","item","other": item of the other,"text"} or null}. */
json_t *episode_pair_json(struct shelf_record *r, const char *task, long long sample,
                          const char *arm_a, const char *arm_b, struct err *err);
