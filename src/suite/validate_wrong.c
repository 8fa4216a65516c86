/* Validation of wrong programs: each breaks one requirement of its task, so a hidden test must
 * notice it by a wrong result. One that only crashes shows a typing error rather than a
 * requirement. */
#include <string.h>
#include "base/arena.h"
#include "base/str.h"
#include "suite/protocol.h"
#include "suite/suite.h"
#include "suite/validate.h"
#include "tool/tool.h"

enum { MAX_NAMED_BYTES = 80 };

/* The hidden tests alone: what a public test notices is no secret. */
static struct tool_grade_request hidden_request(const struct task *t, struct arena *arena)
{
    struct tool_case *cases = arena_alloc(arena, (t->n_cases + 1) * sizeof *cases);
    for (size_t i = 0; i < t->n_cases; i++)
        cases[i] = (struct tool_case){t->cases[i].stdin_text, t->cases[i].stdout_text,
                                      t->cases[i].expect_substr};
    return (struct tool_grade_request){.entry_point = t->entry_point,
                                       .prelude = t->prelude,
                                       .support = t->prompt,
                                       .tests = t->hidden_tests,
                                       .n_tests = t->n_hidden,
                                       .check = t->check,
                                       .cases = cases,
                                       .n_cases = t->n_cases,
                                       .stop_at_first = true,
                                       .limits = t->limits};
}

/* What is amiss with wrong program i, named by its first line; NULL = a hidden test fails it. */
static char *judge(const char *program, size_t i, const struct tool_grade_result *res)
{
    size_t n = strcspn(program, "\n");
    int named = (int)(n < MAX_NAMED_BYTES ? n : MAX_NAMED_BYTES);
    if (res->verdict == TOOL_FAIL)
        return NULL;
    if (res->verdict == TOOL_OK)
        return xasprintf("wrong program %zu passes the hidden tests (%.*s)", i + 1, named, program);
    return xasprintf("wrong program %zu is stopped by no false test, but: %s%s%s (%.*s)", i + 1,
                     tool_verdict_name(res->verdict), res->message ? ": " : "",
                     res->message ? res->message : "", named, program);
}

int suite_run_wrong(const struct task *t, struct tool *tool, bool one_process, char **why,
                    size_t *n_pass, struct err *err)
{
    struct arena *arena = arena_new();
    struct tool_grade_request req = hidden_request(t, arena);
    int rc = 0;
    req.one_process = one_process;
    for (size_t i = 0; i < t->n_wrong && rc == 0; i++) {
        struct tool_grade_result res = {0};
        req.program = suite_protocol_program(t, t->wrong[i], arena);
        rc = tool_grade(tool, &req, &res, arena, err);
        if (rc == 0) {
            why[i] = judge(t->wrong[i], i, &res);
            *n_pass += res.verdict == TOOL_OK;
        }
    }
    arena_free(arena);
    return rc;
}
