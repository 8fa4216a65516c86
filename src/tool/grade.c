/* Grading: the parts of a request in order, and the overall verdict. */
#include "tool/tool.h"
#include "tool/tool_impl.h"
#include "tool/traceback.h"
#include "tool/output.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 160 }; /* bytes of a program's output in a message */

/* The start of a text, for a message. */
static const char *shown(const char *s, struct arena *arena)
{
    size_t n = strlen(s);
    while (n && (s[n - 1] == '\n' || s[n - 1] == ' '))
        n--;
    bool cut = n > SHOWN;
    return arena_printf(arena, "\"%.*s%s\"", (int)(cut ? SHOWN : n), s, cut ? "..." : "");
}

static int lines_of(const char *text)
{
    int n = 0;
    for (; text && *text; text++)
        n += *text == '\n';
    return n;
}

/* `above`: how many lines stand above the program's own. */
static void judge_case(const struct tool_case *c, const struct tool_run_result *run, int above,
                       struct tool_test_result *out, struct arena *arena)
{
    int line = run->line ? run->line : traceback_line(run->errout) - above;
    bool same = !c->stdout_text || output_same(run->out, c->stdout_text);
    bool has = !c->expect_substr || output_says(run->out, c->expect_substr);
    *out = (struct tool_test_result){run->status, run->error_type, run->message, run->out,
                                     line > 0 ? line : 0};
    if (run->status != TOOL_OK || (same && has))
        return;
    *out = (struct tool_test_result){
        .verdict = TOOL_FAIL,
        .error_type = "WrongOutput",
        .out = run->out,
        .message = arena_printf(arena, "expected %s%s, got %s", same ? "a last line with " : "",
                                shown(same ? c->expect_substr : c->stdout_text, arena),
                                shown(run->out, arena))};
}

int tool_grade_cases(struct tool *t, const struct tool_grade_request *q,
                     struct tool_test_result *out, double *cpu_seconds, struct arena *arena,
                     struct err *err)
{
    struct str program CLEANUP_STR = {0};
    if (q->prelude) {
        str_add(&program, q->prelude);
        str_addc(&program, '\n');
    }
    str_addn(&program, q->program, q->program_len ? q->program_len : strlen(q->program));
    int above = q->prelude ? lines_of(q->prelude) + 1 : 0;
    for (size_t i = 0; i < q->n_cases; i++) {
        const struct tool_case *c = &q->cases[i];
        struct tool_run_request req = {.code = str_text(&program),
                                       .code_len = program.len,
                                       .stdin_text = c->stdin_text,
                                       .stdin_len = c->stdin_text ? strlen(c->stdin_text) : 0,
                                       .limits = q->limits,
                                       .seed = q->seed,
                                       .lines_above = above};
        struct tool_run_result run;
        int rc = tool_run(t, &req, &run, arena, err);
        if (rc < 0)
            return rc;
        judge_case(c, &run, above, &out[i], arena);
        *cpu_seconds += run.cpu_seconds;
        if (q->stop_at_first && out[i].verdict != TOOL_OK) {
            for (size_t j = i + 1; j < q->n_cases; j++)
                out[j] = (struct tool_test_result){out[i].verdict, NULL, "not run"};
            break;
        }
    }
    return 0;
}

static void sum_up(struct tool_grade_result *res)
{
    res->verdict = res->n_tests ? TOOL_OK : TOOL_ERROR;
    res->message = res->n_tests ? NULL : "there is no test";
    for (size_t i = 0; i < res->n_tests; i++) {
        const struct tool_test_result *r = &res->tests[i];
        res->n_passed += r->verdict == TOOL_OK;
        if (r->verdict != TOOL_OK && res->verdict == TOOL_OK) {
            res->verdict = r->verdict;
            res->error_type = r->error_type;
            res->message = r->message;
        }
    }
}

int tool_grade(struct tool *t, const struct tool_grade_request *req, struct tool_grade_result *res,
               struct arena *arena, struct err *err)
{
    double started = clock_seconds(), cpu = 0;
    size_t n_tests = req->n_tests + (req->check != NULL), n = n_tests + req->n_cases;
    struct tool_test_result *all = arena_alloc(arena, n * sizeof *all + 1);
    int rc = !n_tests           ? 0
             : req->one_process ? tool_grade_together(t, req, all, &cpu, arena, err)
                                : tool_grade_tests(t, req, all, &cpu, arena, err);
    if (rc == 0 && req->n_cases)
        rc = tool_grade_cases(t, req, all + n_tests, &cpu, arena, err);
    if (rc < 0)
        return rc;
    *res = (struct tool_grade_result){
        .n_tests = n, .tests = all, .cpu_seconds = cpu, .one_process = req->one_process};
    sum_up(res);
    res->seconds = clock_seconds() - started;
    return 0;
}
