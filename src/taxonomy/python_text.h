/* A lexical look at Python programs, for rules that ask what a program is like without running
 * it. */
#pragma once
#include <stdbool.h>
#include "base/arena.h"

/* The program with the insides of its strings, and its comments, blanked: what is left is code. The
 * braces of an f-string keep what they hold. Same length. */
const char *python_bare(const char *program, struct arena *arena);
/* The first import of a module, or call of a function, that a task never needs: files, processes,
 * network; of input() too unless the program is one that reads stdin. NULL = none. */
const char *python_forbidden(const char *program, bool reads_stdin, struct arena *arena);
/* Nothing is computed: only literals are given names and printed. */
bool python_only_constant(const char *program, struct arena *arena);
