/* Finds model servers and their models, for hrm doctor and for a run that names no model. Each
 * server is asked once, without retries. */
#pragma once
#include "base/json.h"

struct url_base;

struct discover_place {
    const struct url_base *at;
    const char *api_key; /* NULL = none */
};

/* What answers there, NULL when nothing does:
 * {"url","kind":"Ollama"|"llama-server"|"vLLM"|"OpenAI-compatible","version","slots","error",
 *  "models":[{"name","digest","quantization","parameters","context"}]}, what is unknown left out.
 * Caller decrefs. */
json_t *discover_at(const struct discover_place *place, double timeout_s);
/* All addresses at once, so that it takes as long as the slowest: an array, in the same order, of
 * those that answer. Caller decrefs. */
json_t *discover_all(const struct discover_place *places, size_t n, double timeout_s);
