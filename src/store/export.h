/* Exports of the record, written row by row, so that memory does not grow with the number of
 * episodes.
 */
#pragma once
#include <stdio.h>
#include "base/err.h"
#include "base/json.h"
#include "store/store.h"

/* One line per episode that has been played (RFC 4180, with a header). */
int store_export_csv(struct store *s, FILE *out, struct err *err);
/* One JSON object per played episode and line: the row, and its "calls", "tool_runs" and "events";
 * "failures" and "labels" where there are some. */
int store_export_jsonl(struct store *s, FILE *out, struct err *err);
/* The CSV as a file that appears whole or not at all. */
int store_write_csv(struct store *s, const char *path, struct err *err);
/* One episode as in the JSON lines. Caller decrefs; NULL and *err on failure. */
json_t *store_episode_json(struct store *s, long long id, const struct store_episode *row,
                           struct err *err);
