/* Numbers in text: what a problem states, what a program printed, what an answer says. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

struct number_list {
    double *v; /* [n] */
    size_t n, cap;
};

/* Appends every number of the text: "1,200", "-3", ".5", "12%" (as 12). Digits inside a name (s2)
 * are none. */
void numbers_in(const char *text, struct number_list *out, struct arena *arena);
/* Also those written as words: "twelve", "twice", "half", "dozen". */
void numbers_in_prose(const char *text, struct number_list *out, struct arena *arena);
/* Only those before a per cent sign or word: "25%", "25 percent". */
void numbers_percentages(const char *text, struct number_list *out, struct arena *arena);
bool numbers_have(const struct number_list *list, double value);
/* Equal but for rounding in the last digits of a double: 1e-9 of the larger, at least 1e-9. */
bool numbers_same(double a, double b);
/* Within the tolerance of the task, relative above 1. */
bool numbers_close(double a, double b, double tolerance);
