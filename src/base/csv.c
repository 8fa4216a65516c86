/* See csv.h. */
#include "base/csv.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"

/* The separator that the first line has most of. */
static char guess_separator(const char *text, const char *end)
{
    static const char known[] = {',', ';', '\t'};
    char best = ',';
    size_t most = 0;
    for (size_t k = 0; k < sizeof known; k++) {
        size_t n = 0;
        for (const char *p = text; p < end && *p != '\n'; p++)
            n += *p == known[k];
        if (n > most) {
            most = n;
            best = known[k];
        }
    }
    return best;
}

struct csv csv_open(const char *name, const char *text, size_t n)
{
    const char *end = text + n;
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    return (struct csv){.name = name,
                        .at = text,
                        .end = end,
                        .separator = guess_separator(text, end),
                        .next_line = 1};
}

void csv_close(struct csv *c)
{
    free(c->field);
    arena_free(c->arena);
    *c = (struct csv){0};
}

static void add_field(struct csv *c, const char *text, size_t n)
{
    c->field = xgrow(c->field, &c->cap, c->n + 1, sizeof *c->field);
    c->field[c->n++] = arena_strndup(c->arena, text, n);
}

/* At an opening quote: the text up to the closing one, "" standing for a quote. */
static int quoted_field(struct csv *c, struct err *err)
{
    struct str text CLEANUP_STR = {0};
    for (c->at++; c->at < c->end; c->at++) {
        if (*c->at == '"' && !(c->at + 1 < c->end && c->at[1] == '"')) {
            c->at++;
            add_field(c, str_text(&text), text.len);
            return 0;
        }
        c->next_line += *c->at == '\n';
        str_addc(&text, *c->at);
        c->at += *c->at == '"'; /* the second of a pair */
    }
    return err_input(err, "%s:%d: found a quote that is never closed", c->name, c->line);
}

static int read_field(struct csv *c, struct err *err)
{
    if (c->at < c->end && *c->at == '"')
        return quoted_field(c, err);
    const char *start = c->at;
    while (c->at < c->end && *c->at != c->separator && *c->at != '\n' && *c->at != '\r')
        c->at++;
    add_field(c, start, (size_t)(c->at - start));
    return 0;
}

static bool skip_line_end(struct csv *c)
{
    const char *before = c->at;
    if (c->at < c->end && *c->at == '\r')
        c->at++;
    if (c->at < c->end && *c->at == '\n')
        c->at++;
    c->next_line += c->at > before;
    return c->at > before;
}

static int read_row(struct csv *c, struct err *err)
{
    for (;;) {
        int rc = read_field(c, err);
        if (rc < 0)
            return rc;
        if (c->at >= c->end || skip_line_end(c))
            return 0;
        if (*c->at != c->separator)
            return err_input(err, "%s:%d: found text after a closing quote; expected '%c'", c->name,
                             c->line, c->separator);
        c->at++;
    }
}

/* Fields up to the last that holds something. */
static size_t filled(const struct csv *c)
{
    size_t n = c->n;
    while (n > 0 && !*c->field[n - 1])
        n--;
    return n;
}

int csv_next(struct csv *c, struct err *err)
{
    size_t n = 0;
    while (n == 0) {
        while (skip_line_end(c))
            continue;
        if (c->at >= c->end)
            return 0;
        arena_free(c->arena);
        c->arena = arena_new();
        c->n = 0;
        c->line = c->next_line;
        int rc = read_row(c, err);
        if (rc < 0)
            return rc;
        n = filled(c);
    }
    if (c->columns == 0)
        c->columns = c->n;
    if (n > c->columns)
        return err_input(err,
                         "%s:%d: found %zu fields; expected no more than the %zu of the header (a "
                         "field with a '%c' in it stands in quotes)",
                         c->name, c->line, n, c->columns, c->separator);
    return 1;
}

void csv_add_field(struct str *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        str_add(out, text);
        return;
    }
    str_addc(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            str_addc(out, '"');
        str_addc(out, *text);
    }
    str_addc(out, '"');
}
