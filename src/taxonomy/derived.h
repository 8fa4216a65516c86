/* Does a number follow from others by what is done in the head without a tool: rounding, a
 * percentage, a sum, a difference? For rules that ask where an answer or a literal comes from. They
 * are lenient: a chance match hides a fault, and a false alarm blames an arm for what it did not
 * do.
 */
#pragma once
#include <stdbool.h>
#include "taxonomy/evidence.h"
#include "taxonomy/numbers.h"

/* Does `final`, written as `text`, follow from outputs of programs: one of them rounded to the
 * digits of the text, a hundredfold or hundredth (a share as a percentage), a stated percentage of
 * it, taken off or put on, the sum or difference of two, or the sum of neighbours? */
bool derived_from(const struct number_list *outputs, const struct number_list *percentages,
                  double final, const char *text);
/* Does the problem state it, whatever the sign, also as a percentage? */
bool derived_stated(const struct number_list *stated, double x);
/* The first number in the program of run i that is neither a given of the problem, nor common
 * knowledge (60 minutes), nor a result of a program, a subgoal or a plan before it. False when
 * there is none. */
bool derived_invented(const struct evidence *e, size_t run, double *x);
