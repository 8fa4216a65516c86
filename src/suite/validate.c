/* Validation: three programs per task through the tool, then the comparison of public and hidden
 * tests; of tasks that ask for a number the reference alone, then its gold steps. */
#include "suite/validate.h"
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "suite/graph.h"
#include "suite/protocol.h"
#include "suite/suite.h"
#include "tool/answer.h"
#include "tool/grade_way.h"
#include "tool/tool.h"

enum { MAX_THREADS = 64 };
static const double PATIENT_CPU_S = 120; /* for a reference that the default limit stops */

/* Of one task's programs. */
struct verdicts {
    enum tool_status reference, empty, none;
    bool one_process; /* the reference passes only so, and why says what it does isolated */
    bool slow;        /* the reference passes, but not within its limit */
    char *why;        /* the reference does not pass; caller frees */
    char **wrong;     /* [n_wrong] what is amiss with a wrong program, or NULL; caller frees */
    size_t n_wrong_pass;
};

/* Shared by the threads. */
struct grading {
    const struct suite *suite;
    struct tool *tool;
    struct verdicts *verdicts; /* [n_tasks] */
    pthread_mutex_t lock;      /* guards next, rc, err */
    size_t next;
    int rc;
    struct err *err;
};

/* Public and hidden tests of a task in one request. Arrays live in the arena. */
static struct tool_grade_request request_of(const struct task *t, struct arena *arena)
{
    size_t n_tests = t->n_public + t->n_hidden, n_cases = t->n_public_cases + t->n_cases;
    const char **tests = arena_alloc(arena, (n_tests + 1) * sizeof *tests);
    struct tool_case *cases = arena_alloc(arena, (n_cases + 1) * sizeof *cases);
    for (size_t i = 0; i < n_tests; i++)
        tests[i] = i < t->n_public ? t->public_tests[i] : t->hidden_tests[i - t->n_public];
    for (size_t i = 0; i < n_cases; i++) {
        const struct suite_case *c =
            i < t->n_public_cases ? &t->public_cases[i] : &t->cases[i - t->n_public_cases];
        cases[i] = (struct tool_case){c->stdin_text, c->stdout_text, c->expect_substr};
    }
    return (struct tool_grade_request){.entry_point = t->entry_point,
                                       .prelude = t->prelude,
                                       .support = t->prompt,
                                       .tests = tests,
                                       .n_tests = n_tests,
                                       .check = t->check,
                                       .cases = cases,
                                       .n_cases = n_cases,
                                       .limits = t->limits,
                                       .stop_at_first = true};
}

static char *why_not(const struct tool_grade_result *res)
{
    return xasprintf("%s%s%s", tool_verdict_name(res->verdict), res->message ? ": " : "",
                     res->message ? res->message : "");
}

static int grade(struct grading *g, const struct task *t, struct tool_grade_request *req,
                 const char *program, enum tool_status *verdict, struct arena *arena,
                 struct err *err)
{
    struct tool_grade_result res = {0};
    req->program = suite_protocol_program(t, program, arena);
    int rc = tool_grade(g->tool, req, &res, arena, err);
    if (rc == 0)
        *verdict = res.verdict;
    return rc;
}

/* Grades the reference both ways, and with patience: a slow reference still proves that the task
 * can be solved. The way that is found holds for req, too. */
static int grade_reference(struct grading *g, const struct task *t, struct tool_grade_request *req,
                           struct verdicts *v, struct arena *arena, struct err *err)
{
    struct tool_grade_request patient = *req;
    struct tool_grade_result res = {0};
    enum tool_way way;
    patient.program = suite_protocol_program(t, t->reference, arena);
    int rc = tool_decide_way(g->tool, &patient, &way, &res, arena, err);
    if (rc == 0 && (res.verdict == TOOL_CPU || res.verdict == TOOL_TIMEOUT)) {
        patient.limits.cpu_s = fmax(PATIENT_CPU_S, t->limits.cpu_s);
        rc = tool_decide_way(g->tool, &patient, &way, &res, arena, err);
        v->slow = rc == 0 && way != TOOL_NEITHER;
    }
    if (rc < 0)
        return rc;
    v->one_process = req->one_process = way == TOOL_ONE_PROCESS;
    v->reference = way == TOOL_NEITHER ? res.verdict : TOOL_OK;
    if (way != TOOL_ISOLATED)
        v->why = why_not(&res);
    return 0;
}

static int grade_program_task(struct grading *g, const struct task *t, struct verdicts *v,
                              struct err *err)
{
    struct arena *arena = arena_new();
    struct tool_grade_request req = request_of(t, arena);
    const char *none =
        t->entry_point
            ? arena_printf(arena, "def %s(*args, **kwargs):\n    return None\n", t->entry_point)
            : "print(None)\n";
    int rc = 0;
    v->reference = TOOL_OK;
    if (t->reference)
        rc = grade_reference(g, t, &req, v, arena, err);
    if (rc == 0)
        rc = grade(g, t, &req, "", &v->empty, arena, err);
    if (rc == 0)
        rc = grade(g, t, &req, none, &v->none, arena, err);
    arena_free(arena);
    v->wrong = xcalloc(t->n_wrong + 1, sizeof *v->wrong);
    if (rc == 0)
        rc = suite_run_wrong(t, g->tool, v->one_process, v->wrong, &v->n_wrong_pass, err);
    return rc;
}

static int grade_task(struct grading *g, const struct task *t, struct verdicts *v, struct err *err)
{
    if (!t->has_answer)
        return grade_program_task(g, t, v, err);
    return t->reference ? suite_run_reference(t, g->tool, PATIENT_CPU_S, &v->why, &v->slow, err)
                        : 0;
}

static void *grade_tasks(void *ctx)
{
    struct grading *g = ctx;
    for (;;) {
        pthread_mutex_lock(&g->lock);
        bool stop = g->next == g->suite->n_tasks || g->rc < 0 || stop_requested();
        size_t i = stop ? 0 : g->next++;
        pthread_mutex_unlock(&g->lock);
        if (stop)
            return NULL;
        struct err err = {0};
        int rc = grade_task(g, &g->suite->tasks[i], &g->verdicts[i], &err);
        pthread_mutex_lock(&g->lock);
        if (rc < 0 && g->rc == 0) {
            g->rc = rc;
            if (g->err)
                *g->err = err;
        }
        pthread_mutex_unlock(&g->lock);
    }
}

static int grade_all(struct grading *g, int threads)
{
    pthread_t thread[MAX_THREADS];
    int n = 0;
    threads = threads > MAX_THREADS ? MAX_THREADS : threads;
    pthread_mutex_init(&g->lock, NULL);
    while (n + 1 < threads && pthread_create(&thread[n], NULL, grade_tasks, g) == 0)
        n++;
    grade_tasks(g);
    for (int i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    pthread_mutex_destroy(&g->lock);
    if (g->rc == 0 && g->next < g->suite->n_tasks)
        g->rc = err_errno(g->err, EINTR, "validation was stopped");
    return g->rc;
}

static void note(struct suite_validation *v, const struct task *t, bool fault, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void note(struct suite_validation *v, const struct task *t, bool fault, const char *fmt, ...)
{
    struct str s CLEANUP_STR = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&s, fmt, ap);
    va_end(ap);
    v->findings = xrealloc(v->findings, (v->n_findings + 1) * sizeof *v->findings);
    v->findings[v->n_findings++] = (struct suite_finding){t, fault, str_take(&s)};
    v->n_faults += fault;
}

static const char *limit_of(const struct task *t)
{
    return t->limits.cpu_s > 0 ? "its" : "the default";
}

static void judge_programs(struct suite_validation *v, const struct task *t,
                           const struct verdicts *got)
{
    v->n_programs++;
    v->n_references += t->reference != NULL;
    v->n_references_pass += t->reference && got->reference == TOOL_OK;
    v->n_one_process += got->one_process;
    v->n_empty_pass += got->empty == TOOL_OK;
    v->n_none_pass += got->none == TOOL_OK;
    if (!t->reference)
        note(v, t, false, "no reference to show that the task can be solved");
    else if (got->reference != TOOL_OK)
        note(v, t, true, "the reference does not pass: %s", got->why);
    else if (got->slow)
        note(v, t, false, "the reference passes, but not within %s CPU limit", limit_of(t));
    if (got->one_process)
        note(v, t, false,
             "isolated: no, its programs are graded in one process with the tests, because the "
             "reference passes only so; isolated it ends with %s",
             got->why);
    if (got->empty == TOOL_OK)
        note(v, t, true, "an empty program passes");
    if (got->none == TOOL_OK)
        note(v, t, true, "a program that returns None passes");
    v->n_wrong += t->n_wrong;
    v->n_wrong_pass += got->n_wrong_pass;
    for (size_t i = 0; i < t->n_wrong; i++)
        if (got->wrong[i])
            note(v, t, true, "%s", got->wrong[i]);
    if (got->reference == TOOL_INFRA || got->empty == TOOL_INFRA || got->none == TOOL_INFRA)
        note(v, t, true, "could not be judged: the sandbox failed");
}

static void judge_tests(struct suite_validation *v, const struct task *t)
{
    for (size_t i = 0; i < t->n_cases + t->n_public_cases; i++) {
        const struct suite_case *c =
            i < t->n_cases ? &t->cases[i] : &t->public_cases[i - t->n_cases];
        if (c->expect_substr && !c->stdout_text) {
            note(v, t, false,
                 "judged by a part of the output (expect_substr), which a lucky guess may contain; "
                 "stdout with the whole output is safer");
            break;
        }
    }
    for (size_t i = 0; i < t->n_hidden; i++) {
        if (suite_test_leaks(t->entry_point, t->public_tests, t->n_public, t->hidden_tests[i]))
            note(v, t, true, "a public test gives away the hidden test: %s", t->hidden_tests[i]);
        if (strstr(t->prompt, t->hidden_tests[i]))
            note(v, t, true, "the statement quotes the hidden test: %s", t->hidden_tests[i]);
        for (size_t j = 0; j < i; j++)
            if (str_eq(t->hidden_tests[i], t->hidden_tests[j]))
                note(v, t, true, "a hidden test is given twice: %s", t->hidden_tests[i]);
    }
    for (size_t i = 0; i < t->n_cases; i++)
        for (size_t j = 0; j < t->n_public_cases; j++)
            if (str_eq(t->cases[i].stdin_text, t->public_cases[j].stdin_text))
                note(v, t, true, "hidden case %zu has the input of public case %zu", i + 1, j + 1);
}

/* Repeating the statement's last number should rarely be right. */
static bool is_last_number(const struct task *t)
{
    struct arena *arena = arena_new();
    struct answer_reading reading;
    answer_read(t->prompt, &reading, arena);
    bool right = answer_compare(&reading, t->answer, t->tolerance, t->unit) == ANSWER_RIGHT;
    arena_free(arena);
    return right;
}

static void judge_answer(struct suite_validation *v, const struct task *t,
                         const struct verdicts *got)
{
    char *unit CLEANUP_FREE = suite_unit_defect(t);
    char *steps CLEANUP_FREE = graph_check(t->graph, t->n_graph, t->answer, t->tolerance);
    v->n_answers++;
    v->n_last_number += is_last_number(t);
    v->n_graphs += t->n_graph > 0;
    v->n_references += t->reference != NULL;
    v->n_references_pass += t->reference && !got->why;
    if (!isfinite(t->answer))
        note(v, t, true, "the answer is not a finite number");
    if (t->answer != 0 && t->tolerance >= fabs(t->answer))
        note(v, t, true, "with tolerance %g even 0 would pass for %g", t->tolerance, t->answer);
    if (unit)
        note(v, t, true, "%s", unit);
    if (steps)
        note(v, t, true, "%s", steps);
    if (got->why)
        note(v, t, true, "%s", got->why);
    else if (got->slow)
        note(v, t, false, "the reference prints the answer, but not within %s CPU limit",
             limit_of(t));
}

bool suite_validate_needs_tool(const struct suite *s)
{
    for (size_t i = 0; i < s->n_tasks; i++)
        if (s->tasks[i].reference || !s->tasks[i].has_answer)
            return true;
    return false;
}

static void free_verdicts(struct verdicts *v, const struct task *t)
{
    for (size_t i = 0; v->wrong && i < t->n_wrong; i++)
        free(v->wrong[i]);
    free(v->wrong);
    free(v->why);
}

int suite_validate(const struct suite *s, struct tool *tool, int threads,
                   struct suite_validation *out, struct err *err)
{
    struct suite_validation v = {0};
    struct grading g = {.suite = s, .tool = tool, .err = err};
    g.verdicts = xcalloc(s->n_tasks, sizeof *g.verdicts);
    int rc = suite_validate_needs_tool(s) ? grade_all(&g, threads) : 0;
    for (size_t i = 0; i < s->n_tasks; i++) {
        const struct task *t = &s->tasks[i];
        if (rc == 0 && t->has_answer) {
            judge_answer(&v, t, &g.verdicts[i]);
        } else if (rc == 0) {
            judge_programs(&v, t, &g.verdicts[i]);
            judge_tests(&v, t);
        }
        free_verdicts(&g.verdicts[i], t);
    }
    free(g.verdicts);
    if (rc < 0)
        suite_validation_free(&v);
    else
        *out = v;
    return rc;
}

void suite_validation_free(struct suite_validation *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->n_findings; i++)
        free(v->findings[i].message);
    free(v->findings);
    *v = (struct suite_validation){0};
}
