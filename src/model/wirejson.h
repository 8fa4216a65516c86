/* JSON from servers: tolerant where base/json.h is strict, because a reply must not be lost for
 * what the model wrote. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { WIREJSON_DEPTH = 64, WIREJSON_VALUES = 1 << 18 };

/* Deeper than WIREJSON_DEPTH, or of more values than WIREJSON_VALUES: reading it would take longer
 * than a stop or a deadline may wait. Linear, and fast. */
bool wirejson_is_monstrous(const char *text, size_t n);

/* An object, or NULL when the text is none or is monstrous. Ill-formed UTF-8
 * and lone surrogate escapes become U+FFFD, and *repaired is set (never cleared). Caller decrefs.
 */
json_t *wirejson_object(const char *text, size_t n, bool *repaired);
/* The same for an object or an array. */
json_t *wirejson_value(const char *text, size_t n, bool *repaired);
