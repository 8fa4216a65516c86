/* The string builder. `p` is always NUL-terminated once anything was added; the bytes may hold NUL
 * too, so `len` counts. Start from {0}; free with str_free, or take the bytes with str_take (caller
 * frees). */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/mem.h"

struct str {
    char *p;
    size_t len, cap;
};

void str_add(struct str *s, const char *text);
void str_addn(struct str *s, const char *bytes, size_t n);
void str_addc(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_vaddf(struct str *s, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void str_clear(struct str *s);             /* length 0, memory kept */
void str_shorten(struct str *s, size_t n); /* to its first n bytes, if it has more */
const char *str_text(const struct str *s); /* "" when nothing was added */
char *str_take(struct str *s);             /* caller frees; s is {0} afterwards */
void str_free(struct str *s);
#define CLEANUP_STR CLEANUP(str_free)

bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* "a, b or c". */
void str_add_choice(struct str *s, const char *const *words, size_t n);
bool str_eq(const char *a, const char *b); /* NULL equals NULL only */
bool str_is_blank(const char *s);          /* nothing but spaces, tabs and line breaks */
/* The candidate of `names` nearest to `word` by edit distance, or NULL if none is near: "did you
 * mean". */
const char *str_nearest(const char *word, const char *const *names, size_t n);
