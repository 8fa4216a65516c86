/* S: the submission has the wrong form: entry point, type, unit, examples. */
#include <ctype.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "taxonomy/python_text.h"
#include "taxonomy/rules.h"

/* Calls `holds` on every test of the submission, hidden ones first, until one is true. */
typedef bool test_fn(const struct evidence *e, const struct transcript_test *t);

static bool any_test(const struct evidence *e, test_fn *holds, const char **why)
{
    static const enum run_kind kinds[] = {RUN_HIDDEN, RUN_PUBLIC};
    const struct transcript_run *r;
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; (r = evidence_submission_run(e, kinds[k], &i)) != NULL;)
            for (size_t t = 0; t < r->tests.n; t++)
                if (!evidence_self_written(e, r->tests.v[t].test) && holds(e, &r->tests.v[t])) {
                    *why = r->tests.v[t].message;
                    return true;
                }
    return false;
}

/* ---- S1: the entry point ---- */

/* Messages of Python: "f() takes 1 positional argument but 2 were given", "f() missing 1 ...". */
static bool wrong_entry(const struct evidence *e, const struct transcript_test *t)
{
    static const char *const endings[] = {"() takes ", "() missing ",
                                          "() got an unexpected keyword", "() got multiple values"};
    const char *entry = e->task->entry_point, *message = evidence_text(t->message);
    size_t n = strlen(entry);
    if (str_eq(t->error_type, "NameError"))
        return str_starts(message, "name '") && strncmp(message + 6, entry, n) == 0 &&
               str_starts(message + 6 + n, "' is not defined");
    if (!str_eq(t->error_type, "TypeError") || strncmp(message, entry, n) != 0)
        return false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_starts(message + n, endings[i]))
            return true;
    return false;
}

enum flag_state rule_s1(const struct evidence *e, const char **why)
{
    if (e->math || !e->task->entry_point)
        return FLAG_NA;
    return flag_if(any_test(e, wrong_entry, why));
}

/* ---- S2: the type of what it returns ---- */

enum type {
    TYPE_UNKNOWN,
    TYPE_NONE,
    TYPE_BOOL,
    TYPE_NUMBER,
    TYPE_STR,
    TYPE_BYTES,
    TYPE_LIST,
    TYPE_TUPLE,
    TYPE_SET,
    TYPE_DICT
};

/* After the string that begins at s. */
static const char *past_string(const char *s, const char *end)
{
    char quote = *s++;
    while (s < end && *s != quote)
        s += *s == '\\' && s + 1 < end ? 2 : 1;
    return s < end ? s + 1 : end;
}

/* Where the bracket that opens at s closes; NULL = nowhere. *mark: was there such a character on
 * its first level? */
static const char *past_bracket(const char *s, const char *end, char mark, bool *found)
{
    int depth = 0;
    while (s < end) {
        if (*s == '\'' || *s == '"') {
            s = past_string(s, end);
            continue;
        }
        depth += strchr("([{", *s) != NULL;
        depth -= strchr(")]}", *s) != NULL;
        *found |= depth == 1 && *s == mark;
        s++;
        if (depth == 0)
            return s;
    }
    return NULL;
}

static bool holds_mark(const char *s, const char *end, char mark)
{
    bool found = false;
    past_bracket(s, end, mark, &found);
    return found || (end - s > 1 && strchr(")]}", s[1])); /* "()", "{}" */
}

/* Of a literal, or of what repr() shows of a built-in value. */
static enum type type_of(const char *s, const char *end)
{
    while (s < end && *s == ' ')
        s++;
    size_t n = (size_t)(end - s);
    if (n == 0)
        return TYPE_UNKNOWN;
    if (n >= 4 && memcmp(s, "None", 4) == 0)
        return TYPE_NONE;
    if (n >= 4 && (memcmp(s, "True", 4) == 0 || memcmp(s, "Fals", 4) == 0))
        return TYPE_BOOL;
    if (n >= 4 && memcmp(s, "set(", 4) == 0)
        return TYPE_SET;
    if (*s == '-')
        s++;
    if (s < end && (isdigit((unsigned char)*s) || *s == '.'))
        return TYPE_NUMBER;
    switch (*s) {
    case '\'':
    case '"':
        return TYPE_STR;
    case 'b':
        return n > 1 && (s[1] == '\'' || s[1] == '"') ? TYPE_BYTES : TYPE_UNKNOWN;
    case '[':
        return TYPE_LIST;
    case '(': /* (1 + 2) * 3 is none */
        return holds_mark(s, end, ',') ? TYPE_TUPLE : TYPE_UNKNOWN;
    case '{':
        return holds_mark(s, end, ':') ? TYPE_DICT : TYPE_SET;
    default:
        return TYPE_UNKNOWN;
    }
}

/* The end of a call of the entry point (check() has it as "candidate") at s; NULL = none is there.
 */
static const char *call_end(const struct evidence *e, const char *s)
{
    const char *names[] = {e->task->entry_point, "candidate"};
    bool ignored = false;
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(names[i]);
        if (strncmp(s, names[i], n) == 0 && s[n] == '(')
            return past_bracket(s + n, s + strlen(s), 0, &ignored);
    }
    return NULL;
}

/* "f(1): f returned 3", "not f(1): ...": a test that is nothing but a call wants True or False. */
static bool wrong_truth(const struct evidence *e, const char *test)
{
    const char *end = call_end(e, test + (str_starts(test, "not ") ? 4 : 0));
    const char *value = end && *end == ':' ? strstr(end, " returned ") : NULL;
    enum type type = value ? type_of(value + 10, value + strlen(value)) : TYPE_UNKNOWN;
    return type != TYPE_UNKNOWN && type != TYPE_BOOL;
}

/* The type that a test compares the call with, on either side of == or after "is"; what the
 * checker looked up of a name stands after "expected". */
static enum type compared_with(const struct evidence *e, const char *test, const char *got)
{
    const char *end = call_end(e, test), *equal = strstr(test, " == ");
    const char *expected = strstr(got, ", expected ");
    bool left = end && (str_starts(end, " == ") || str_starts(end, " is "));
    bool right = equal && equal < got && call_end(e, equal + 4) == got;
    if (!left && !right)
        return TYPE_UNKNOWN;
    if (expected)
        return type_of(expected + 11, expected + strlen(expected));
    return left ? type_of(end + 4, got) : type_of(test, equal);
}

/* "assert f(1) == 2: got 3", "assert f(x) == y: got 3, expected [2]": messages of the checker
 * (docs/sandbox.md). Where the call is a part of what is compared, as in len(f(x)) == 3, nothing
 * can be said: "got" is what f returned. */
static bool wrong_type(const struct evidence *e, const struct transcript_test *t)
{
    if (strcmp(t->verdict, "fail") != 0 || !str_starts(evidence_text(t->message), "assert "))
        return false;
    const char *test = t->message + strlen("assert "), *got = strstr(test, ": got ");
    if (!got)
        return wrong_truth(e, test);
    const char *expected = strstr(got, ", expected ");
    enum type actual = type_of(got + 6, expected ? expected : got + strlen(got));
    enum type wanted = compared_with(e, test, got);
    return actual != TYPE_UNKNOWN && wanted != TYPE_UNKNOWN && actual != wanted;
}

enum flag_state rule_s2(const struct evidence *e, const char **why)
{
    if (e->math || !e->task->entry_point)
        return FLAG_NA;
    return flag_if(any_test(e, wrong_type, why));
}

/* ---- S3, S4 ---- */

enum flag_state rule_s3(const struct evidence *e, const char **why)
{
    const struct store_event *s = e->submit ? &e->submit->row : NULL;
    if (e->math || e->task->n_public + e->task->n_public_cases == 0 || !e->arm->tool)
        return FLAG_NA; /* no example was shown, or none was run */
    if (!s || !*e->hash)
        return FLAG_NO;
    *why =
        arena_printf(e->arena, "%d of %d public tests passed", s->public_passed, s->public_total);
    return flag_if(s->public_passed < s->public_total);
}

enum flag_state rule_s4(const struct evidence *e, const char **why)
{
    if (!e->math) {
        *why = python_forbidden(e->submission, !e->task->entry_point, e->arena);
        return flag_if(*why);
    }
    if (!e->arm->tool)
        return FLAG_NA;
    for (size_t i = 0; i < e->n_runs && !*why; i++)
        if (e->runs[i].kind == RUN_PROGRAM)
            *why = python_forbidden(e->runs[i].row.program, false, e->arena);
    return flag_if(*why);
}
