/* See env_file.h. */
#include "base/env_file.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

enum { FILE_MOST = 1 << 20 };

struct reader {
    const char *name; /* of the file */
    const char *at, *end;
    int line; /* of `at` */
    struct err *err;
};

static int refuse(const struct reader *r, int line, const char *expected)
{
    return err_input(r->err, "%s:%d: %s", r->name, line, expected);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && is_blank(*r->at))
        r->at++;
}

static void skip_line(struct reader *r)
{
    while (r->at < r->end && *r->at != '\n')
        r->at++;
}

/* Where the line ends. */
static const char *line_end(const struct reader *r)
{
    const char *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
    return end ? end : r->end;
}

/* ---- names ---- */

static bool is_name(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]) && s[i] != '_')
            return false;
    return n > 0 && !isdigit((unsigned char)*s);
}

static void skip_export(struct reader *r)
{
    static const char word[] = "export";
    const size_t n = sizeof word - 1;
    if ((size_t)(r->end - r->at) > n && memcmp(r->at, word, n) == 0 && is_blank(r->at[n])) {
        r->at += n;
        skip_blanks(r);
    }
}

static int read_name(struct reader *r, char **out)
{
    skip_export(r);
    const char *end = line_end(r), *equals = memchr(r->at, '=', (size_t)(end - r->at));
    if (!equals)
        return refuse(r, r->line, "expected NAME=VALUE, found a line without '='");
    size_t n = (size_t)(equals - r->at);
    while (n > 0 && is_blank(r->at[n - 1]))
        n--;
    if (!is_name(r->at, n))
        return refuse(r, r->line,
                      "expected NAME=VALUE with a name of letters, digits and '_' that does not "
                      "begin with a digit");
    *out = xstrndup(r->at, n);
    r->at = equals + 1;
    return 0;
}

/* ---- values ---- */

static int refuse_expansion(const struct reader *r)
{
    return refuse(r, r->line,
                  "expected text as it is: ${NAME} is not expanded here; in single quotes it "
                  "stands for itself");
}

/* The byte that stands for an escape; 0 where a backslash is itself. */
static char escape_of(char c)
{
    static const char escapes[][2] = {{'n', '\n'}, {'r', '\r'},  {'t', '\t'},
                                      {'"', '"'},  {'\\', '\\'}, {'$', '$'}};
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (escapes[i][0] == c)
            return escapes[i][1];
    return 0;
}

/* After the opening quote; up to behind the closing one. */
static int read_quoted(struct reader *r, char quote, struct str *out)
{
    const int opened = r->line;
    for (; r->at < r->end && *r->at != quote; r->at++) {
        bool escapes = quote == '"' && *r->at == '\\' && r->at + 1 < r->end;
        char escape = escapes ? escape_of(r->at[1]) : 0;
        if (quote == '"' && r->at + 1 < r->end && r->at[0] == '$' && r->at[1] == '{')
            return refuse_expansion(r);
        if (*r->at == '\n')
            r->line++;
        if (*r->at == '\r' && r->at + 1 < r->end && r->at[1] == '\n')
            continue; /* of a line break inside */
        str_addc(out, escape ? escape : *r->at);
        r->at += escape != 0;
    }
    if (r->at == r->end)
        return refuse(r, opened,
                      quote == '"' ? "expected a closing \" to the value that begins here"
                                   : "expected a closing ' to the value that begins here");
    r->at++;
    skip_blanks(r);
    return r->at == r->end || *r->at == '\n' || *r->at == '#'
               ? 0
               : refuse(r, r->line, "expected the end of the line after the closing quote");
}

/* A '#' begins a comment after white space, so that it may stand in a key. */
static int read_plain(struct reader *r, bool after_blank, struct str *out)
{
    const char *end = line_end(r);
    const char *stop = r->at;
    while (stop < end && !(*stop == '#' && (stop > r->at ? is_blank(stop[-1]) : after_blank)))
        stop++;
    for (const char *c = r->at; c + 1 < stop; c++)
        if (c[0] == '$' && c[1] == '{')
            return refuse_expansion(r);
    while (stop > r->at && is_blank(stop[-1]))
        stop--;
    str_addn(out, r->at, (size_t)(stop - r->at));
    return 0;
}

static int read_value(struct reader *r, struct str *out)
{
    const char *before = r->at;
    skip_blanks(r);
    if (r->at < r->end && (*r->at == '"' || *r->at == '\'')) {
        char quote = *r->at++;
        return read_quoted(r, quote, out);
    }
    return read_plain(r, r->at > before, out);
}

/* ---- the file ---- */

static int read_variable(struct reader *r, struct env_file *out)
{
    struct str value CLEANUP_STR = {0};
    char *name CLEANUP_FREE = NULL;
    int rc = read_name(r, &name);
    if (rc == 0)
        rc = read_value(r, &value);
    if (rc < 0)
        return rc;
    out->v = xgrow(out->v, &out->cap, out->n + 1, sizeof *out->v);
    out->v[out->n++] = (struct env_variable){xstrdup(name), xstrdup(str_text(&value))};
    return 0;
}

static int read_all(struct reader *r, struct env_file *out)
{
    for (; r->at < r->end; r->at++, r->line++) { /* over the line's end */
        skip_blanks(r);
        if (r->at < r->end && *r->at != '\n' && *r->at != '#') {
            int rc = read_variable(r, out);
            if (rc < 0)
                return rc;
        }
        skip_line(r);
        if (r->at == r->end)
            break;
    }
    return 0;
}

int env_file_parse(const char *name, const char *text, size_t n, struct env_file *out,
                   struct err *err)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct env_file f = {0};
    struct reader r = {name, text, text + n, 1, err};
    if (memchr(text, '\0', n))
        return err_input(err, "%s: expected lines of NAME=VALUE, found bytes that are no text",
                         name);
    if (n >= 3 && memcmp(text, mark, 3) == 0)
        r.at += 3;
    int rc = read_all(&r, &f);
    if (rc < 0)
        env_file_free(&f);
    *out = f;
    return rc;
}

void env_file_free(struct env_file *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->v[i].name);
        free(f->v[i].value);
    }
    free(f->v);
    *f = (struct env_file){0};
}

int env_file_load(const char *path, struct err *err)
{
    char *text CLEANUP_FREE = NULL;
    struct env_file f = {0};
    size_t n;
    int rc = file_read(path, FILE_MOST, &text, &n, err);
    if (rc == 0)
        rc = env_file_parse(path, text, n, &f, err);
    for (size_t i = f.n; i-- > 0;) /* the last of a name first: it counts */
        setenv(f.v[i].name, f.v[i].value, 0);
    env_file_free(&f);
    return rc;
}
