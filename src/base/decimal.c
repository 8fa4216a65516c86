/* See decimal.h. */
#include "base/decimal.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t skip_digits(const char *s)
{
    return strspn(s, "0123456789");
}

bool decimal_parse(const char *text, double *out)
{
    const char *s = text + (*text == '-' || *text == '+');
    size_t whole = skip_digits(s), part = 0;
    s += whole;
    if (*s == '.')
        part = skip_digits(++s);
    s += part;
    if (whole + part == 0)
        return false;
    if (*s == 'e' || *s == 'E') {
        s += 1 + (s[1] == '-' || s[1] == '+');
        size_t power = skip_digits(s);
        if (power == 0)
            return false;
        s += power;
    }
    *out = strtod(text, NULL);
    return *s == '\0' && isfinite(*out);
}

void decimal_add(struct str *s, double x, int digits, bool plus)
{
    struct str text CLEANUP_STR = {0};
    str_addf(&text, "%.*f", digits, fabs(x));
    bool zero = str_text(&text)[strspn(str_text(&text), "0.")] == '\0';
    if (!zero)
        str_add(s, x < 0 ? "-" : plus ? "+" : "");
    else if (plus && x == 0)
        str_add(s, "+");
    str_add(s, str_text(&text));
}
