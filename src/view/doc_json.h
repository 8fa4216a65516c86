/* A document (doc/doc.h) as JSON, for the page to show: figures are SVG of the same hand as in
 * report.html. */
#pragma once
#include "base/json.h"
#include "doc/doc.h"

/* {"title","blocks":[{"text"} | {"verdict":{"tone","statement","finding"}} | {"table":{"title",
 * "note","columns":[{"name","numeric"}],"rows":[[text]]}} | {"figure":{"id","title","caption",
 * "panels":[{"title","svg"}],"table"}} | {"listing":{"title","text"}} |
 * {"section":{"id","title"}}]}. Caller decrefs. */
json_t *doc_json(const struct doc *d);
