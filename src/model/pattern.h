/* Sentences with numbers and names in them, as servers write them, read by a pattern.
 *
 * A pattern is found anywhere in the text, in any case. In it
 *   {p} {c} {o} {t} {m}  stand for a whole number ("2048", "128,000", "about" may not precede it),
 *   {f}                  for the name of a field: letters, digits, _ . [ ],
 *   *                    for anything, as short as possible,
 *   '                    for any quote: ' " `
 *   a blank              for white space.
 * Everything else is itself. Time is linear in the text for each part between two stars. */
#pragma once
#include <stdbool.h>

enum { PATTERN_NAME_MAX = 64 };

struct pattern_found {
    int number[26];              /* number['p' - 'a'], ...: 0 = not in the pattern */
    char name[PATTERN_NAME_MAX]; /* {f} */
};

bool pattern_match(const char *pattern, const char *text, struct pattern_found *out);
