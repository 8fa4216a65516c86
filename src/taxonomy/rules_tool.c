/* T: how Python was used. On code tasks the controller runs the programs, so only what they died of
 * is the arm's; on math tasks the model calls the tool itself. Every call counts, also one that was
 * mended after a re-ask. */
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "taxonomy/derived.h"
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

/* Did the role of call `at` make this very call before, and could know what it came to? */
static bool is_repeated(const struct evidence *e, size_t at)
{
    const struct transcript_event *now = &e->events[at];
    const char *hash = call_hash(now);
    for (size_t k = at; *hash && k-- > 0 && !changes_state(&e->events[k]);) {
        const struct transcript_event *then = &e->events[k];
        if (strcmp(call_hash(then), hash) == 0 && strcmp(then->row.role, now->row.role) == 0 &&
            !evidence_same_question(e, then, now))
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

static bool among(const char *const *list, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return false;
}

/* Errors that no input can excuse: the program could not have worked. An exception of the logic of
 * a candidate, such as an index out of range, is R2's business. */
static bool is_callers_error(const char *type)
{
    static const char *const types[] = {
        "SyntaxError",         "IndentationError", "TabError",          "NameError",
        "ModuleNotFoundError", "ImportError",      "UnboundLocalError", "PermissionError",
        "BlockingIOError",     "EOFError"};
    return among(types, sizeof types / sizeof *types, type);
}

/* A call of the tool that ended in an exception was a wrong call, whichever it was: the model wrote
 * the program and all of its data. A check of its own that failed is none, nor is a resource. */
static bool is_wrong_call(const char *type)
{
    static const char *const others[] = {"AssertionError", "MemoryError", "KeyboardInterrupt",
                                         "SystemExit", "TimeoutError"};
    return *type && !among(others, sizeof others / sizeof *others, type);
}

/* A library that programs may use and that this machine lacks. */
static bool is_missing_here(const char *error_type, const char *message)
{
    return strcmp(error_type, "ModuleNotFoundError") == 0 &&
           (strstr(message, "No module named 'numpy") || strstr(message, "No module named 'sympy"));
}

static bool is_banned(const char *message)
{
    return strstr(message, "Operation not permitted") || strstr(message, "Read-only file system");
}

static bool is_blamed(const char *type, const char *what, bool call)
{
    const char *error_type = evidence_text(type), *message = evidence_text(what);
    if (is_missing_here(error_type, message))
        return false;
    return is_callers_error(error_type) || is_banned(message) ||
           (call && is_wrong_call(error_type));
}

/* A test the arm wrote itself may call what does not exist: that is V5's business. */
static bool blames_tests(const struct evidence *e, const struct transcript_run *r, const char **why)
{
    for (size_t i = 0; i < r->tests.n; i++) {
        const struct transcript_test *t = &r->tests.v[i];
        if (!is_blamed(t->error_type, t->message, false) ||
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
        if (!is_run(r) || !is_blamed(type, r->program.message, true))
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

/* What run i gave: the numbers it printed, and its value. */
static void add_outputs(const struct evidence *e, size_t i, struct number_list *out)
{
    if (!is_run(&e->runs[i]) || strcmp(e->runs[i].row.verdict, "ok") != 0)
        return;
    numbers_in(e->runs[i].program.out, out, e->arena);
    numbers_in(evidence_text(e->runs[i].program.value), out, e->arena);
}

/* A hierarchy's controller takes the answer out of a program itself. */
static bool states_answer(const struct evidence *e)
{
    return calls_tool(e) && !e->arm->hierarchy;
}

enum flag_state rule_t6(const struct evidence *e, const char **why)
{
    if (!states_answer(e))
        return FLAG_NA;
    struct number_list seen = {0}, percentages = {0};
    double final;
    for (size_t i = 0; i < e->n_runs; i++)
        add_outputs(e, i, &seen);
    if (seen.n == 0 || !extract_number(e->submission, &final))
        return FLAG_NO;
    numbers_percentages(e->task->prompt, &percentages, e->arena);
    if (derived_from(&seen, &percentages, final, e->submission))
        return FLAG_NO;
    *why = arena_printf(e->arena, "%s does not follow from what the programs gave", e->submission);
    return FLAG_YES;
}

/* A constant that a program before it computed, or, for a subgoal, that the problem states: nothing
 * was worked out past the tool. Text without a number is a remark. */
static bool repeats_known(const struct evidence *e, size_t i)
{
    struct number_list known = {0}, stated = {0};
    bool worked = false;
    for (size_t k = 0; k < i; k++) {
        if (!is_run(&e->runs[k]) || python_only_constant(e->runs[k].row.program, e->arena))
            continue;
        worked |= strcmp(e->runs[k].row.verdict, "ok") == 0;
        add_outputs(e, k, &known);
    }
    if (str_eq(e->runs[i].program.purpose, "subgoal"))
        numbers_in_prose(e->task->prompt, &known, e->arena);
    numbers_in(e->runs[i].row.program, &stated, e->arena);
    for (size_t k = 0; k < stated.n; k++)
        if (!numbers_have(&known, stated.v[k]))
            return false;
    return stated.n > 0 || worked;
}

enum flag_state rule_t7(const struct evidence *e, const char **why)
{
    if (!calls_tool(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_runs; i++) {
        if (!is_run(&e->runs[i]) || !python_only_constant(e->runs[i].row.program, e->arena) ||
            repeats_known(e, i))
            continue;
        *why = arena_printf(e->arena, "a program for %s computes nothing", e->runs[i].row.role);
        return FLAG_YES;
    }
    return FLAG_NO;
}

enum flag_state rule_t8(const struct evidence *e, const char **why)
{
    if (!states_answer(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_runs; i++)
        if (is_run(&e->runs[i]))
            return FLAG_NO;
    *why = "answered without running anything";
    return flag_if(*e->submission);
}
