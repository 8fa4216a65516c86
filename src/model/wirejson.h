/* JSON as servers send it: tolerant where base/json.h is strict, because what a model wrote is data
 * and never a reason to lose a reply. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { WIREJSON_DEPTH = 64 };

/* An object, or NULL when the text is none or nests deeper than WIREJSON_DEPTH. Ill-formed UTF-8
 * and lone surrogate escapes become U+FFFD, and *repaired is set (never cleared). Caller decrefs.
 */
json_t *wirejson_object(const char *text, size_t n, bool *repaired);
/* The same for an object or an array. */
json_t *wirejson_value(const char *text, size_t n, bool *repaired);
