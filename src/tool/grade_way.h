/* Which way a task is graded. Isolated, its tests run in one process and the program in another,
 * and the verdict cannot be forged; but calls by value between two processes cannot carry all of
 * Python. A task whose reference passes only with both in one process is graded so. The reference
 * decides, never a candidate. */
#pragma once
#include "tool/tool.h"

enum tool_way {
    TOOL_ISOLATED,    /* the reference passes so */
    TOOL_ONE_PROCESS, /* it passes only so */
    TOOL_NEITHER,     /* it passes in neither way: isolated, and nothing is known */
    TOOL_UNKNOWN,     /* there is no reference: isolated */
};

/* Grades the reference, which stands in `req` as the program; `isolated` is what came of the
 * isolated grading. A reference that an isolated limit stops is not tried again. */
int tool_decide_way(struct tool *t, const struct tool_grade_request *req, enum tool_way *way,
                    struct tool_grade_result *isolated, struct arena *arena, struct err *err);
/* The same, found out once for each task (an address that stays) in the life of the tool. With no
 * reference, TOOL_UNKNOWN. */
int tool_way_of_task(struct tool *t, const void *task, const char *reference,
                     const struct tool_grade_request *req, enum tool_way *way, struct arena *arena,
                     struct err *err);
/* Does a program that was found wrong in an isolated grading pass in one process? Then either it
 * forges, or the isolated grading does not carry what it does: somebody should look. */
int tool_is_disputed(struct tool *t, const struct tool_grade_request *req,
                     const struct tool_grade_result *res, bool *disputed, struct arena *arena,
                     struct err *err);
