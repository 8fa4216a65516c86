#include "tool/grade_way.h"
#include "tool/tool_impl.h"
#include "base/mem.h"

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

static bool find_way(struct tool *t, const void *task, enum tool_way *way)
{
    bool found = false;
    pthread_mutex_lock(&t->lock);
    for (const struct known_way *w = t->ways; w && !found; w = w->next)
        if ((found = w->task == task))
            *way = w->way;
    pthread_mutex_unlock(&t->lock);
    return found;
}

int tool_way_of_task(struct tool *t, const void *task, const char *reference,
                     const struct tool_grade_request *req, enum tool_way *way, struct arena *arena,
                     struct err *err)
{
    struct tool_grade_request q = *req;
    struct tool_grade_result res;
    *way = TOOL_UNKNOWN;
    if (!reference || find_way(t, task, way))
        return 0;
    q.program = reference;
    q.program_len = 0;
    int rc = tool_decide_way(t, &q, way, &res, arena, err);
    if (rc < 0)
        return rc;
    struct known_way *known = xcalloc(1, sizeof *known);
    *known = (struct known_way){.task = task, .way = *way};
    pthread_mutex_lock(&t->lock); /* two threads may both have asked: they found the same */
    known->next = t->ways;
    t->ways = known;
    pthread_mutex_unlock(&t->lock);
    return 0;
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
