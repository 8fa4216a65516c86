/* jansson with this project's rules. */
#include "base/json.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

enum { JSON_DIGITS = 15 }; /* 17 would print 0.1 as 0.10000000000000001 */

void json_cleanup(json_t **j)
{
    json_decref(*j);
}

static json_t *parse(const char *text, size_t n, json_error_t *e)
{
    return json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, e);
}

json_t *json_parse(const char *text, size_t n, const char *what, struct err *err)
{
    json_error_t e;
    json_t *j = parse(text, n, &e);
    if (!j)
        err_input(err, "%s: not valid JSON: %s (line %d, column %d)", what, e.text, e.line,
                  e.column);
    return j;
}

json_t *json_read_file(const char *path, struct err *err)
{
    json_error_t e;
    char *text CLEANUP_FREE = NULL;
    size_t n;
    if (file_read(path, JSON_FILE_MAX, &text, &n, err) < 0)
        return NULL;
    json_t *j = parse(text, n, &e);
    if (!j)
        err_input(err, "%s:%d:%d: not valid JSON: %s", path, e.line, e.column, e.text);
    return j;
}

char *json_text(const json_t *j)
{
    return json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(JSON_DIGITS));
}

char *json_text_pretty(const json_t *j)
{
    return json_dumps(j, JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_REAL_PRECISION(JSON_DIGITS));
}

const char *json_word(const json_t *j, struct arena *arena)
{
    if (json_is_string(j))
        return arena_strdup(arena, json_string_value(j));
    if (!json_is_number(j))
        return NULL;
    char *text CLEANUP_FREE = json_text(j);
    return arena_strdup(arena, text);
}

static void add_escaped(unsigned char c, struct str *out)
{
    static const char plain[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *known = strchr(plain, c);
    if (known)
        str_addn(out, (char[]){'\\', names[known - plain]}, 2);
    else
        str_addf(out, "\\u%04X", c);
}

static bool must_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

void json_add_string(const char *text, struct str *out)
{
    char *clean CLEANUP_FREE = NULL;
    if (!utf8_valid(text, strlen(text)))
        text = clean = utf8_clean(text, strlen(text));
    str_addc(out, '"');
    for (const char *p = text;; p++) {
        while (*p && !must_escape((unsigned char)*p))
            p++;
        str_addn(out, text, (size_t)(p - text));
        if (!*p)
            break;
        add_escaped((unsigned char)*p, out);
        text = p + 1;
    }
    str_addc(out, '"');
}

void json_add_real(double value, struct str *out)
{
    char text[32];
    snprintf(text, sizeof text, "%.*g", JSON_DIGITS, value);
    if (strchr(text, 'e')) { /* jansson writes exponents its own way */
        json_t *j CLEANUP_JSON = json_real(value);
        char *as_jansson CLEANUP_FREE = json_text(j);
        str_add(out, as_jansson);
        return;
    }
    str_add(out, text);
    if (!strchr(text, '.'))
        str_add(out, ".0");
}

const char *json_get_str(const json_t *obj, const char *key, const char *fallback)
{
    const char *s = json_string_value(json_object_get(obj, key));
    return s ? s : fallback;
}

double json_get_num(const json_t *obj, const char *key, double fallback)
{
    const json_t *v = json_object_get(obj, key);
    return json_is_number(v) ? json_number_value(v) : fallback;
}

long long json_get_int(const json_t *obj, const char *key, long long fallback)
{
    const json_t *v = json_object_get(obj, key);
    return json_is_integer(v) ? json_integer_value(v) : fallback;
}

bool json_get_bool(const json_t *obj, const char *key, bool fallback)
{
    const json_t *v = json_object_get(obj, key);
    return json_is_boolean(v) ? json_is_true(v) : fallback;
}

json_t *json_bytes(const char *s, size_t n)
{
    if (utf8_valid(s, n) && !memchr(s, 0, n))
        return json_stringn_nocheck(s, n);
    char *clean CLEANUP_FREE = utf8_clean(s, n);
    return json_string(clean);
}
