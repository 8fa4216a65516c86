/* See label_file.h. */
#include "label/label_file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "label/label_codes.h"

struct label_reading {
    const char *path;
    size_t n_items, n;
    struct label_line *lines; /* [n], room for n_items */
    int *line_of;             /* [n_items + 1] where an item was found; 0 = not yet */
    struct arena *arena;
    struct err *err;
};

static int take(struct label_reading *r, int line, long long item, const char *label,
                const char *note)
{
    if (item < 1 || item > (long long)r->n_items)
        return err_input(r->err, "%s:%d: item: expected a number from 1 to %zu", r->path, line,
                         r->n_items);
    if (r->line_of[item])
        return err_input(r->err, "%s:%d: item %lld has a label in line %d; expected one per item",
                         r->path, line, item, r->line_of[item]);
    if (!label || label_group_of(label) < 0)
        return err_input(r->err, "%s:%d: '%s' is no label; expected " LABEL_EXPECTED, r->path, line,
                         label ? label : "");
    r->line_of[item] = line;
    r->lines[r->n++] = (struct label_line){(size_t)item, arena_strdup(r->arena, label),
                                           arena_strdup(r->arena, note)};
    return 0;
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
        rc = !o ? r->err->code
                : take(r, line, json_get_int(o, "item", 0), json_get_str(o, "label", NULL),
                       json_get_str(o, "note", ""));
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
            if (str_eq(c.field[i], names[k]))
                at[k] = (int)i;
    if (rc >= 0 && (at[0] < 0 || at[1] < 0))
        rc = err_input(r->err, "%s:1: expected JSON lines, or a header with item and label",
                       r->path);
    while (rc >= 0 && (rc = csv_next(&c, r->err)) == 1)
        rc = take(r, c.line, item_number(field(&c, at[0])), field(&c, at[1]), field(&c, at[2]));
    csv_close(&c);
    return rc;
}

int label_file_read(const char *path, size_t n_items, struct label_line **out, size_t *n,
                    struct arena *arena, struct err *err)
{
    char *text CLEANUP_FREE = NULL;
    size_t size;
    int rc = file_read(path, 0, &text, &size, err);
    if (rc < 0)
        return rc;
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
