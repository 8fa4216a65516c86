/* See wirejson.h. */
#include "model/wirejson.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Behind the string whose opening quote is before s. */
static const char *skip_string(const char *s, const char *end)
{
    while (s < end && *s != '"')
        s += *s == '\\' ? 2 : 1;
    return s < end ? s + 1 : end;
}

bool wirejson_is_monstrous(const char *text, size_t n)
{
    const char *end = text + n;
    int depth = 0, values = 0;
    for (const char *s = text; s < end;) {
        char c = *s++;
        if (c == '"')
            s = skip_string(s, end);
        else if (c == '{' || c == '[')
            depth++, values++;
        else if (c == '}' || c == ']')
            depth--;
        else if (c == ',')
            values++;
        if (depth > WIREJSON_DEPTH || values > WIREJSON_VALUES)
            return true;
    }
    return false;
}

/* The code unit of a \uXXXX escape at s, or -1. */
static long escape_at(const char *s)
{
    if (s[0] != '\\' || s[1] != 'u')
        return -1;
    char hex[5] = {0};
    for (int i = 0; i < 4; i++) {
        if (!s[2 + i] || !strchr("0123456789abcdefABCDEF", s[2 + i]))
            return -1;
        hex[i] = s[2 + i];
    }
    return strtol(hex, NULL, 16);
}

/* jansson refuses half of a surrogate pair; a model whose tokens split a character sends them. */
static void replace_lone_surrogates(char *s)
{
    enum { ESCAPE = 6 };
    while ((s = strchr(s, '\\'))) {
        long unit = escape_at(s);
        if (unit < 0) {
            s += s[1] ? 2 : 1; /* another escape, a quoted backslash among them */
            continue;
        }
        long next = unit >= 0xd800 && unit < 0xdc00 ? escape_at(s + ESCAPE) : -1;
        if (next >= 0xdc00 && next < 0xe000)
            s += ESCAPE;
        else if (unit >= 0xd800 && unit < 0xe000)
            memcpy(s, "\\ufffd", ESCAPE);
        s += ESCAPE;
    }
}

json_t *wirejson_value(const char *text, size_t n, bool *repaired)
{
    if (wirejson_is_monstrous(text, n))
        return NULL;
    json_error_t e;
    json_t *j = json_loadb(text, n, JSON_ALLOW_NUL, &e);
    if (!j && json_error_code(&e) == json_error_numeric_overflow)
        /* together.xyz sends unsigned seeds of 64 bits */
        j = json_loadb(text, n, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &e);
    if (!j && json_error_code(&e) != json_error_premature_end_of_input) {
        char *clean CLEANUP_FREE = utf8_clean(text, n);
        replace_lone_surrogates(clean);
        j = json_loads(clean, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
        if (j)
            *repaired = true;
    }
    return j;
}

json_t *wirejson_object(const char *text, size_t n, bool *repaired)
{
    json_t *j = wirejson_value(text, n, repaired);
    if (json_is_object(j))
        return j;
    json_decref(j);
    return NULL;
}
