/* Public runs and hidden grading. */
#include "control/grading.h"

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "control/feedback.h"
#include "control/math_value.h"
#include "control/recorded.h"
#include "control/way.h"

static const struct tool_case *tool_cases(const struct suite_case *cases, size_t n,
                                          struct arena *arena)
{
    struct tool_case *out = arena_alloc(arena, n * sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] =
            (struct tool_case){cases[i].stdin_text, cases[i].stdout_text, cases[i].expect_substr};
    return out;
}

/* The program as it is graded; the record keeps it as it was written. */
static struct tool_grade_request request_for(const struct episode *e, const char *program)
{
    return way_request(e->env, e->task, program, e->arena);
}

/* What a test that passed printed is not kept, and of the others no more than a model reads. */
static const char *printed(const struct tool_test_result *t, struct arena *arena)
{
    if (!t->out || t->verdict == TOOL_OK)
        return NULL;
    size_t n = strlen(t->out);
    return arena_strndup(arena, t->out, n <= PRINTED_MAX ? n : utf8_cut(t->out, PRINTED_MAX));
}

/* The tests in the order in which they were graded. */
static struct transcript_tests tests_of(const struct tool_grade_request *q,
                                        const struct tool_grade_result *r, struct arena *arena)
{
    struct transcript_test *tests = arena_alloc(arena, r->n_tests * sizeof *tests);
    for (size_t i = 0; i < r->n_tests; i++)
        tests[i] = (struct transcript_test){.verdict = tool_verdict_name(r->tests[i].verdict),
                                            .test = i < q->n_tests ? q->tests[i] : NULL,
                                            .error_type = r->tests[i].error_type,
                                            .message = r->tests[i].message,
                                            .out = printed(&r->tests[i], arena),
                                            .line = r->tests[i].line};
    return (struct transcript_tests){tests, r->n_tests, r->one_process, r->disputed};
}

static int record(struct episode *e, const char *role, enum run_kind kind,
                  const struct candidate *c, const struct tool_grade_request *q,
                  const struct tool_grade_result *r)
{
    struct transcript_run run = {.kind = kind,
                                 .row = {.role = role,
                                         .program_hash = arena_strdup(e->arena, c->hash),
                                         .program = c->program,
                                         .verdict = tool_verdict_name(r->verdict),
                                         .seconds = r->seconds,
                                         .cpu_seconds = r->cpu_seconds},
                                 .tests = tests_of(q, r, e->arena)};
    return episode_log_run(e, &run);
}

static int grade(struct episode *e, enum run_kind kind, const struct candidate *c,
                 struct tool_grade_request *q, struct tool_grade_result *r)
{
    enum tool_way way;
    int rc = recorded_grade(e, kind, c, q, r);
    if (rc)
        return rc < 0 ? rc : 0;
    if ((rc = way_of_task(e->env, e->task, &way, e->arena, e->err)) < 0)
        return rc;
    q->one_process = way == TOOL_ONE_PROCESS;
    rc = tool_grade(e->env->tool, q, r, e->arena, e->err);
    if (rc == 0 && way == TOOL_ISOLATED && kind == RUN_HIDDEN)
        rc = tool_is_disputed(e->env->tool, q, r, &r->disputed, e->arena, e->err);
    if (rc)
        return rc;
    if (r->verdict == TOOL_INFRA)
        return err_fault(e->err, "the Python tool failed twice on one program: %s",
                         r->message ? r->message : "no message");
    return 0;
}

/* The asserts to run: public, then self-written; one that only asks for the definition where there
 * is none. */
static size_t assemble_tests(const struct episode *e, const struct self_tests *T,
                             const char *const **out)
{
    const struct task *t = e->task;
    size_t n_self = T ? (size_t)T->n : 0, n = 0;
    const char **tests = arena_alloc(e->arena, (t->n_public + n_self + 1) * sizeof *tests);
    for (size_t i = 0; i < t->n_public; i++)
        tests[n++] = t->public_tests[i];
    if (n == 0 && t->entry_point)
        tests[n++] = arena_printf(e->arena, "assert callable(%s)", t->entry_point);
    for (size_t i = 0; i < n_self; i++)
        tests[n++] = T->tests[i];
    *out = tests;
    return n;
}

static void count_passed(struct candidate *c, const struct tool_grade_result *r, size_t n_self)
{
    c->self_total = (int)n_self;
    c->public_total = (int)(r->n_tests - n_self);
    /* results: asserts (public first, then self-written), then stdin cases, which are all public; a
     * program that reads stdin has no self-written asserts, so the self-written ones are always
     * last */
    for (size_t i = 0; i < r->n_tests; i++) {
        if (r->tests[i].verdict != TOOL_OK)
            continue;
        if ((int)i < c->public_total)
            c->public_passed++;
        else
            c->self_passed |= 1u << (i - (size_t)c->public_total);
    }
}

int episode_run_python(struct episode *e, struct candidate *c, const struct self_tests *T)
{
    if (!e->arm->tool)
        return 0;
    if (!episode_may_iterate(e))
        return EPISODE_CAP;
    const struct task *t = e->task;
    if (!*c->program) { /* an iteration all the same */
        e->spent.iterations++;
        c->public_total = 1; /* none of however many */
        return 0;
    }
    struct tool_grade_request q = request_for(e, c->program);
    q.n_tests = assemble_tests(e, T, &q.tests);
    q.cases = tool_cases(t->public_cases, t->n_public_cases, e->arena);
    q.n_cases = t->n_public_cases;
    e->spent.iterations++;
    if (q.n_tests + q.n_cases > 0) {
        struct tool_grade_result r = {0};
        int rc = grade(e, RUN_PUBLIC, c, &q, &r);
        if (!rc)
            rc = record(e, c->role, RUN_PUBLIC, c, &q, &r);
        if (rc)
            return rc;
        episode_charge_run(e, c->role, r.seconds);
        count_passed(c, &r, T ? (size_t)T->n : 0);
        c->feedback = feedback_of_grade(&q, &r, e->arena);
    }
    c->executed = true;
    c->seconds = episode_seconds(e);
    return episode_log(e, e->arm->controller, c,
                       &(struct transcript_event){.kind = EVENT_CANDIDATE});
}

/* One grading after closing, on the hidden tests; nobody's ledger. */
static int grade_on_hidden(struct episode *e, enum run_kind kind, const struct candidate *c,
                           struct tool_grade_result *r)
{
    const struct task *t = e->task;
    struct tool_grade_request q = request_for(e, c->program);
    q.tests = t->hidden_tests;
    q.n_tests = t->n_hidden;
    q.check = t->check;
    q.cases = tool_cases(t->cases, t->n_cases, e->arena);
    q.n_cases = t->n_cases;
    int rc = grade(e, kind, c, &q, r);
    return rc ? rc : record(e, "grader", kind, c, &q, r);
}

/* Grades the reference on the self-written tests and, if the submission failed, on the hidden ones,
 * which shows failures that are not the model's. */
static int grade_reference(struct episode *e, bool passed)
{
    struct candidate c = {.program = e->task->reference};
    struct tool_grade_result r = {0};
    int rc = 0;
    if (!c.program)
        return 0;
    hash_sha256_hex(c.program, strlen(c.program), c.hash);
    if (e->self && e->self->n > 0) {
        struct tool_grade_request q = request_for(e, c.program);
        q.tests = e->self->tests;
        q.n_tests = (size_t)e->self->n;
        rc = grade(e, RUN_SELF, &c, &q, &r);
        if (!rc)
            rc = record(e, "grader", RUN_SELF, &c, &q, &r);
    }
    return rc || passed ? rc : grade_on_hidden(e, RUN_REFERENCE, &c, &r);
}

int grading_answer(const struct episode *e, struct store_episode *row)
{
    const struct task *t = e->task;
    const char *given = e->answer ? e->answer->text : NULL;
    row->passed = given && math_right(given, t);
    row->verdict = !given ? "none" : row->passed ? "pass" : "fail";
    return 0;
}

int grading_hidden(struct episode *e, struct store_episode *row)
{
    row->verdict = "none";
    for (size_t i = 0; i < e->n_candidates; i++) {
        struct candidate *c = e->candidates[i];
        struct tool_grade_result r = {0};
        int rc = grade_on_hidden(e, RUN_HIDDEN, c, &r);
        if (rc)
            return rc;
        if (!e->submission || strcmp(e->submission->hash, c->hash) != 0)
            continue;
        row->verdict = tool_verdict_name(r.verdict);
        row->passed = r.verdict == TOOL_OK;
        row->n_hidden = (int)r.n_tests;
        row->n_hidden_passed = (int)r.n_passed;
    }
    return grade_reference(e, row->passed);
}
