/* The messages of a request as JSON, as they are sent and recorded. */
#pragma once
#include <stddef.h>
#include "base/str.h"
#include "model/model.h"

/* [{"role":...,"content":...},...]; ill-formed UTF-8 is cleaned. */
void messages_add(const struct model_message *messages, size_t n, struct str *out);
