/* The messages of a request as JSON, as they are sent and recorded. They are nearly all of its
 * bytes, so they are written straight from their texts; the rest of a request is a small tree. */
#pragma once
#include <jansson.h>
#include <stddef.h>
#include "base/str.h"
#include "model/model.h"

/* [{"role":...,"content":...},...]; ill-formed UTF-8 is cleaned. */
void messages_add(const struct model_message *messages, size_t n, struct str *out);
/* {"messages":[...], and the members of `rest`. Caller frees. */
char *messages_and(const struct model_message *messages, size_t n, const json_t *rest);
