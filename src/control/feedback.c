/* See feedback.h. */
#include "control/feedback.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "tool/traceback.h"

enum { SHOWN = 200 }; /* bytes of an input, an output or a line */

static const char *cut(const struct str *s, struct arena *arena)
{
    size_t n = s->len <= FEEDBACK_MAX ? s->len : utf8_cut(s->p, FEEDBACK_MAX);
    return arena_strndup(arena, str_text(s), n);
}

/* ---- the line of an exception ---- */

/* Adds "line 3: total = 1 / x". */
static void add_line(struct str *s, const char *program, int line)
{
    const char *p = program;
    for (int i = 1; p && i < line; i++) {
        p = strchr(p, '\n');
        p = p ? p + 1 : NULL;
    }
    if (line < 1 || !p || !*p)
        return;
    p += strspn(p, " \t");
    size_t n = strcspn(p, "\r\n");
    if (n > SHOWN)
        n = utf8_cut(p, SHOWN);
    if (n > 0)
        str_addf(s, "\nline %d: %.*s", line, (int)n, p);
}

/* The checker puts it behind the message: "division by zero (line 2)". */
static int line_of_message(const char *message)
{
    const char *at = NULL;
    for (const char *p = message ? message : ""; (p = strstr(p, "(line ")); p++)
        at = p;
    return at && strspn(at + 6, "0123456789") > 0 ? atoi(at + 6) : 0;
}

static void add_exception(struct str *s, const char *what, const char *message, const char *program,
                          int line)
{
    str_add(s, what);
    if (message && *message)
        str_addf(s, ": %s", message);
    add_line(s, program, line);
}

const char *feedback_of_run(const char *program, const char *what, const char *message,
                            const char *errout, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    int line = traceback_line(errout ? errout : "");
    add_exception(&s, what, message, program, line ? line : line_of_message(message));
    return cut(&s, arena);
}

/* ---- asserts ---- */

/* "assert f(1) == 2" with "assert f(1) == 2: got 1" or "...: got 1, expected 2" as call, expected
 * and got; false where the test or the message is of another kind. */
static bool add_comparison(struct str *s, const char *test, const char *message)
{
    const char *equals = strstr(test, " == "), *got = NULL;
    for (const char *p = message; p && (p = strstr(p, ": got ")); p++)
        got = p;
    if (!str_starts(test, "assert ") || strchr(test, '\n') || !equals || !got ||
        strstr(equals + 1, " == "))
        return false;
    const char *call = test + strlen("assert "), *value = got + strlen(": got ");
    const char *told = strstr(value, ", expected ");
    size_t n_value = told ? (size_t)(told - value) : strlen(value);
    str_addf(s, "\ncall: %.*s\nexpected: %s\ngot: %.*s", (int)(equals - call), call,
             told ? told + strlen(", expected ") : equals + strlen(" == "), (int)n_value, value);
    return true;
}

static void add_test(struct str *s, const char *test, const struct tool_test_result *t,
                     const char *program)
{
    str_add(s, test);
    if (t->verdict == TOOL_FAIL && add_comparison(s, test, t->message))
        return;
    str_addc(s, '\n');
    add_exception(s, t->error_type ? t->error_type : tool_verdict_name(t->verdict), t->message,
                  program, line_of_message(t->message));
}

/* ---- programs that read standard input ---- */

/* Where two outputs begin to differ, as the start of that line. */
static size_t first_difference(const char *a, const char *b)
{
    size_t line = 0;
    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == '\n')
            line = i + 1;
    return line;
}

/* A text under its title. One that is too long is shown from `from` on. */
static void add_text(struct str *s, const char *title, const char *text, size_t from)
{
    size_t len = strlen(text);
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' '))
        len--;
    from = len <= SHOWN || from >= len ? 0 : from;
    size_t n = len - from;
    if (n > SHOWN)
        n = utf8_cut(text + from, SHOWN);
    str_addf(s, "%s%s:\n%s%.*s%s", s->len ? "\n" : "", title, from ? "...\n" : "", (int)n,
             text + from, from + n < len ? "..." : "");
    if (len == 0)
        str_add(s, "(nothing)");
}

static void add_case(struct str *s, const struct tool_case *c, const struct tool_test_result *t,
                     const char *program)
{
    const char *printed = t->out ? t->out : "", *want = c->stdout_text;
    size_t from = want ? first_difference(printed, want) : 0;
    add_text(s, "input", c->stdin_text ? c->stdin_text : "", 0);
    add_text(s, want ? "expected output" : "expected in the output",
             want               ? want
             : c->expect_substr ? c->expect_substr
                                : "",
             from);
    if (t->verdict != TOOL_FAIL) {
        str_addc(s, '\n');
        add_exception(s, t->error_type ? t->error_type : tool_verdict_name(t->verdict), t->message,
                      program, t->line);
    }
    if (t->verdict == TOOL_FAIL || *printed)
        add_text(s, t->verdict == TOOL_FAIL ? "printed" : "printed before", printed, from);
}

const char *feedback_of_grade(const struct tool_grade_request *q, const struct tool_grade_result *r,
                              struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    size_t n_tests = q->n_tests + (q->check != NULL), i = 0;
    while (i < r->n_tests && r->tests[i].verdict == TOOL_OK)
        i++;
    if (i == r->n_tests)
        return "";
    if (i < q->n_tests)
        add_test(&s, q->tests[i], &r->tests[i], q->program);
    else if (i >= n_tests && i - n_tests < q->n_cases)
        add_case(&s, &q->cases[i - n_tests], &r->tests[i], q->program);
    else
        add_exception(&s,
                      r->tests[i].error_type ? r->tests[i].error_type
                                             : tool_verdict_name(r->tests[i].verdict),
                      r->tests[i].message, q->program, line_of_message(r->tests[i].message));
    return cut(&s, arena);
}
