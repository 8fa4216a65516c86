/* See definitions.h. This is what the stop sequences of Chen et al. (2021) come to, and the
 * sanitizer of EvalPlus, but that both also leave out what stands before the function. */
#include "tool/definitions.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/str.h"
#include "tool/py_scan.h"

static bool starts_with(const char *line, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(words[i]);
        if (strncmp(line, words[i], len) == 0 && !isalnum((unsigned char)line[len]) &&
            line[len] != '_')
            return true;
    }
    return false;
}
#define STARTS_WITH(line, words) starts_with(line, words, sizeof(words) / sizeof *(words))

/* "x = 1", "x: int = 1", "f.cache = {}", "a, b = 1, 2", "x += 1"; not "x == 1" or "print(end='')".
 */
static bool is_assignment(const char *line, size_t n)
{
    const char *equals = memchr(line, '=', n);
    if (!equals || equals[1] == '=' || equals == line)
        return false;
    for (const char *p = line; p < equals; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_.,[]'\" :*+-/%&|^@", *p))
            return false;
    return true;
}

static bool is_kept(const char *line, size_t n)
{
    static const char *const words[] = {"def", "class", "async", "import", "from", "global"};
    return *line == '@' || *line == '#' || STARTS_WITH(line, words) || is_assignment(line, n);
}

static void add_blank_lines(struct str *out, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] == '\n')
            str_addc(out, '\n');
}

const char *definitions_of(const char *program, const char *entry_point, struct arena *arena)
{
    static const char *const clauses[] = {"else", "elif", "except", "finally"};
    struct str out CLEANUP_STR = {0};
    const char *end = program + strlen(program);
    bool keep = true, left_out = false;
    size_t seen = 0; /* bytes up to the end of the statement that defines it */
    for (const char *p = program; p < end;) {
        size_t n = py_line(p, (size_t)(end - p));
        bool outer = !strchr(" \t\r\n", *p);
        if (n == 0)
            break;
        if (outer && !seen && py_defines(program, (size_t)(p - program), entry_point))
            seen = (size_t)(p - program);
        if (outer && !STARTS_WITH(p, clauses))
            keep = !seen || is_kept(p, n);
        if (keep)
            str_addn(&out, p, n);
        else
            add_blank_lines(&out, p, n);
        left_out = left_out || !keep;
        p += n;
    }
    return left_out ? arena_strndup(arena, str_text(&out), out.len) : program;
}
