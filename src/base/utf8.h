/* UTF-8 (utf8proc): output of models and programs is checked here before it is used as text. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_valid(const char *s, size_t n);
/* A valid copy, NUL-terminated: ill-formed sequences become U+FFFD, NUL becomes U+2400. Caller
 * frees. */
char *utf8_clean(const char *s, size_t n);
/* Writes the bytes of a code point (not a surrogate); returns how many. */
size_t utf8_encode(uint32_t code_point, char out[4]);
/* The largest m <= n at which s may be cut without splitting a character. */
size_t utf8_cut(const char *s, size_t n);
/* Columns a terminal needs for s (wide characters count two). */
int utf8_width(const char *s);
