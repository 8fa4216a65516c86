/* T: how Python was used. On code tasks the controller runs the programs, so only what they died of
 * is the arm's; on math tasks the model calls the tool itself. Every call counts, also one that was
 * mended after a re-ask. */
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "taxonomy/numbers.h"
#include "taxonomy/python_text.h"
#include "taxonomy/rules.h"
#include "tool/extract.h"

static bool calls_tool(const struct evidence *e)
{
    return e->math && e->arm->tool;
}

static bool is_run(const struct transcript_run *r)
{
    return r->kind == RUN_PROGRAM;
}

/* ---- T1, T2, T4: the calls ---- */

static enum flag_state bad_call(const struct evidence *e, const char *error, const char **why)
{
    if (!calls_tool(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_events; i++) {
        const struct transcript_event *v = &e->events[i];
        if (v->kind != EVENT_TOOL_CALL || !str_eq(v->tool_call.error, error))
            continue;
        *why =
            arena_printf(e->arena, "%s called '%s'", v->row.role, evidence_text(v->tool_call.tool));
        return FLAG_YES;
    }
    return FLAG_NO;
}

enum flag_state rule_t1(const struct evidence *e, const char **why)
{
    return bad_call(e, "unknown_tool", why);
}

enum flag_state rule_t2(const struct evidence *e, const char **why)
{
    return bad_call(e, "bad_arguments", why);
}

/* What makes it reasonable to call with the same arguments again. */
static bool changes_state(const struct transcript_event *v)
{
    return v->kind == EVENT_PLAN || v->kind == EVENT_REPAIR || v->kind == EVENT_ANSWER ||
           v->kind == EVENT_VERDICT || (v->kind == EVENT_SUBGOAL && v->subgoal.ok);
}

static const char *call_hash(const struct transcript_event *v)
{
    return v->kind == EVENT_TOOL_CALL ? v->tool_call.hash : "";
}

/* A fresh sample of the same question knows nothing of the earlier call: that it makes it again is
 * no misuse. */
static bool same_question(const struct evidence *e, const struct transcript_event *a,
                          const struct transcript_event *b)
{
    const struct store_call *x = evidence_call_of(e, a), *y = evidence_call_of(e, b);
    if (!x || !y || x == y)
        return false;
    json_t *asked CLEANUP_JSON = evidence_messages(x), *again CLEANUP_JSON = evidence_messages(y);
    return asked && json_equal(asked, again);
}

/* Did the role of call `at` make this very call before, and could know what it came to? */
static bool is_repeated(const struct evidence *e, size_t at)
{
    const struct transcript_event *now = &e->events[at];
    const char *hash = call_hash(now);
    for (size_t k = at; *hash && k-- > 0 && !changes_state(&e->events[k]);) {
        const struct transcript_event *then = &e->events[k];
        if (strcmp(call_hash(then), hash) == 0 && strcmp(then->row.role, now->row.role) == 0 &&
            !same_question(e, then, now))
            return true;
    }
    return false;
}

enum flag_state rule_t4(const struct evidence *e, const char **why)
{
    if (!calls_tool(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_events; i++) {
        if (!is_repeated(e, i))
            continue;
        *why = arena_printf(e->arena, "%s made the call %.12s again", e->events[i].row.role,
                            call_hash(&e->events[i]));
        return FLAG_YES;
    }
    return FLAG_NO;
}

/* ---- T3: runs that failed through the caller's error ---- */

static bool is_callers_error(const char *type)
{
    static const char *const types[] = {
        "SyntaxError",       "IndentationError",    "TabError",
        "NameError",         "ModuleNotFoundError", "ImportError",
        "UnboundLocalError", "PermissionError",     "BlockingIOError"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i], type) == 0)
            return true;
    return false;
}

/* A library that programs may use and that this machine lacks. */
static bool is_missing_here(const char *error_type, const char *message)
{
    return strcmp(error_type, "ModuleNotFoundError") == 0 &&
           (strstr(message, "No module named 'numpy") || strstr(message, "No module named 'sympy"));
}

static bool is_blamed(const char *verdict, const char *type, const char *what)
{
    const char *error_type = evidence_text(type), *message = evidence_text(what);
    if (is_missing_here(error_type, message))
        return false;
    return strcmp(verdict, "timeout") == 0 || strcmp(verdict, "cpu") == 0 ||
           is_callers_error(error_type) || strstr(message, "Operation not permitted") != NULL ||
           strstr(message, "Read-only file system") != NULL;
}

/* A test the arm wrote itself may call what does not exist: that is V5's business. */
static bool blames_tests(const struct evidence *e, const struct transcript_run *r, const char **why)
{
    for (size_t i = 0; i < r->tests.n; i++) {
        const struct transcript_test *t = &r->tests.v[i];
        if (!is_blamed(t->verdict, t->error_type, t->message) ||
            (t->test && evidence_self_written(e, t->test)))
            continue;
        *why = t->error_type && *t->error_type ? t->error_type : t->verdict;
        return true;
    }
    return false;
}

enum flag_state rule_t3(const struct evidence *e, const char **why)
{
    if (!e->arm->tool)
        return FLAG_NA;
    for (size_t i = 0; i < e->n_runs; i++) {
        const struct transcript_run *r = &e->runs[i];
        if (r->kind == RUN_PUBLIC && blames_tests(e, r, why))
            return FLAG_YES;
        const char *type = is_run(r) ? r->program.error_type : NULL;
        if (!is_run(r) || !is_blamed(r->row.verdict, type, r->program.message))
            continue;
        *why = type && *type ? type : r->row.verdict;
        return FLAG_YES;
    }
    return FLAG_NO;
}

/* ---- T5 to T8: whether the runs were useful ---- */

static bool has_output(const struct transcript_run *r)
{
    return !str_is_blank(r->program.out) ||
           (*evidence_text(r->program.value) && strcmp(r->program.value, "null") != 0);
}

enum flag_state rule_t5(const struct evidence *e, const char **why)
{
    if (!calls_tool(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_runs; i++) {
        const struct transcript_run *r = &e->runs[i];
        if (!is_run(r) || strcmp(r->row.verdict, "ok") != 0 || has_output(r))
            continue;
        *why = arena_printf(e->arena, "a run for %s ended well and said nothing", r->row.role);
        return FLAG_YES;
    }
    return FLAG_NO;
}

/* Digits after the point of the answer as it is written: it may be rounded to them. */
static double rounding_of(const char *answer)
{
    const char *point = strrchr(answer, '.');
    size_t n = point ? strspn(point + 1, "0123456789") : 0;
    double half = 0.5;
    while (n-- > 0)
        half /= 10;
    return half * 1.000001;
}

enum flag_state rule_t6(const struct evidence *e, const char **why)
{
    if (!calls_tool(e))
        return FLAG_NA;
    struct number_list seen = {0};
    double final;
    for (size_t i = 0; i < e->n_runs; i++) {
        if (!is_run(&e->runs[i]) || strcmp(e->runs[i].row.verdict, "ok") != 0)
            continue;
        numbers_in(e->runs[i].program.out, &seen, e->arena);
        numbers_in(evidence_text(e->runs[i].program.value), &seen, e->arena);
    }
    if (seen.n == 0 || !extract_number(e->submission, &final))
        return FLAG_NO;
    double rounding = rounding_of(e->submission);
    for (size_t i = 0; i < seen.n; i++) {
        double gap = seen.v[i] - final;
        if (numbers_same(seen.v[i], final) || (gap < rounding && gap > -rounding))
            return FLAG_NO;
    }
    *why = arena_printf(e->arena, "no program gave %s", e->submission);
    return FLAG_YES;
}

enum flag_state rule_t7(const struct evidence *e, const char **why)
{
    if (!calls_tool(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_runs; i++) {
        if (!is_run(&e->runs[i]) || !python_only_constant(e->runs[i].row.program, e->arena))
            continue;
        *why = arena_printf(e->arena, "a program for %s computes nothing", e->runs[i].row.role);
        return FLAG_YES;
    }
    return FLAG_NO;
}

enum flag_state rule_t8(const struct evidence *e, const char **why)
{
    if (!calls_tool(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_runs; i++)
        if (is_run(&e->runs[i]))
            return FLAG_NO;
    *why = "answered without running anything";
    return flag_if(*e->submission);
}
