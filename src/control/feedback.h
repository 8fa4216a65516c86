/* Feedback on a failed run: the same text for every arm and role. */
#pragma once
#include "base/arena.h"
#include "control/fair.h"
#include "tool/tool.h"

/* Bytes of a failed case's output: what the record keeps, and feedback is made of. */
enum { PRINTED_MAX = 1000 };

/* Of the first test that did not pass: the call, what was expected and what came, or the input, the
 * expected and the printed output; the exception and the line of the program it came from. "" when
 * all passed. */
const char *feedback_of_grade(const struct tool_grade_request *q, const struct tool_grade_result *r,
                              struct arena *arena);
/* Of a program that was run for its value: its exception with the line. `what` is the exception's
 * type or the status. */
const char *feedback_of_run(const char *program, const char *what, const char *message,
                            const char *errout, struct arena *arena);
