/* What both math controllers write down in the same form (docs/transcripts.md). */
#pragma once
#include "control/episode.h"
#include "tool/tool_call.h"

int math_log_call(struct episode *e, const char *role, const struct tool_call *c);
