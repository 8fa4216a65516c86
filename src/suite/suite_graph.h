/* The gold solution of a generated problem, step by step: `graph` of a math task. */
#pragma once
#include "suite/suite.h"

struct arena;
struct ynode;
struct ytree;

/* Reads a list of {id, expr, value} into *out [*n]. It must be consistent (graph.h) and come to the
 * answer within the tolerance. `subject` ("task 'a'") begins every complaint; ERR_INPUT with file
 * and line. */
int suite_graph_read(const struct ytree *tree, const struct ynode *list, const char *subject,
                     double answer, double tolerance, struct arena *arena,
                     const struct suite_node **out, size_t *n, struct err *err);
