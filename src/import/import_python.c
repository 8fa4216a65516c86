/* A recursive descent over Python's literals, and the shape of calls. */
#include "import/import_python.h"
#include <ctype.h>
#include <string.h>
#include "base/arena.h"
#include "base/str.h"
#include "suite/validate.h"
#include "tool/py_scan.h"

enum { MAX_DEPTH = 64 };

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_quote(char c)
{
    return c == '\'' || c == '"';
}

static size_t name_length(const char *s)
{
    size_t n = 0;
    while (is_name_char(s[n]))
        n++;
    return isdigit((unsigned char)s[0]) ? 0 : n;
}

bool python_is_name(const char *s)
{
    size_t n = name_length(s);
    return n > 0 && s[n] == '\0';
}

static size_t space_length(const char *s)
{
    return strspn(s, " \t\r\n");
}

/* ---- literals ---- */

static size_t scan_value(const char *s, int depth, struct str *out);

/* The string at s, without prefix; 0 for triple quotes and strings that are not closed. */
static size_t string_length(const char *s)
{
    size_t i = 1;
    if (s[1] == s[0] && s[2] == s[0])
        return 0;
    while (s[i] && s[i] != s[0] && s[i] != '\n')
        i += s[i] == '\\' && s[i + 1] ? 2 : 1;
    return s[i] == s[0] ? i + 1 : 0;
}

static size_t scan_string(const char *s, struct str *out)
{
    size_t prefix = strspn(s, "rRbBuU"), n = string_length(s + prefix);
    if (n == 0)
        return 0;
    str_addn(out, s, prefix);
    str_addc(out, '\'');
    str_addn(out, s + prefix + 1, n - 2);
    str_addc(out, '\'');
    return prefix + n;
}

/* 2.0 and 2. are written as 2. */
static size_t scan_number(const char *s, struct str *out)
{
    size_t sign = s[0] == '-' || s[0] == '+', n = sign;
    if (!isdigit((unsigned char)s[n]) && !(s[n] == '.' && isdigit((unsigned char)s[n + 1])))
        return 0;
    while (is_name_char(s[n]) || s[n] == '.' ||
           ((s[n] == '-' || s[n] == '+') && (s[n - 1] == 'e' || s[n - 1] == 'E')))
        n++;
    size_t whole = sign + strspn(s + sign, "0123456789");
    size_t zeros = s[whole] == '.' ? 1 + strspn(s + whole + 1, "0") : 0;
    str_addn(out, s + (s[0] == '+'), (whole + zeros == n ? whole : n) - (s[0] == '+'));
    return n;
}

static size_t scan_constant(const char *s, struct str *out)
{
    static const char *const words[] = {"True", "False", "None"};
    size_t n = name_length(s);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (n == strlen(words[i]) && memcmp(s, words[i], n) == 0) {
            str_addn(out, s, n);
            return n;
        }
    }
    return 0;
}

/* "key: value" in braces, else a value. */
static size_t scan_item(const char *s, bool braces, int depth, struct str *out)
{
    size_t n = scan_value(s, depth, out);
    size_t colon = n + space_length(s + n);
    if (n == 0 || !braces || s[colon] != ':')
        return n;
    str_addc(out, ':');
    size_t start = colon + 1 + space_length(s + colon + 1);
    size_t value = scan_value(s + start, depth, out);
    return value ? start + value : 0;
}

/* (x) is x, and (x,) is a tuple. */
static size_t scan_brackets(const char *s, int depth, struct str *out)
{
    char close = s[0] == '(' ? ')' : s[0] == '[' ? ']' : '}';
    size_t at = 1 + space_length(s + 1), n_items = 0, n_commas = 0;
    struct str inner CLEANUP_STR = {0};
    while (s[at] != close) {
        size_t n = n_items == n_commas ? scan_item(s + at, close == '}', depth + 1, &inner) : 0;
        if (n == 0)
            return 0;
        n_items++;
        at += n + space_length(s + at + n);
        if (s[at] == ',') {
            str_addc(&inner, ',');
            n_commas++;
            at++;
            at += space_length(s + at);
        }
    }
    if (close == ')' && n_items == 1 && n_commas == 0) {
        str_addn(out, inner.p, inner.len);
        return at + 1;
    }
    str_addc(out, s[0]);
    str_addn(out, str_text(&inner), inner.len);
    if (n_items > n_commas)
        str_addc(out, ',');
    str_addc(out, close);
    return at + 1;
}

static size_t scan_value(const char *s, int depth, struct str *out)
{
    if (depth > MAX_DEPTH)
        return 0;
    if (s[0] && strchr("([{", s[0]))
        return scan_brackets(s, depth, out);
    if (is_quote(s[strspn(s, "rRbBuU")]))
        return scan_string(s, out);
    size_t n = scan_constant(s, out);
    return n ? n : scan_number(s, out);
}

size_t python_literal(const char *s, struct str *out)
{
    struct str canonical CLEANUP_STR = {0};
    size_t n = scan_value(s, 0, &canonical);
    if (n > 0)
        str_addn(out, canonical.p, canonical.len);
    return n;
}

/* ---- calls ---- */

/* From an opening bracket to behind the one that closes it; 0 if none does. */
static size_t brackets_length(const char *s)
{
    char open[MAX_DEPTH];
    size_t depth = 0, i = 0;
    do {
        size_t n = is_quote(s[i]) ? string_length(s + i) : 1;
        if (n == 0 || s[i] == '\0' || s[i] == '#')
            return 0;
        if (strchr("([{", s[i])) {
            if (depth == MAX_DEPTH)
                return 0;
            open[depth++] = s[i] == '(' ? ')' : s[i] == '[' ? ']' : '}';
        } else if (strchr(")]}", s[i]) && s[i] != open[--depth]) {
            return 0;
        }
        i += n;
    } while (depth > 0);
    return i;
}

size_t python_next_call(const char *s, size_t *at)
{
    for (size_t i = *at; s[i];) {
        size_t n = is_quote(s[i]) ? string_length(s + i) : name_length(s + i);
        bool attribute = i > 0 && (s[i - 1] == '.' || is_name_char(s[i - 1]));
        if (n > 0 && s[i + n] == '(' && !is_quote(s[i]) && !attribute) {
            *at = i;
            return n;
        }
        i += n > 0 ? n : 1;
    }
    return 0;
}

static bool calls(const char *s, size_t end, const char *name)
{
    size_t n;
    for (size_t at = 0; (n = python_next_call(s, &at)) > 0 && at < end; at += n)
        if (strlen(name) == n && memcmp(s + at, name, n) == 0)
            return true;
    return false;
}

size_t python_call(const char *s, const char *name)
{
    size_t i = name_length(s);
    bool closed = false;
    while (i > 0 && s[i]) {
        size_t n = s[i] == '(' || s[i] == '[' ? brackets_length(s + i) : 0;
        closed = n > 0;
        if (n == 0 && s[i] == '.' && name_length(s + i + 1) > 0)
            n = 1 + name_length(s + i + 1);
        if (n == 0)
            break;
        i += n;
    }
    return i > 0 && (closed || s[i - 1] == ')' || s[i - 1] == ']') && calls(s, i, name) ? i : 0;
}

bool python_defines(const char *program, const char *name)
{
    for (const char *line = program; *line;) {
        size_t n = strcspn(line, "\n");
        if (line[0] != ' ' && line[0] != '\t' && py_defines(line, n, name))
            return true;
        line += n + (line[n] == '\n');
    }
    return false;
}

bool python_example(const char *text, const char *name, struct python_example *out,
                    struct arena *arena)
{
    struct str expression CLEANUP_STR = {0}, literal CLEANUP_STR = {0};
    text += space_length(text);
    size_t call = python_call(text, name), at = call + space_length(text + call);
    if (call == 0 || text[at] != '=' || text[at + 1] != '=')
        return false;
    at += 2 + space_length(text + at + 2);
    size_t n = python_literal(text + at, &literal);
    at += n;
    at += space_length(text + at);
    if (n == 0 || (text[at] != '\0' && text[at] != '#'))
        return false;
    suite_normal_text(&expression, text, call);
    *out = (struct python_example){arena_strdup(arena, str_text(&expression)),
                                   arena_strdup(arena, str_text(&literal))};
    return true;
}
