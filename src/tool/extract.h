/* From a reply's text to the program or the answer in it. The rules, with examples:
 * docs/extraction.md. */
#pragma once
#include <stdbool.h>
#include "base/arena.h"

/* The last fenced block that defines entry_point; else the last fence that parses; else the text
 * itself. Tolerant of [PYTHON] tags, unclosed fences, chatter before and after. entry_point may be
 * NULL. Never NULL; "" when there is no code. */
const char *extract_code(const char *reply, const char *entry_point, struct arena *arena);

/* The final answer: the last \boxed{}, else the last "#### ...", else what follows the last "answer
 * is" or "Answer:", else the last number. A number comes back in plain digits ("1234.5", "-3/4"),
 * without unit, currency or per cent sign; any other answer as its trimmed text. Never NULL; ""
 * when there is none. */
const char *extract_answer(const char *reply, struct arena *arena);

/* The value of an answer: thousands separators, decimal commas, fractions and mixed numbers, units
 * and currency around it. False when it does not begin with a number. "50%" is 50. */
bool extract_number(const char *answer, double *value);
