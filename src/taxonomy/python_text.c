/* See python_text.h. Not a parser: in doubt it finds nothing. */
#include "taxonomy/python_text.h"
#include <ctype.h>
#include <string.h>
#include "base/str.h"

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Has the string at p a prefix with this letter (f"...", rb'...')? */
static bool has_prefix(const char *start, const char *p, const char *letters)
{
    for (int i = 0; i < 2 && p > start && is_name(p[-1]); i++, p--)
        if (strchr(letters, p[-1]))
            return true;
    return false;
}

/* Copies the string literal at p, blanked; returns its end. */
static const char *blank_string(const char *start, const char *p, char *out)
{
    char q = *p;
    bool triple = p[1] == q && p[2] == q, formatted = has_prefix(start, p, "fF");
    size_t quotes = triple ? 3 : 1;
    int depth = 0;
    p += quotes;
    while (*p) {
        bool ends = *p == q && (!triple || (p[1] == q && p[2] == q));
        if (ends || (*p == '\n' && !triple))
            return ends ? p + quotes : p;
        if (*p == '\\' && p[1]) {
            p += 2;
            continue;
        }
        if (formatted && *p == '{')
            depth++;
        else if (formatted && *p == '}')
            depth -= depth > 0;
        else if (depth > 0)
            out[p - start] = *p;
        p++;
    }
    return p;
}

const char *python_bare(const char *program, struct arena *arena)
{
    char *out = arena_strdup(arena, program);
    for (char *c = out; *c; c++)
        if (*c != '\n')
            *c = ' ';
    for (const char *p = program; *p;) {
        if (*p == '#') {
            p += strcspn(p, "\n");
        } else if (*p == '\'' || *p == '"') {
            out[p - program] = '"'; /* in place of a literal */
            p = blank_string(program, p, out);
        } else {
            out[p - program] = *p;
            p++;
        }
    }
    return out;
}

/* ---- imports and calls that a task never needs ---- */

static const char *const modules[] = {
    "os",     "subprocess", "socket",   "shutil", "pathlib",         "tempfile", "glob",
    "urllib", "http",       "requests", "ftplib", "smtplib",         "ssl",      "ctypes",
    "signal", "pty",        "fcntl",    "mmap",   "multiprocessing", "sqlite3",  "webbrowser"};
static const char *const functions[] = {"open", "__import__", "breakpoint", "input"};

static const char *among(const char *const *list, size_t n, const char *word, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(list[i]) == len && memcmp(list[i], word, len) == 0)
            return list[i];
    return NULL;
}

static size_t name_length(const char *p)
{
    size_t n = 0;
    while (is_name(p[n]))
        n++;
    return n;
}

/* "import a.b as c, d" or "from a.b import c" at p: the first listed module. */
static const char *forbidden_import(const char *p)
{
    bool from = str_starts(p, "from ");
    if (!from && !str_starts(p, "import "))
        return NULL;
    p += from ? 5 : 7;
    for (;;) {
        p += strspn(p, " \t");
        const char *found = among(modules, sizeof modules / sizeof *modules, p, name_length(p));
        if (found || from)
            return found;
        p += strcspn(p, ",;\n");
        if (*p != ',')
            return NULL;
        p++;
    }
}

const char *python_forbidden(const char *program, bool reads_stdin, struct arena *arena)
{
    const char *bare = python_bare(program, arena), *found;
    for (const char *p = bare; *p;) {
        size_t n = name_length(p);
        if (n == 0) {
            p++;
            continue;
        }
        char before = p > bare ? p[-1] : '\n';
        if (before != '.' && (found = forbidden_import(p)) != NULL)
            return arena_printf(arena, "import %s", found);
        found = among(functions, sizeof functions / sizeof *functions, p, n);
        bool call = p[n + strspn(p + n, " ")] == '(';
        bool allowed = reads_stdin && (n == 5 || str_starts(p + n, "(0)")); /* input, open(0) */
        bool defined = p - bare >= 4 && memcmp(p - 4, "def ", 4) == 0;
        if (found && call && before != '.' && !allowed && !defined)
            return arena_printf(arena, "%s()", found);
        p += n;
    }
    return NULL;
}
