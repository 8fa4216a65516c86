/* See math_value.h. */
#include "control/math_value.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "tool/finals.h"
#include "suite/suite.h"
#include "tool/answer.h"
#include "tool/extract.h"

bool math_number(const char *text, double *number)
{
    text += strspn(text, " \t\r\n");
    if (*text == '[' || *text == '{') /* a list, a dictionary: not one number */
        return false;
    if (extract_number(text, number))
        return true;
    struct arena *arena = arena_new();
    bool found = extract_number(extract_answer(text, arena), number);
    arena_free(arena);
    return found;
}

const char *math_plain(const char *text, struct arena *arena)
{
    double v;
    size_t sign = *text == '-';
    if (text[sign] && strspn(text + sign, "0123456789") == strlen(text + sign))
        return text; /* of any length */
    return math_number(text, &v) ? arena_printf(arena, "%.15g", v) : text;
}

static bool is_whole_type(const char *type)
{
    static const char *const words[] = {"int", "integer", "count", "whole number"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(words[i], type))
            return true;
    return false;
}

enum { SHOWN_BYTES = 80 }; /* of a value that is no number */

static const char *shown(const char *value, struct arena *arena)
{
    size_t n = strlen(value);
    return arena_strndup(arena, value, n <= SHOWN_BYTES ? n : utf8_cut(value, SHOWN_BYTES));
}

const char *math_type_error(const char *value, const char *type, struct arena *arena)
{
    double v;
    if (!value)
        return "the program gave no value: it must assign the result to `answer` and print it";
    if (!math_number(value, &v))
        return arena_printf(arena, "the result is '%s'; expected one number", shown(value, arena));
    if (is_whole_type(type) && fabs(v - round(v)) > SUITE_TOLERANCE)
        return arena_printf(arena, "the result is %.15g; expected a whole number", v);
    return NULL;
}

const char *math_stated(const char *reply, const char *type, const char **error,
                        struct arena *arena)
{
    struct finals f = finals_find(reply, arena);
    const char *text = f.n > 0 ? f.text[f.n - 1] : extract_answer(reply, arena);
    *error = *text ? math_type_error(text, type, arena) : "the reply does not end in a number";
    return *error ? NULL : math_plain(text, arena);
}

bool math_same(const char *a, const char *b)
{
    double x, y;
    if (!math_number(a, &x) || !math_number(b, &y))
        return strcmp(a, b) == 0;
    return answer_equal(x, y, SUITE_TOLERANCE);
}

size_t math_majority(const char *const *v, size_t n)
{
    size_t best = 0, most = 0;
    for (size_t i = 0; i < n; i++) {
        size_t same = 0;
        for (size_t j = 0; j < n; j++)
            same += math_same(v[i], v[j]);
        if (same > most) {
            most = same;
            best = i;
        }
    }
    return best;
}

bool math_right(const char *given, const struct task *t)
{
    struct answer_reading r;
    struct arena *arena = arena_new();
    answer_read(given, &r, arena);
    bool right = answer_compare(&r, t->answer, t->tolerance, t->unit) == ANSWER_RIGHT;
    arena_free(arena);
    return right;
}
