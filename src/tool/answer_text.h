/* The part of a reply in which an answer is looked for. */
#pragma once
#include "base/arena.h"

/* What was said (reply_text.h), without programs, without tags of emphasis (<b>, <br>), and without
 * a question that the model goes on to ask itself. */
const char *answer_text(const char *reply, struct arena *arena);
