/* The string builder, and comparisons of strings. */
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAP_AT_FIRST = 128 };

static void str_reserve(struct str *s, size_t more)
{
    size_t need = s->len + more + 1;
    s->p = xgrow(s->p, &s->cap, s->cap == 0 && need < CAP_AT_FIRST ? CAP_AT_FIRST : need, 1);
}

void str_addn(struct str *s, const char *bytes, size_t n)
{
    str_reserve(s, n);
    if (n)
        memcpy(s->p + s->len, bytes, n);
    s->len += n;
    s->p[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
    str_addn(s, text, strlen(text));
}

void str_addc(struct str *s, char c)
{
    str_addn(s, &c, 1);
}

void str_vaddf(struct str *s, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    if (n > 0) {
        str_reserve(s, (size_t)n);
        vsnprintf(s->p + s->len, (size_t)n + 1, fmt, again);
        s->len += (size_t)n;
    } else {
        str_addn(s, "", 0);
    }
    va_end(again);
}

void str_addf(struct str *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(s, fmt, ap);
    va_end(ap);
}

void str_shorten(struct str *s, size_t n)
{
    if (n >= s->len)
        return;
    s->len = n;
    s->p[n] = '\0';
}

void str_clear(struct str *s)
{
    s->len = 0;
    if (s->p)
        s->p[0] = '\0';
}

const char *str_text(const struct str *s)
{
    return s->p ? s->p : "";
}

char *str_take(struct str *s)
{
    char *p = s->p ? s->p : xstrdup("");
    *s = (struct str){0};
    return p;
}

void str_free(struct str *s)
{
    free(s->p);
    *s = (struct str){0};
}

bool str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

void str_add_choice(struct str *s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        str_addf(s, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", words[i]);
}

bool str_eq(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool str_is_blank(const char *s)
{
    return s[strspn(s, " \t\r\n")] == '\0';
}

/* Levenshtein distance, one row at a time. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t n = strlen(b);
    size_t *row CLEANUP_FREE = xcalloc(n + 1, sizeof *row);
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a[i] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

const char *str_nearest(const char *word, const char *const *names, size_t n)
{
    const char *best = NULL;
    size_t best_distance = strlen(word) / 3 + 2; /* a word farther away is not a misspelling */
    for (size_t i = 0; i < n; i++) {
        size_t d = edit_distance(word, names[i]);
        if (d < best_distance) {
            best = names[i];
            best_distance = d;
        }
    }
    return best;
}
