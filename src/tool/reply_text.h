/* The model's own words in the text from a server. Every reader of replies starts here:
 * programs, tool calls, plans and answers. */
#pragma once
#include "base/arena.h"

/* The reply without its thoughts (<think>, [THINK], ... and the channels of harmony), without the
 * special tokens around it and the next turn behind them, with "\n" as line end. Thoughts that
 * never end leave nothing: a draft is not an answer. Text in the arena. */
const char *reply_spoken(const char *reply, struct arena *arena);
