/* Search in prompts, replies and programs: an FTS5 index in view.db, a document an episode. It is
 * built on first use, a part with every request, so that none takes long. */
#pragma once
#include "base/json.h"
#include "view/shelf.h"

/* What a person typed as an FTS5 expression: all words, "a phrase", the begin* of one. NULL: there
 * is nothing to look for. Caller frees. */
char *text_search_match(const char *typed);
/* Indexes for about a second. {"indexed","to_index","total","hits":[{"id","task","arm","sample",
 * "state","where","text"}]}: the first hits with what surrounds them, once all is indexed. Caller
 * decrefs. */
json_t *text_search_json(struct shelf_record *r, const char *typed, struct err *err);
