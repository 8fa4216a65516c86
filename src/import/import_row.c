/* Fields of rows, and lists of tests. */
#include "import/import_row.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "import/import.h"
#include "suite/suite.h"
#include "suite/validate.h"

int import_bad(struct err *err, const char *key, const char *found, const char *expected)
{
    return err_input(err, "field '%s': %s; expected %s", key, found, expected);
}

bool import_has(const struct import_row *row, const char *key)
{
    const json_t *j = json_object_get(row->json, key);
    return j && !json_is_null(j);
}

/* Python reads "\r\n" and "\r" as "\n" everywhere, in strings too. */
static const char *copy_text(const char *s, struct arena *arena)
{
    char *copy = arena_strdup(arena, s), *to = copy;
    for (const char *from = copy; *from; from++) {
        if (*from != '\r')
            *to++ = *from;
        else if (from[1] != '\n')
            *to++ = '\n';
    }
    *to = '\0';
    return copy;
}

static int read_text(const struct import_row *row, const char *key, const json_t *j,
                     const char **out, struct err *err)
{
    static const char expected[] = "a text";
    if (!j || json_is_null(j))
        return import_bad(err, key, "missing", expected);
    if (!json_is_string(j))
        return import_bad(err, key, "not a text", expected);
    const char *s = json_string_value(j);
    if (strlen(s) != json_string_length(j))
        return import_bad(err, key, "a NUL character", "text without one");
    if (str_is_blank(s))
        return import_bad(err, key, "empty", expected);
    *out = copy_text(s, row->arena);
    return 0;
}

int import_text(const struct import_row *row, const char *key, const char **out, struct err *err)
{
    return read_text(row, key, json_object_get(row->json, key), out, err);
}

int import_optional_text(const struct import_row *row, const char *key, const char **out,
                         struct err *err)
{
    const char *s = json_string_value(json_object_get(row->json, key));
    *out = NULL;
    if (!import_has(row, key) || (s && s[0] == '\0'))
        return 0;
    return import_text(row, key, out, err);
}

int import_optional_list(const struct import_row *row, const char *key, struct import_texts *out,
                         struct err *err)
{
    const json_t *list = json_object_get(row->json, key);
    struct import_texts texts = {0};
    if (import_has(row, key) && !json_is_array(list))
        return import_bad(err, key, "not a list", "a list of texts");
    texts.n = json_array_size(list);
    texts.v = arena_alloc(row->arena, (texts.n + 1) * sizeof *texts.v);
    for (size_t i = 0; i < texts.n; i++) {
        int rc = read_text(row, key, json_array_get(list, i), &texts.v[i], err);
        if (rc < 0)
            return rc;
    }
    *out = texts;
    return 0;
}

int import_list(const struct import_row *row, const char *key, struct import_texts *out,
                struct err *err)
{
    if (!import_has(row, key))
        return import_bad(err, key, "missing", "a list of texts");
    int rc = import_optional_list(row, key, out, err);
    return rc == 0 && out->n == 0 ? import_bad(err, key, "an empty list", "at least one text") : rc;
}

const char *import_source(const char *text, struct arena *arena)
{
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\n", text[n - 1]))
        n--;
    while (*text == '\n')
        text++, n--;
    return arena_printf(arena, "%.*s\n", (int)n, text);
}

static bool has_text(const struct import_texts *list, const char *text)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->v[i], text) == 0)
            return true;
    return false;
}

void import_add(struct import_texts *list, const char *text, struct arena *arena)
{
    if (has_text(list, text))
        return;
    const char **grown = arena_alloc(arena, (list->n + 1) * sizeof *grown);
    if (list->n > 0)
        memcpy(grown, list->v, list->n * sizeof *grown);
    grown[list->n++] = text;
    list->v = grown;
}

void import_hide(const struct import_row *row, struct task *t, const struct import_texts *tests)
{
    struct import_texts hidden = {.v = arena_alloc(row->arena, (tests->n + 1) * sizeof *hidden.v)};
    for (size_t i = 0; i < tests->n; i++) {
        if (!has_text(&hidden, tests->v[i]) &&
            !suite_test_leaks(t->entry_point, t->public_tests, t->n_public, tests->v[i]))
            hidden.v[hidden.n++] = tests->v[i];
    }
    row->report->n_repeated += tests->n - hidden.n;
    t->hidden_tests = hidden.v;
    t->n_hidden = hidden.n;
}

void import_note(const struct import_row *row, const char *fmt, ...)
{
    struct import_report *r = row->report;
    struct str s = {0};
    va_list ap;
    str_addf(&s, "%s:%d: ", row->path, row->line);
    va_start(ap, fmt);
    str_vaddf(&s, fmt, ap);
    va_end(ap);
    r->notes = xrealloc(r->notes, (r->n_notes + 1) * sizeof *r->notes);
    r->notes[r->n_notes++] = (struct import_note){.text = str_take(&s)};
}
