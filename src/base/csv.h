/* CSV (RFC 4180): written with commas, and read as it comes from spreadsheets, R and pandas: comma,
 * semicolon or tab, whichever the header uses; quotes, CRLF and a byte order mark. */
#pragma once
#include <stddef.h>
#include "base/arena.h"
#include "base/err.h"

struct str;

struct csv {
    const char *name; /* of the file, for messages */
    const char *at, *end;
    char separator;
    int line;           /* of the row last read */
    int next_line;      /* where the next begins */
    const char **field; /* [n] of that row; valid until the next is read */
    size_t n, cap;
    size_t columns;      /* of the header, the first row */
    struct arena *arena; /* of the row */
};

/* text[n] stays borrowed. */
struct csv csv_open(const char *name, const char *text, size_t n);
void csv_close(struct csv *c);
/* 1 and the row's fields, 0 at the end, or ERR_INPUT with file:line. Empty lines, and rows of which
 * all fields are empty, are skipped. A row with more fields than the header is refused: they would
 * stand under the wrong names. */
int csv_next(struct csv *c, struct err *err);

/* Adds a field, in quotes where it needs them. */
void csv_add_field(struct str *out, const char *text);
