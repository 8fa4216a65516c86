/* Limits of a task's own, where the tool's defaults do not fit: `timeout_s: 10`. They hold for
 * every program that is run for the task: validation, public tests, runs for a value, hidden
 * grading. One row per key in suite_limits.c; reading and writing of suites follow it. */
#pragma once
#include "suite/suite.h"

struct ynode;
struct ytree;

extern const size_t n_suite_limits;
const char *suite_limit_key(size_t i);
/* In the unit of the key; 0 = the task does not say. */
double suite_limit_value(const struct task *t, size_t i);
/* Reads those that the mapping gives. `subject` ("task 'a'") begins every complaint. */
int suite_limits_read(const struct ytree *tree, const struct ynode *map, const char *subject,
                      struct task *t, struct err *err);
/* What a command line asks for; where it asks for nothing, the task's. */
struct tool_limits suite_limits_or(struct tool_limits asked, const struct task *t);
