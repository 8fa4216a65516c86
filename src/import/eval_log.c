/* See eval_log.h: which program a file is of, and what its readers share. */
#include "import/eval_log.h"
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "import/eval_log_impl.h"

/* ---- what the readers share ---- */

int log_refuse(const struct log *l, struct err *err, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return err_input(err, "%s: %s", l->path, text);
}

struct log_row *log_add(struct log *l)
{
    l->rows = xgrow(l->rows, &l->cap, l->n + 1, sizeof *l->rows);
    l->rows[l->n] = (struct log_row){.outcome = -1, .seconds = NAN, .tokens = NAN};
    return &l->rows[l->n++];
}

int log_outcome(const struct log *l, const char *task, const json_t *value, int *out,
                struct err *err)
{
    static const char *const yes[] = {"C", "pass", "passed", "correct", "true", "1"};
    static const char *const no[] = {"I",         "N",     "fail", "failed",
                                     "incorrect", "false", "0",    "timeout"};
    const char *text = json_string_value(value);
    if (!value || json_is_null(value)) {
        *out = -1;
        return 0;
    }
    if (json_is_boolean(value)) {
        *out = json_is_true(value);
        return 0;
    }
    if (json_is_number(value) && (json_number_value(value) == 0 || json_number_value(value) == 1)) {
        *out = json_number_value(value) == 1;
        return 0;
    }
    for (size_t i = 0; text && i < sizeof yes / sizeof *yes; i++)
        if (strcasecmp(text, yes[i]) == 0)
            return *out = 1, 0;
    for (size_t i = 0; text && i < sizeof no / sizeof *no; i++)
        if (strcasecmp(text, no[i]) == 0)
            return *out = 0, 0;
    char *found CLEANUP_FREE = json_text(value);
    return log_refuse(l, err, "task %s: %s is %.60s; expected pass or fail (0 or 1, C or I)", task,
                      l->metric, found);
}

const char *log_text(const struct log *l, const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    if (json_is_string(v))
        return arena_strdup(l->arena, json_string_value(v));
    if (json_is_integer(v))
        return arena_printf(l->arena, "%lld", (long long)json_integer_value(v));
    return json_is_real(v) ? arena_printf(l->arena, "%.17g", json_real_value(v)) : NULL;
}

double log_number(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_number(v) && json_number_value(v) >= 0 ? json_number_value(v) : NAN;
}

const char *log_digest(const struct log *l, const json_t *o)
{
    char hex[HASH_HEX];
    char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    hash_sha256_hex(text ? text : "", text ? strlen(text) : 0, hex);
    free(text);
    return arena_strndup(l->arena, hex, 12);
}

const char *log_choose(const struct log *l, const char *choice, const json_t *names,
                       struct err *err)
{
    struct str list CLEANUP_STR = {0};
    const char *name, *first = NULL;
    json_t *value;
    json_object_foreach ((json_t *)names, name, value) {
        str_addf(&list, "%s%s", first ? ", " : "", name);
        first = first ? first : name;
        if (str_eq(name, choice))
            return arena_strdup(l->arena, name);
    }
    if (!first)
        log_refuse(l, err, "found no score");
    else if (choice)
        log_refuse(l, err, "--metric: there is no '%s'; found %s", choice, str_text(&list));
    else if (json_object_size(names) > 1)
        log_refuse(l, err, "several scores; choose one with --metric: %s", str_text(&list));
    else
        return arena_strdup(l->arena, first);
    return NULL;
}

/* ---- which program ---- */

typedef bool is_fn(const json_t *o);
typedef int read_fn(struct log *l, const json_t *o, const struct log_choice *c, struct err *err);

static const struct reader {
    const char *tool;
    is_fn *is;
    read_fn *read;
    bool lines; /* a file of JSON lines: `is` is asked of the first */
} readers[] = {
    {"Inspect", log_is_inspect, log_read_inspect, false},
    {"EvalPlus", log_is_evalplus, log_read_evalplus, false},
    {"HAL", log_is_hal, log_read_hal, false},
    {"promptfoo", log_is_promptfoo, log_read_promptfoo, false},
    {"lm-eval", log_is_lm_eval, log_read_lm_eval, true},
    {"promptfoo", log_is_promptfoo_line, log_read_promptfoo_lines, true},
};
static const char KNOWN[] = "Inspect, lm-eval, EvalPlus, promptfoo or HAL";

static int read_with(struct log *l, const json_t *all, const json_t *first, bool lines,
                     const struct log_choice *c, struct err *err)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (readers[i].lines != lines || !readers[i].is(first))
            continue;
        l->tool = readers[i].tool;
        return readers[i].read(l, all, c, err);
    }
    return log_refuse(l, err, "JSON, but not a log of %s", KNOWN);
}

/* A list of the lines' objects; NULL and *err. */
static json_t *parse_lines(const struct log *l, const char *text, size_t n, struct err *err)
{
    json_t *list = json_array();
    const char *end = text + n;
    int line = 1;
    for (const char *p = text, *stop; p < end; p = stop + 1, line++) {
        stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        if ((size_t)(stop - p) == strspn(p, " \t\r") || stop == p)
            continue;
        char *what CLEANUP_FREE = xasprintf("%s:%d", l->path, line);
        json_t *o = json_parse(p, (size_t)(stop - p), what, err);
        if (!o) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, o);
    }
    return list;
}

static int read_json(struct log *l, const char *text, size_t n, const struct log_choice *c,
                     struct err *err)
{
    json_t *whole CLEANUP_JSON = json_parse(text, n, l->path, NULL), *lines CLEANUP_JSON = NULL;
    bool one_line = whole && (log_is_lm_eval(whole) || log_is_promptfoo_line(whole));
    if (whole && !one_line)
        return read_with(l, whole, whole, false, c, err);
    const char *newline = memchr(text, '\n', n);
    bool may_be_lines =
        newline && newline > text && text[0] == '{' && newline[-1 - (newline[-1] == '\r')] == '}';
    if (!one_line && !may_be_lines) { /* once more, for the message */
        json_decref(json_parse(text, n, l->path, err));
        return -EINVAL;
    }
    lines = parse_lines(l, text, n, err);
    return lines ? read_with(l, lines, json_array_get(lines, 0), true, c, err) : -EINVAL;
}

int log_read(const char *path, const struct log_choice *choice, struct log *out, struct err *err)
{
    struct log l = {.arena = arena_new()};
    char *text CLEANUP_FREE = NULL;
    size_t n;
    l.path = arena_strdup(l.arena, path);
    l.benchmark = l.metric = "";
    int rc = file_read(path, 0, &text, &n, err), found = 0;
    if (rc == 0 && zip_is(text, n)) {
        l.tool = "Inspect";
        found = 1;
        rc = log_read_inspect_zip(&l, text, n, choice, err);
    } else if (rc == 0 && text[strspn(text, " \t\r\n")] == '{') {
        found = 1;
        rc = read_json(&l, text, n, choice, err);
    }
    if (rc == 0 && found && l.n == 0)
        rc = log_refuse(&l, err, "a log of %s without any sample", l.tool);
    if (rc < 0 || !found)
        log_free(&l);
    else
        *out = l;
    return rc < 0 ? rc : found;
}

void log_free(struct log *l)
{
    free(l->rows);
    arena_free(l->arena);
    *l = (struct log){0};
}
