/* The values that math episodes work with: text that holds a number. All text returned lives in the
 * arena. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

struct task;

/* The number in a program's value or a stated answer; false when there is none, or a list of them.
 */
bool math_number(const char *text, double *number);
/* The number as plain digits ("12", "0.3"), or the text itself when it holds none. */
const char *math_plain(const char *text, struct arena *arena);
/* What is wrong with a value (NULL = the program gave none) of this type ("integer", "number", ""),
 * as a sentence for the model; NULL when nothing is. */
const char *math_type_error(const char *value, const char *type, struct arena *arena);
/* The value that a reply states last, as math_plain, or NULL and what is wrong with it. */
const char *math_stated(const char *reply, const char *type, const char **error,
                        struct arena *arena);
/* Equal up to SUITE_TOLERANCE; texts without a number are equal when they are the same. */
bool math_same(const char *a, const char *b);
/* The index of the value that most of v[n] agree with; of those with equally many, the first. n >
 * 0.
 */
size_t math_majority(const char *const *v, size_t n);
/* Is it the answer of the task, within its tolerance and in its unit (answer.h)? */
bool math_right(const char *given, const struct task *t);
/* What a role reads whose reply only repeated the prompt's example or form. */
#define MATH_ECHO "it repeated the example; it must be about this problem"
