/* See recorded.h. What is read back is what grading.c wrote: a verdict, the times, and one object
 * per test; and what run_code.c wrote. */
#include "control/recorded.h"

#include <string.h>

#include "base/str.h"

static enum tool_status parse(const char *name, const char *(*name_of)(enum tool_status s))
{
    int v = TOOL_OK;
    while (v < TOOL_INFRA && strcmp(name_of((enum tool_status)v), name) != 0)
        v++;
    return (enum tool_status)v;
}

static enum tool_status verdict_parse(const char *name)
{
    return parse(name, tool_verdict_name);
}

static bool same_tests(const json_t *tests, const struct tool_grade_request *q)
{
    size_t n = q->n_tests + (q->check != NULL) + q->n_cases;
    if (json_array_size(tests) != n)
        return false;
    for (size_t i = 0; i < q->n_tests; i++)
        if (!str_eq(json_get_str(json_array_get(tests, i), "test", NULL), q->tests[i]))
            return false;
    return true;
}

static void read_tests(const json_t *tests, struct tool_grade_result *r, struct arena *arena)
{
    struct tool_test_result *out = arena_alloc(arena, json_array_size(tests) * sizeof *out);
    r->n_tests = json_array_size(tests);
    r->tests = out;
    for (size_t i = 0; i < r->n_tests; i++) {
        const json_t *t = json_array_get(tests, i);
        out[i] = (struct tool_test_result){
            .verdict = verdict_parse(json_get_str(t, "verdict", "")),
            .error_type = arena_strdup(arena, json_get_str(t, "error_type", NULL)),
            .message = arena_strdup(arena, json_get_str(t, "message", NULL)),
            .out = arena_strdup(arena, json_get_str(t, "stdout", NULL)),
            .line = (int)json_get_int(t, "line", 0)};
        r->n_passed += out[i].verdict == TOOL_OK;
    }
}

/* The run at this place of the recorded episode, when it was of this kind and program. */
static int find(const struct episode *e, const char *kind, const char *hash,
                struct store_tool_run *run)
{
    struct store *recorded = e->env->recorded;
    struct store_plan_item item = {.arm = e->arm->name, .task = e->task->id, .sample = e->sample};
    int rc = recorded ? store_plan_find(recorded, &item, e->err) : 0;
    return rc == 1
               ? store_tool_find(recorded, item.id, e->n_tools, kind, hash, run, e->arena, e->err)
               : rc;
}

int recorded_run(const struct episode *e, const char *kind, const char *hash,
                 struct recorded_run *r)
{
    struct store_tool_run run;
    int rc = find(e, kind, hash, &run);
    if (rc < 1)
        return rc;
    CLEANUP_JSON json_t *d = json_parse(run.detail, strlen(run.detail), "detail", NULL);
    *r = (struct recorded_run){.status = parse(run.verdict, tool_status_name),
                               .out = arena_strdup(e->arena, json_get_str(d, "stdout", "")),
                               .errout = arena_strdup(e->arena, json_get_str(d, "stderr", "")),
                               .value = arena_strdup(e->arena, json_get_str(d, "value", NULL)),
                               .error_type =
                                   arena_strdup(e->arena, json_get_str(d, "error_type", NULL)),
                               .message = arena_strdup(e->arena, json_get_str(d, "message", NULL)),
                               .seconds = run.seconds,
                               .cpu_seconds = run.cpu_seconds};
    return 1;
}

int recorded_grade(const struct episode *e, const char *kind, const struct candidate *c,
                   const struct tool_grade_request *q, struct tool_grade_result *r)
{
    struct store_tool_run run;
    int rc = find(e, kind, c->hash, &run);
    if (rc < 1)
        return rc;
    CLEANUP_JSON json_t *detail = json_parse(run.detail, strlen(run.detail), "detail", NULL);
    const json_t *tests = json_object_get(detail, "tests");
    if (!same_tests(tests, q))
        return 0;
    *r = (struct tool_grade_result){.verdict = verdict_parse(run.verdict),
                                    .seconds = run.seconds,
                                    .cpu_seconds = run.cpu_seconds};
    read_tests(tests, r, e->arena);
    return 1;
}
