/* hrm grade: which way the rows of a task are graded, found out once per task by its reference. */
#pragma once
#include "tool/grade_way.h"

struct grade_ways;
struct suite;

struct grade_ways *grade_ways_new(const struct suite *s); /* s may be NULL: rows bring references */
void grade_ways_free(struct grade_ways *w);               /* NULL is legal */
/* The way for this request, whose program is left out of account. `task` is its place in the suite,
 * or -1 for a row of its own. Thread-safe. */
int grade_ways_find(struct grade_ways *w, struct tool *t, const struct tool_grade_request *q,
                    ptrdiff_t task, const char *reference, enum tool_way *way, struct arena *arena,
                    struct err *err);
