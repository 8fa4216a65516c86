/* What differs between a recorded request and the one asked now, in a few words. */
#pragma once
#include "model/model.h"

/* `recorded` is the request's canonical JSON. The text lives in the arena. */
const char *replay_diff(const char *recorded, const struct model_request *req, struct arena *arena);
