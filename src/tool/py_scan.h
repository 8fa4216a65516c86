/* A lexical look at Python text: is this a program, or prose? There is no Python in hrm itself, and
 * a reply must be judged before anything runs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* True if the text could be Python: strings and brackets close, no two plain words stand side by
 * side, nothing but Python's characters, block headers end in a colon. Sound for prose, not a full
 * parser. False when there is no statement at all. */
bool py_parses(const char *text, size_t n);
/* Does some line define this name at any depth: def, class or assignment? */
bool py_defines(const char *text, size_t n, const char *name);
/* Bytes of the first logical line (continuation in brackets, strings and after a backslash
 * included). */
size_t py_line(const char *text, size_t n);
