/* Is what a program printed what was expected? */
#pragma once
#include <stdbool.h>

/* Equal up to trailing white space of lines and of the whole. */
bool output_same(const char *got, const char *want);
/* Does the output give `want` as its answer? A program that prints many guesses does not. */
bool output_says(const char *out, const char *want);
