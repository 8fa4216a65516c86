/* See label_file.h. */
#include "label/label_file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "label/label_codes.h"

struct label_reading {
    const char *path;
    size_t n_items, n;
    struct label_line *lines; /* [n], room for n_items */
    int *line_of;             /* [n_items + 1] where an item was found; 0 = not yet */
    struct arena *arena;
    struct err *err;
};

/* A label is a group or codes; blanks around them are those of a spreadsheet. NULL stays NULL. */
static char *without_blanks(const char *label, struct arena *arena)
{
    char *out = label ? arena_strdup(arena, label) : NULL;
    size_t n = 0;
    for (const char *p = label; p && *p; p++)
        if (*p != ' ' && *p != '\t')
            out[n++] = *p;
    if (out)
        out[n] = '\0';
    return out;
}

static int take(struct label_reading *r, int line, long long item, const char *said,
                const char *note)
{
    const char *label = without_blanks(said, r->arena);
    if (item < 1 || item > (long long)r->n_items)
        return err_input(r->err, "%s:%d: item: expected a number from 1 to %zu", r->path, line,
                         r->n_items);
    if (r->line_of[item])
        return err_input(r->err, "%s:%d: item %lld has a label in line %d; expected one per item",
                         r->path, line, item, r->line_of[item]);
    if (label && !*label && !*note)
        return 0; /* not labelled yet */
    if (!label || label_group_of(label) < 0)
        return err_input(r->err, "%s:%d: '%s' is no label; expected " LABEL_EXPECTED, r->path, line,
                         label ? label : "");
    r->line_of[item] = line;
    r->lines[r->n++] = (struct label_line){(size_t)item, arena_strdup(r->arena, label),
                                           arena_strdup(r->arena, note)};
    return 0;
}

static int take_object(struct label_reading *r, int line, const json_t *o)
{
    const json_t *note = json_object_get(o, "note"), *label = json_object_get(o, "label");
    if (note && !json_is_null(note) && !json_is_string(note))
        return err_input(r->err, "%s:%d: note: expected a text", r->path, line);
    return take(r, line, json_get_int(o, "item", 0),
                json_is_null(label) ? "" : json_string_value(label), json_get_str(o, "note", ""));
}

static int read_json(struct label_reading *r, const char *text)
{
    int line = 0, rc = 0;
    for (const char *p = text, *end; *p && rc == 0; p = end + (*end == '\n')) {
        end = strchrnul(p, '\n');
        line++;
        if (strspn(p, " \t\r") == (size_t)(end - p))
            continue;
        char *where CLEANUP_FREE = xasprintf("%s:%d", r->path, line);
        json_t *o CLEANUP_JSON = json_parse(p, (size_t)(end - p), where, r->err);
        rc = o ? take_object(r, line, o) : r->err->code;
    }
    return rc;
}

static const char *field(const struct csv *c, int column)
{
    return column >= 0 && (size_t)column < c->n ? c->field[column] : "";
}

/* 0, which is no item, unless all of it is a number. */
static long long item_number(const char *text)
{
    char *end;
    long long n = strtoll(text, &end, 10);
    return *end ? 0 : n;
}

static int read_csv(struct label_reading *r, const char *text, size_t size)
{
    struct csv c = csv_open(r->path, text, size);
    int at[] = {-1, -1, -1};
    static const char *const names[] = {"item", "label", "note"};
    int rc = csv_next(&c, r->err);
    for (size_t i = 0; rc == 1 && i < c.n; i++)
        for (int k = 0; k < 3; k++)
            if (strcasecmp(without_blanks(c.field[i], r->arena), names[k]) == 0)
                at[k] = (int)i;
    if (rc >= 0 && (at[0] < 0 || at[1] < 0))
        rc = err_input(r->err, "%s:1: expected JSON lines, or a header with item and label",
                       r->path);
    while (rc >= 0 && (rc = csv_next(&c, r->err)) == 1)
        rc = take(r, c.line, item_number(field(&c, at[0])), field(&c, at[1]), field(&c, at[2]));
    csv_close(&c);
    return rc;
}

/* What is no text would end in the middle of it (NUL), or be a note that nothing can show. */
static int check_text(const char *path, const char *bytes, size_t n, struct err *err)
{
    int line = 1;
    if (!memchr(bytes, '\0', n) && utf8_valid(bytes, n))
        return 0;
    for (const char *p = bytes, *end; p < bytes + n; p = end + 1, line++) {
        end = memchr(p, '\n', n - (size_t)(p - bytes));
        if (!end)
            end = bytes + n;
        if (memchr(p, '\0', (size_t)(end - p)) || !utf8_valid(p, (size_t)(end - p)))
            break;
    }
    return err_input(
        err,
        "%s:%d: found bytes that are no text in UTF-8, which spreadsheets save as 'CSV "
        "UTF-8'",
        path, line);
}

int label_file_read(const char *path, size_t n_items, struct label_line **out, size_t *n,
                    struct arena *arena, struct err *err)
{
    static const char mark[] = "\xef\xbb\xbf";
    char *bytes CLEANUP_FREE = NULL;
    size_t size;
    int rc = file_read(path, 0, &bytes, &size, err);
    if (rc == 0)
        rc = check_text(path, bytes, size, err);
    if (rc < 0)
        return rc;
    const char *text = bytes + (strncmp(bytes, mark, 3) == 0 ? 3 : 0);
    size -= (size_t)(text - bytes);
    struct label_reading r = {.path = path,
                              .n_items = n_items,
                              .lines = arena_alloc(arena, (n_items + 1) * sizeof *r.lines),
                              .line_of = arena_alloc(arena, (n_items + 1) * sizeof *r.line_of),
                              .arena = arena,
                              .err = err};
    memset(r.line_of, 0, (n_items + 1) * sizeof *r.line_of);
    rc = text[strspn(text, " \t\r\n")] == '{' ? read_json(&r, text) : read_csv(&r, text, size);
    if (rc < 0)
        return rc;
    *out = r.lines;
    *n = r.n;
    return 0;
}
