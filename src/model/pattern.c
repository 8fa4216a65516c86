/* See pattern.h. */
#include "model/pattern.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits, maybe in groups of three; what is behind them, or NULL. */
static const char *read_number(const char *t, int *out)
{
    long long v = 0;
    if (!is_digit(*t))
        return NULL;
    for (;;) {
        bool group =
            *t == ',' && is_digit(t[1]) && is_digit(t[2]) && is_digit(t[3]) && !is_digit(t[4]);
        t += group;
        if (!is_digit(*t))
            break;
        v = v * 10 + (*t++ - '0');
        if (v > INT32_MAX)
            v = INT32_MAX;
    }
    *out = (int)v;
    return t;
}

static bool of_name(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("_.[]", c));
}

static const char *read_name(const char *t, char out[PATTERN_NAME_MAX])
{
    size_t n = 0;
    while (of_name(t[n]))
        n++;
    const char *behind = t + n;
    while (n > 0 && t[n - 1] == '.') /* the sentence's own */
        n--;
    if (n == 0 || n >= PATTERN_NAME_MAX)
        return NULL;
    memcpy(out, t, n);
    out[n] = '\0';
    return behind;
}

static bool is_quote(char c)
{
    return c == '\'' || c == '"' || c == '`';
}

static const char *read_one(const char *p, const char *t)
{
    if (*p == '\'')
        return is_quote(*t) ? t + 1 : NULL;
    if (*p == ' ') {
        size_t blanks = strspn(t, " \t\r\n");
        return blanks ? t + blanks : NULL;
    }
    return tolower((unsigned char)*p) == tolower((unsigned char)*t) ? t + 1 : NULL;
}

static const char *read_capture(char what, const char *t, struct pattern_found *out)
{
    return what == 'f' ? read_name(t, out->name) : read_number(t, &out->number[what - 'a']);
}

/* The part of a pattern from p up to a star or its end, here at t: what is behind it, or NULL. */
static const char *match_here(const char *p, const char *t, struct pattern_found *out)
{
    while (*p && *p != '*' && t) {
        bool capture = *p == '{';
        t = capture ? read_capture(p[1], t, out) : *t ? read_one(p, t) : NULL;
        p += capture ? strlen("{x}") : 1;
    }
    return t;
}

static bool may_begin(const char *p, const char *t, const char *text)
{
    bool number = *p == '{' && p[1] != 'f', name = *p == '{' && p[1] == 'f';
    if (t == text)
        return true;
    return !(number && is_digit(t[-1])) && !(name && of_name(t[-1]));
}

bool pattern_match(const char *pattern, const char *text, struct pattern_found *out)
{
    struct pattern_found found = {0};
    const char *t = text;
    for (const char *p = pattern; p;) {
        const char *behind = NULL;
        for (; !behind && *t; t++)
            if (may_begin(p, t, text))
                behind = match_here(p, t, &found);
        if (!behind)
            return false;
        t = behind;
        p = strchr(p, '*');
        p = p ? p + 1 : NULL;
    }
    *out = found;
    return true;
}
