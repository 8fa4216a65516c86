/* Reading asserts out of the tester's reply. */
#include "control/selftests.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "tool/py_scan.h"
#include "tool/reply_text.h"

static bool in_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Copies a string literal, in single quotes where it holds none; the character behind it. */
static const char *add_literal(const char *p, struct str *out)
{
    const char *end = p + 1;
    while (*end && *end != *p)
        end += end[0] == '\\' && end[1] ? 2 : 1;
    size_t n = (size_t)(end - p) + (*end != '\0');
    bool plain = n >= 2 && !memchr(p + 1, '\'', n - 2);
    str_addc(out, plain ? '\'' : *p);
    str_addn(out, p + 1, n - 1 - (*end != '\0'));
    if (*end)
        str_addc(out, plain ? '\'' : *p);
    return p + n;
}

/* Two tests are the same if this is: without blanks, but between words, and with one kind of
 * quotes. */
static void canonical(const char *test, struct str *out)
{
    for (const char *p = test; *p;) {
        if (*p == '\'' || *p == '"') {
            p = add_literal(p, out);
        } else if (isspace((unsigned char)*p)) {
            p += strspn(p, " \t\n");
            if (out->len && in_name(out->p[out->len - 1]) && in_name(*p))
                str_addc(out, ' ');
        } else {
            str_addc(out, *p++);
        }
    }
}

static bool same_test(const char *a, const char *b)
{
    struct str x CLEANUP_STR = {0}, y CLEANUP_STR = {0};
    canonical(a, &x);
    canonical(b, &y);
    return strcmp(str_text(&x), str_text(&y)) == 0;
}

/* Does a call of `name` stand in it? */
static bool calls(const char *test, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = test; (p = strstr(p, name)) != NULL; p += n)
        if (!in_name(p[-1]) && p[-1] != '.' && p[n + strspn(p + n, " ")] == '(')
            return true;
    return false;
}

static bool wanted(const char *test, const struct task *task, const struct self_tests *have)
{
    if (!calls(test, task->entry_point) || !py_parses(test, strlen(test)))
        return false;
    for (size_t i = 0; i < task->n_public; i++)
        if (same_test(task->public_tests[i], test))
            return false;
    for (int i = 0; i < have->n; i++)
        if (same_test(have->tests[i], test))
            return false;
    return true;
}

static const char ASSERT[] = "assert ";

/* Behind the marks of lists, quotes and inline code before an assert: "1. `assert f(1) == 2`". */
static const char *behind_marks(const char *line)
{
    const char *p = line + strspn(line, " \t>-*+`.)0123456789");
    return strncmp(p, ASSERT, strlen(ASSERT)) == 0 ? p : line;
}

void self_tests_parse(const char *reply, const struct task *task, struct self_tests *out,
                      struct arena *arena)
{
    *out = (struct self_tests){.tests = arena_alloc(arena, SELF_TESTS_MAX * sizeof *out->tests)};
    if (!task->entry_point)
        return;
    for (const char *p = reply_spoken(reply, arena); *p && out->n < SELF_TESTS_MAX;) {
        const char *start = behind_marks(p), *end = strchrnul(p, '\n');
        if (strncmp(start, ASSERT, strlen(ASSERT)) == 0) {
            const char *whole = start + py_line(start, strlen(start));
            const char *last =
                whole > end && py_parses(start, (size_t)(whole - start)) ? whole : end;
            end = last;
            while (last > start && (isspace((unsigned char)last[-1]) || last[-1] == '`'))
                last--;
            const char *test = arena_strndup(arena, start, (size_t)(last - start));
            if (wanted(test, task, out))
                out->tests[out->n++] = test;
        }
        p = end + (*end == '\n');
    }
}
