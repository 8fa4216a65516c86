/* From a reply's text to the program (or, later, the answer) in it. Rules: docs/extraction.md. */
#pragma once
#include "base/arena.h"

/* The last fenced block that defines entry_point; else the last fence that parses; else the text
 * itself. Tolerant of [PYTHON] tags, unclosed fences, chatter before and after. entry_point may be
 * NULL. Never NULL; "" when there is no code. */
const char *extract_code(const char *reply, const char *entry_point, struct arena *arena);
