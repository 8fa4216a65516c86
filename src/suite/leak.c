/* Comparing tests as Python text, without parsing Python: white space is dropped outside of
 * strings. */
#include <ctype.h>
#include <string.h>
#include "base/str.h"
#include "suite/validate.h"

/* Length of the string literal at s, delimiters included; to the end if it is not closed. */
static size_t literal_length(const char *s)
{
    size_t i = 1;
    while (s[i] && s[i] != s[0])
        i += s[i] == '\\' && s[i + 1] ? 2 : 1;
    return s[i] ? i + 1 : i;
}

static bool is_quote(char c)
{
    return c == '\'' || c == '"';
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

void suite_normal_text(struct str *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        if (is_quote(s[i])) {
            size_t len = literal_length(s + i);
            str_addc(out, '\'');
            str_addn(out, s + i + 1, len > 2 ? len - 2 : 0);
            str_addc(out, '\'');
            i += len;
        } else {
            if (!isspace((unsigned char)s[i]))
                str_addc(out, s[i]);
            i++;
        }
    }
}

/* The next "name(...)" at or after *at, normalised into out; false when there is none. */
static bool next_call(const char *s, const char *name, size_t *at, struct str *out)
{
    size_t n = strlen(name);
    for (size_t i = *at; s[i]; i += is_quote(s[i]) ? literal_length(s + i) : 1) {
        if (strncmp(s + i, name, n) != 0 || s[i + n] != '(' || (i > 0 && is_name(s[i - 1])))
            continue;
        size_t end = i + n + 1;
        for (int depth = 1; s[end] && depth > 0;) {
            depth += strchr("([{", s[end]) ? 1 : strchr(")]}", s[end]) ? -1 : 0;
            end += is_quote(s[end]) ? literal_length(s + end) : 1;
        }
        str_clear(out);
        suite_normal_text(out, s + i, end - i);
        *at = i + n; /* calls within the arguments count too */
        return true;
    }
    return false;
}

static bool has_call(const char *test, const char *name, const char *call)
{
    struct str other CLEANUP_STR = {0};
    for (size_t at = 0; next_call(test, name, &at, &other);)
        if (strcmp(str_text(&other), call) == 0)
            return true;
    return false;
}

static bool call_is_public(const char *name, const char *const *tests, size_t n, const char *call)
{
    for (size_t i = 0; i < n; i++)
        if (has_call(tests[i], name, call))
            return true;
    return false;
}

static bool same_text(const char *a, const char *b)
{
    struct str x CLEANUP_STR = {0}, y CLEANUP_STR = {0};
    suite_normal_text(&x, a, strlen(a));
    suite_normal_text(&y, b, strlen(b));
    return strcmp(str_text(&x), str_text(&y)) == 0;
}

bool suite_test_leaks(const char *entry_point, const char *const *public_tests, size_t n_public,
                      const char *hidden)
{
    for (size_t i = 0; i < n_public; i++)
        if (same_text(public_tests[i], hidden))
            return true;
    struct str call CLEANUP_STR = {0};
    size_t calls = 0;
    for (size_t at = 0; next_call(hidden, entry_point, &at, &call); calls++)
        if (!call_is_public(entry_point, public_tests, n_public, str_text(&call)))
            return false;
    return calls > 0;
}
