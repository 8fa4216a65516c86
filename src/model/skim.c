/* See skim.h. */
#include "model/skim.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "model/wirejson.h"

enum {
    TOKENS_AT_FIRST = 48,
    TOKENS_MAX = 1 << 18, /* more values are no reply */
    SHORT = 4096,         /* bytes of a text that cannot nest so deep that it matters */
};

static const jsmntok_t *token(const struct skim *s, int value)
{
    return value == SKIM_NONE ? NULL : (const jsmntok_t *)s->tokens + value;
}

static bool is(const struct skim *s, int value, jsmntype_t type)
{
    return value != SKIM_NONE && token(s, value)->type == type;
}

static size_t length(const jsmntok_t *t)
{
    return (size_t)(t->end - t->start);
}

/* ---- reading ---- */

/* jsmn goes on where it had no more room. What it does at the end of an object is linear in how
 * deep the object lies, so depth is looked at before: a megabyte of brackets kept it busy for
 * minutes. */
static int find_tokens(struct skim *s, const char *text, size_t n)
{
    jsmn_parser parser;
    jsmn_init(&parser);
    if (n > SHORT && wirejson_is_monstrous(text, n))
        return JSMN_ERROR_INVAL;
    for (;;) {
        int found =
            s->cap ? jsmn_parse(&parser, text, n, s->tokens, (unsigned)s->cap) : JSMN_ERROR_NOMEM;
        if (found != JSMN_ERROR_NOMEM || s->cap >= TOKENS_MAX)
            return found;
        s->cap = s->cap ? 2 * s->cap : TOKENS_AT_FIRST;
        s->tokens = xrealloc(s->tokens, (size_t)s->cap * sizeof(jsmntok_t));
    }
}

bool skim_object(struct skim *s, const char *text, size_t n)
{
    s->text = text;
    s->n = n <= INT32_MAX ? find_tokens(s, text, n) : 0;
    if (s->n < 1 || !is(s, SKIM_ROOT, JSMN_OBJECT))
        return false;
    size_t end = (size_t)token(s, SKIM_ROOT)->end;
    while (end < n && text[end] && strchr(" \t\r\n", text[end]))
        end++;
    return end == n;
}

void skim_free(struct skim *s)
{
    free(s->tokens);
    *s = (struct skim){0};
}

/* ---- finding ---- */

static bool spells(const struct skim *s, int value, const char *text, size_t n)
{
    const jsmntok_t *t = token(s, value);
    return length(t) == n && memcmp(s->text + t->start, text, n) == 0;
}

/* The token behind a value and all inside it that belongs to `parent`, too. */
static int behind(const struct skim *s, int value, int parent)
{
    int end = token(s, value)->end, i = value + 1;
    while (i < s->n && token(s, i)->start < end)
        i++;
    return i < s->n && token(s, i)->parent == parent ? i : SKIM_NONE;
}

int skim_get(const struct skim *s, int object, const char *key)
{
    size_t n = strlen(key);
    int found = SKIM_NONE;
    if (!skim_is_object(s, object))
        return SKIM_NONE;
    int name = object + 1 < s->n && token(s, object)->size > 0 ? object + 1 : SKIM_NONE;
    while (name != SKIM_NONE) {
        if (!skim_is_text(s, name) || token(s, name)->size != 1) /* a name without a value */
            return SKIM_NONE;
        if (spells(s, name, key, n))
            found = name + 1;
        name = behind(s, name + 1, object);
    }
    return found;
}

int skim_first(const struct skim *s, int array)
{
    return skim_is_array(s, array) && token(s, array)->size > 0 ? array + 1 : SKIM_NONE;
}

int skim_next(const struct skim *s, int element)
{
    return behind(s, element, token(s, element)->parent);
}

/* ---- what it is ---- */

bool skim_is_text(const struct skim *s, int value)
{
    return is(s, value, JSMN_STRING);
}

bool skim_is_object(const struct skim *s, int value)
{
    return is(s, value, JSMN_OBJECT);
}

bool skim_is_array(const struct skim *s, int value)
{
    return is(s, value, JSMN_ARRAY);
}

bool skim_is_true(const struct skim *s, int value)
{
    return is(s, value, JSMN_PRIMITIVE) && spells(s, value, "true", strlen("true"));
}

bool skim_says(const struct skim *s, int value, const char *text)
{
    return skim_is_text(s, value) && spells(s, value, text, strlen(text));
}

bool skim_is_empty(const struct skim *s, int value)
{
    return !skim_is_text(s, value) || length(token(s, value)) == 0;
}

int skim_count(const struct skim *s, int value, int fallback)
{
    if (!is(s, value, JSMN_PRIMITIVE))
        return fallback;
    const char *digits = s->text + token(s, value)->start; /* a delimiter follows */
    if (!strchr("-0123456789", *digits))
        return fallback;
    double v = strtod(digits, NULL);
    return v >= INT32_MAX ? INT32_MAX : v > 0 ? (int)v : 0;
}

/* ---- taking out ---- */

static uint32_t code_unit(const char *hex)
{
    char digits[5] = {hex[0], hex[1], hex[2], hex[3], '\0'};
    return (uint32_t)strtoul(digits, NULL, 16);
}

/* The \uXXXX at p, maybe two that make one character; returns what is behind. */
static const char *add_unicode(const char *p, const char *end, struct str *out, bool *repaired)
{
    enum { ESCAPE = 6 };
    uint32_t c = code_unit(p + 2), low = 0;
    p += ESCAPE;
    bool high = c >= 0xd800 && c < 0xdc00;
    if (high && end - p >= ESCAPE && p[0] == '\\' && p[1] == 'u')
        low = code_unit(p + 2);
    if (low >= 0xdc00 && low < 0xe000) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        p += ESCAPE;
    } else if (c >= 0xd800 && c < 0xe000) {
        c = 0xfffd;
        *repaired = true;
    }
    char bytes[4];
    str_addn(out, bytes, utf8_encode(c, bytes));
    return p;
}

void skim_text(const struct skim *s, int value, struct str *out, bool *repaired)
{
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (!skim_is_text(s, value))
        return;
    const char *p = s->text + token(s, value)->start, *end = s->text + token(s, value)->end;
    for (const char *slash; (slash = memchr(p, '\\', (size_t)(end - p)));) {
        str_addn(out, p, (size_t)(slash - p));
        if (slash[1] == 'u') { /* jsmn has seen four hex digits */
            p = add_unicode(slash, end, out, repaired);
            continue;
        }
        str_addc(out, meanings[strchr(names, slash[1]) - names]);
        p = slash + 2;
    }
    str_addn(out, p, (size_t)(end - p));
}

json_t *skim_json(const struct skim *s, int value)
{
    bool repaired = false;
    struct str text CLEANUP_STR = {0};
    if (skim_is_object(s, value)) {
        const jsmntok_t *t = token(s, value);
        return wirejson_object(s->text + t->start, length(t), &repaired);
    }
    if (!skim_is_text(s, value))
        return NULL;
    skim_text(s, value, &text, &repaired);
    return json_bytes(str_text(&text), text.len);
}
