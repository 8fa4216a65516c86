/* The gold steps of a problem, "s1 = 3 * 4", "s2 = s1 - 5": checks that they compute its answer. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct suite_node;

/* Value of an expression of numbers, earlier steps nodes[0..n), + - * / and brackets. False when it
 * is anything else, or divides by zero. */
bool graph_eval(const char *expr, const struct suite_node *nodes, size_t n, double *out);
/* The first thing that is wrong with the steps; NULL = they are consistent: ids are names and
 * unique, each step is computed from numbers and earlier steps, has the value it says, and the last
 * one is the answer. Caller frees. */
char *graph_check(const struct suite_node *nodes, size_t n, double answer, double tolerance);
