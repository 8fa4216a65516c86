#include "tool/grade_way.h"

int tool_decide_way(struct tool *t, const struct tool_grade_request *req, enum tool_way *way,
                    struct tool_grade_result *isolated, struct arena *arena, struct err *err)
{
    struct tool_grade_request q = *req;
    q.one_process = false;
    int rc = tool_grade(t, &q, isolated, arena, err);
    if (rc < 0)
        return rc;
    *way = isolated->verdict == TOOL_OK ? TOOL_ISOLATED : TOOL_NEITHER;
    bool found_wrong = isolated->verdict == TOOL_FAIL || isolated->verdict == TOOL_ERROR;
    if (!found_wrong || q.n_tests + (q.check != NULL) == 0)
        return 0;
    struct tool_grade_result together;
    q.one_process = true;
    rc = tool_grade(t, &q, &together, arena, err);
    if (rc == 0 && together.verdict == TOOL_OK)
        *way = TOOL_ONE_PROCESS;
    return rc;
}

const char *tool_way_name(enum tool_way way)
{
    static const char *const names[] = {"yes", "no", "yes, the reference does not pass",
                                        "yes, there is no reference"};
    return names[way];
}

int tool_is_disputed(struct tool *t, const struct tool_grade_request *req,
                     const struct tool_grade_result *res, bool *disputed, struct arena *arena,
                     struct err *err)
{
    struct tool_grade_request q = *req;
    struct tool_grade_result together;
    *disputed = false;
    if (q.one_process || (res->verdict != TOOL_FAIL && res->verdict != TOOL_ERROR) ||
        q.n_tests + (q.check != NULL) == 0)
        return 0;
    q.one_process = true;
    int rc = tool_grade(t, &q, &together, arena, err);
    *disputed = rc == 0 && together.verdict == TOOL_OK;
    return rc;
}
