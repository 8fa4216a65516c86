/* Which way the programs of a task are graded, isolated or in one process with their tests
 * (tool/grade_way.h): its reference decides, on all its tests. */
#pragma once
#include "control/control.h"
#include "tool/grade_way.h"

/* The program as it is graded for this task, without tests. */
struct tool_grade_request way_request(const struct control_env *env, const struct task *t,
                                      const char *program, struct arena *arena);
/* Found out once for each task and tool. TOOL_UNKNOWN for a task without reference, and for one
 * that asks for a number or has no tests but stdin cases, which know one way only. */
int way_of_task(const struct control_env *env, const struct task *t, enum tool_way *way,
                struct arena *arena, struct err *err);
/* Are there tests on which a reference could decide? */
bool way_is_open(const struct task *t);
