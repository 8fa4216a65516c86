/* A number as people, models and LaTeX write it. The rules, with examples: docs/extraction.md. */
#pragma once
#include <stdbool.h>

struct str;

/* Reads the number at p, behind signs, currency and mathematical decoration, and adds it to `plain`
 * in plain digits: "-1234.5", "3/4", "1 1/2", "1500000" for "1.5 million". `spaces`: blanks may
 * group its digits. *currency, if not NULL, is set to the sign before it ("$", "EUR"; a static
 * text) or NULL. The end, or NULL when there is no number at p. A unit and a per cent sign are left
 * to read. */
const char *number_read(const char *p, bool spaces, struct str *plain, const char **currency);
/* The value of what number_read adds; may be infinite. */
double number_value(const char *plain);
