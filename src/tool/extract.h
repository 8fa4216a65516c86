/* Finds the program or the answer in a reply. The rules, with examples:
 * docs/extraction.md. */
#pragma once
#include <stdbool.h>
#include "base/arena.h"

/* The program in a reply, the same that a tool call of it would run: of the fenced blocks the last
 * that defines entry_point (NULL = none is asked for), else the last that is a program; without
 * fences the code in the text; else the text itself. Never NULL; "" when there is no code. */
const char *extract_code(const char *reply, const char *entry_point, struct arena *arena);
/* The same, and why another program could have been meant (NULL = it is clear). */
const char *extract_code_flagged(const char *reply, const char *entry_point, const char **ambiguous,
                                 struct arena *arena);

/* The final answer: what the last mark states (\boxed{}, "#### 42", <answer>, "answer is" or
 * "Answer:"), else the last number. A number comes back in plain digits ("1234.5", "-3/4"), without
 * unit, currency or per cent sign; any other answer as its trimmed text. Never NULL; "" when there
 * is none. */
const char *extract_answer(const char *reply, struct arena *arena);
/* The same, and why another answer could have been meant (NULL = it is clear). */
const char *extract_answer_flagged(const char *reply, const char **ambiguous, struct arena *arena);

/* The value of an answer: thousands separators, decimal commas, fractions and mixed numbers, units
 * and currency around it. False when it does not begin with a number. "50%" is 50. */
bool extract_number(const char *answer, double *value);
