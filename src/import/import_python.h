/* The subset of Python that benchmark examples use: "f([1, 2]) == 3", with literals. Everything
 * else is refused.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct str;

/* Bytes of the literal at s, 0 if there is none: numbers, strings, True, False, None, and lists,
 * tuples, sets and dicts of them. Adds its canonical text to `out`: values that are written
 * differently but equal, 2.0 and 2, "a" and 'a', (3) and 3, have the same. */
size_t python_literal(const char *s, struct str *out);
/* Bytes of an expression that is made of names, calls and indices only, ends in a call or index,
 * and calls `name`: "f(1)", "round(f([2]), 1)", "list(f(3))[0]". 0 if there is none at s. */
size_t python_call(const char *s, const char *name);
/* The next call of a bare name at or after *at, outside of strings: the length of the name, and *at
 * where it starts; 0 if there is none. */
size_t python_next_call(const char *s, size_t *at);
/* Is `name` defined in column 0 of the program: def, class or assignment? */
bool python_defines(const char *program, const char *name);
bool python_is_name(const char *s);

/* An example read as: expression == literal. */
struct python_example {
    const char *expression;
    const char *literal; /* canonical */
};

/* Reads "CALL == LITERAL" with nothing but white space or a comment behind it, where CALL is a
 * python_call of `name`. Borrows nothing from `text`. */
bool python_example(const char *text, const char *name, struct python_example *out,
                    struct arena *arena);
