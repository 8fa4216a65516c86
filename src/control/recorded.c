/* See recorded.h. */
#include "control/recorded.h"

#include <string.h>

#include "base/str.h"

static enum tool_status verdict_parse(const char *name)
{
    int v = TOOL_OK;
    while (v < TOOL_INFRA && strcmp(tool_verdict_name((enum tool_status)v), name) != 0)
        v++;
    return (enum tool_status)v;
}

static bool same_tests(const struct transcript_tests *tests, const struct tool_grade_request *q)
{
    if (tests->n != q->n_tests + (q->check != NULL) + q->n_cases)
        return false;
    for (size_t i = 0; i < q->n_tests; i++)
        if (!str_eq(tests->v[i].test, q->tests[i]))
            return false;
    return true;
}

static void take_tests(const struct transcript_tests *tests, struct tool_grade_result *r,
                       struct arena *arena)
{
    struct tool_test_result *out = arena_alloc(arena, tests->n * sizeof *out);
    r->n_tests = tests->n;
    r->tests = out;
    for (size_t i = 0; i < r->n_tests; i++) {
        out[i] = (struct tool_test_result){.verdict = verdict_parse(tests->v[i].verdict),
                                           .error_type = tests->v[i].error_type,
                                           .message = tests->v[i].message,
                                           .out = tests->v[i].out,
                                           .line = tests->v[i].line};
        r->n_passed += out[i].verdict == TOOL_OK;
    }
}

/* The run at this place of the recorded episode, when it was of this kind and program. */
static int find(const struct episode *e, enum run_kind kind, const char *hash,
                struct transcript_run *run)
{
    struct store *recorded = e->env->recorded;
    struct store_plan_item item = {.arm = e->arm->name, .task = e->task->id, .sample = e->sample};
    int rc = recorded ? store_plan_find(recorded, &item, e->err) : 0;
    if (rc == 1)
        rc = store_tool_find(recorded, item.id, (int)e->transcript.n_runs,
                             transcript_run_name(kind), hash, &run->row, e->arena, e->err);
    if (rc == 1)
        transcript_read_run(run, e->arena);
    return rc;
}

int recorded_run(const struct episode *e, const char *hash, struct transcript_run *r)
{
    return find(e, RUN_PROGRAM, hash, r);
}

int recorded_grade(const struct episode *e, enum run_kind kind, const struct candidate *c,
                   const struct tool_grade_request *q, struct tool_grade_result *r)
{
    struct transcript_run run;
    int rc = find(e, kind, c->hash, &run);
    if (rc < 1 || !same_tests(&run.tests, q))
        return rc < 0 ? rc : 0;
    *r = (struct tool_grade_result){.verdict = verdict_parse(run.row.verdict),
                                    .seconds = run.row.seconds,
                                    .cpu_seconds = run.row.cpu_seconds,
                                    .one_process = run.tests.one_process,
                                    .disputed = run.tests.disputed};
    take_tests(&run.tests, r, e->arena);
    return 1;
}
