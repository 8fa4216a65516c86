/* A lexical check whether a text is a Python program or prose. hrm itself has no Python parser, and
 * a reply must be judged before anything runs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* True if the text could be Python: strings and brackets close, no two plain words stand side by
 * side, nothing but Python's characters, block headers end in a colon. Sound for prose, not a full
 * parser. False when there is no statement at all. */
bool py_parses(const char *text, size_t n);
/* Does a line outside of other functions and classes define this name: def, class or assignment? */
bool py_defines(const char *text, size_t n, const char *name);
/* Is it the inside of a function: a return outside of any definition? */
bool py_is_body(const char *text, size_t n);
/* Is there a statement that does something: a call, an assignment, a keyword? Sample output has
 * none, nor has prose that happens to parse ("Needed: 36", "yes"). */
bool py_does_something(const char *text, size_t n);
/* Is the last statement the head of a block that is not there: "def f(x):"? */
bool py_ends_open(const char *text, size_t n);
/* The smallest indentation of a statement, in characters. */
size_t py_indent(const char *text, size_t n);
/* Does the text end inside a triple-quoted string? */
bool py_open_string(const char *text, size_t n);
/* Bytes of the first logical line (continuation in brackets, strings and after a backslash
 * included). */
size_t py_line(const char *text, size_t n);
