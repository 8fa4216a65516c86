/* See code_text.h. */
#include "tool/code_text.h"

#include <string.h>

#include "base/str.h"
#include "tool/py_scan.h"

static bool starts_with_definition(const char *p)
{
    static const char *const starts[] = {"def ", "class ", "import ", "from ", "async def ", "@"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (str_starts(p, starts[i]))
            return true;
    return false;
}

static bool starts_definition(const char *p)
{
    size_t name = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    const char *behind = p + name + strspn(p + name, " ");
    bool constant = name > 0 && *behind == '=' && behind[1] != '='; /* above a function */
    return constant || starts_with_definition(p);
}

static bool is_blank(const char *p, size_t n)
{
    return strspn(p, " \t\r\n") >= n;
}

/* The bytes of code from `p`, a line of code, up to the next line that is prose. Lines count that
 * start where the first does; what is indented belongs to them. */
static size_t stretch(const char *p, const char *end, size_t indent)
{
    const char *start = p;
    while (p < end) {
        size_t n = py_line(p, (size_t)(end - p)), white = strspn(p, " \t");
        bool inside = white > indent || p[white] == '#';
        if (!is_blank(p, n) && !inside && (white < indent || !py_parses(p, n)))
            break;
        p += n;
    }
    return (size_t)(p - start);
}

/* Adds the code at p, a stretch of n bytes, without the indentation. */
static void add_code(struct str *out, const char *p, size_t n, size_t indent)
{
    for (const char *end = p + n; p < end;) {
        const char *nl = memchr(p, '\n', (size_t)(end - p)), *stop = nl ? nl + 1 : end;
        size_t white = strspn(p, " \t");
        p += white < indent ? white : indent;
        str_addn(out, p, (size_t)(stop - p));
        p = stop;
    }
    if (out->len && out->p[out->len - 1] != '\n')
        str_addc(out, '\n');
}

/* A line that a program starts with. A definition is one wherever it stands; an assignment or a
 * call stands in prose as well, so those count only where nothing else is there. */
static bool starts_code(const char *p, size_t n, bool definitions)
{
    if (!py_parses(p, n))
        return false;
    return definitions ? starts_definition(p + strspn(p, " \t")) : py_does_something(p, n);
}

/* All stretches that start at this indentation (SIZE_MAX: any). */
static void add_stretches(const char *text, const char *end, bool indented, bool definitions,
                          struct str *out)
{
    str_clear(out);
    for (const char *p = text; p < end;) {
        size_t n = py_line(p, (size_t)(end - p)), white = strspn(p, " \t");
        if (n > 0 && (white > 0) == indented && starts_code(p, n, definitions)) {
            size_t len = stretch(p, end, white);
            add_code(out, p, len, white);
            p += len;
            continue;
        }
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        p = nl ? nl + 1 : end;
    }
}

/* Code among prose: "x = 5" and "speed = distance / time" stand in explanations as well. */
static bool is_program(const struct str *code)
{
    for (const char *p = str_text(code); *p; p = strchrnul(p, '\n'), p += *p == '\n')
        if (starts_with_definition(p + strspn(p, " \t")))
            return true;
    return strstr(str_text(code), "print(") != NULL;
}

const char *code_in_text(const char *text, size_t n, struct arena *arena)
{
    static const struct {
        bool indented, definitions;
    } starts[] = {{false, true}, {true, true}, {false, false}};
    struct str out CLEANUP_STR = {0};
    text = arena_strndup(arena, text, n);
    if (py_parses(text, n))
        return py_does_something(text, n) ? text : NULL;
    for (size_t i = 0; i < sizeof starts / sizeof *starts && !is_program(&out); i++)
        add_stretches(text, text + n, starts[i].indented, starts[i].definitions, &out);
    return is_program(&out) ? arena_strndup(arena, out.p, out.len) : NULL;
}
