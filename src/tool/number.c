/* Digits, separators, fractions, powers of ten, and what may stand before them. */
#include "tool/number.h"
#include "base/str.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(const char *p)
{
    size_t n = 0;
    while (digit(p[n]))
        n++;
    return n;
}

/* A separator at p that groups thousands: exactly three digits follow it. Commas, also LaTeX's
 * "{,}", ",\!" and "\,"; apostrophes; of spaces ' ', U+00A0 and U+202F. Its length, or 0. */
static size_t thousands_separator(const char *p, bool spaces)
{
    static const char *const separators[] = {",\\! ", ",\\!",   ",\\,",   ",",      "{,}", "\\,",
                                             "\\!",   "\\;",    "\\:",    "\\ ",    "'",   "\u2019",
                                             "_",     "\u00a0", "\u202f", "\u2009", "~",   " "};
    size_t n_separators = sizeof separators / sizeof *separators - (spaces ? 0 : 5);
    for (size_t i = 0; i < n_separators; i++) {
        size_t n = strlen(separators[i]);
        if (strncmp(p, separators[i], n) == 0 && digits(p + n) == 3)
            return n;
    }
    return 0;
}

/* Digits grouped the Indian way, "12,34,567": the length of all of them, or 0. */
static size_t indian_groups(const char *p)
{
    size_t n = digits(p), pairs = 0;
    if (n < 1 || n > 2 || *p == '0')
        return 0;
    for (; p[n] == ',' && digits(p + n + 1) == 2; pairs++)
        n += 3;
    return pairs > 0 && p[n] == ',' && digits(p + n + 1) == 3 ? n + 4 : 0;
}

/* The whole number of superscripts at p, "\u2076" or "\u207b\u00b2"; the end, or NULL. */
static const char *read_superscript(const char *p, int *value)
{
    static const char *const signs[] = {"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074",
                                        "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
    bool minus = str_starts(p, "\u207b"), found = false;
    p += minus ? strlen("\u207b") : 0;
    *value = 0;
    for (int i = 0; i < 10;) {
        if (str_starts(p, signs[i]) && *value < 100) {
            *value = 10 * *value + i;
            p += strlen(signs[i]);
            found = true;
            i = 0;
        } else {
            i++;
        }
    }
    *value = minus ? -*value : *value;
    return found ? p : NULL;
}

/* "e5", "E-3", " × 10^5", "\times 10^{-2}": as "e5" into out. Returns the end. */
static const char *read_power_of_ten(const char *p, struct str *out)
{
    static const char *const times[] = {"\u00d7", "\\times", "\\cdot", "x", "*", "\u00b7"};
    if ((*p == 'e' || *p == 'E') &&
        (digit(p[1]) || ((p[1] == '-' || p[1] == '+') && digit(p[2])))) {
        size_t n = 2 + digits(p + 2);
        str_addn(out, p, n);
        return p + n;
    }
    const char *q = p + strspn(p, " ");
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        if (!str_starts(q, times[i]))
            continue;
        q += strlen(times[i]);
        q += strspn(q, " ");
        int power;
        const char *end = str_starts(q, "10") ? read_superscript(q + 2, &power) : NULL;
        if (end) {
            str_addf(out, "e%d", power);
            return end;
        }
        if (!str_starts(q, "10^"))
            return p;
        q += 3;
        bool braced = *q == '{';
        q += braced;
        size_t n = (*q == '-') + digits(q + (*q == '-'));
        if (!digit(q[n ? n - 1 : 0]) || n > 4 || (braced && q[n] != '}'))
            return p;
        str_addf(out, "e%.*s", (int)n, q);
        return q + n + braced;
    }
    return p;
}

/* Behind a whole number, all there is of it in `out`: "10\u2076", "10^6", "10^{6}". Superscripts
 * may stand behind any number, "^" only behind 10: "x = 2^n" is a formula. Changes out to plain
 * digits; the end, or NULL where there is no power. */
static const char *read_power(const char *p, struct str *out)
{
    int power = 0;
    const char *end = read_superscript(p, &power), *text = str_text(out);
    if (!end && str_eq(text, "10") && *p == '^') {
        bool braced = p[1] == '{';
        const char *from = p + 1 + braced;
        size_t n = digits(from);
        if (n == 0 || n > 2 || (braced && from[n] != '}'))
            return NULL;
        power = atoi(from);
        end = from + n + braced;
    }
    if (!end || strlen(text) != strspn(text, "0123456789"))
        return NULL;
    double value = pow(strtod(text, NULL), power);
    if (!isfinite(value) || value > 1e300)
        return NULL;
    str_clear(out);
    str_addf(out, fabs(value) < 1e15 && value == floor(value) ? "%.0f" : "%.15g", value);
    return end;
}

/* Digits with thousands separators and a decimal point or comma, as plain text into out. Returns
 * the end. */
static const char *read_decimal(const char *p, bool spaces, struct str *out)
{
    size_t n = indian_groups(p), sep;
    if (n > 0) {
        for (size_t i = 0; i < n; i++)
            if (p[i] != ',')
                str_addc(out, p[i]);
        p += n;
    } else {
        n = digits(p);
        bool grouped = n > 0 && n <= 3 && *p != '0';
        str_addn(out, p, n);
        for (p += n; grouped && (sep = thousands_separator(p, spaces)) > 0; p += sep + 3)
            str_addn(out, p + sep, 3);
        bool decimal_comma = *p == ',' && n > 0 && digits(p + 1) > 0 && digits(p + 1) != 3;
        if (*p == ',' && n > 0 && digits(p + 1) == 3 && !grouped && p[4] != ',')
            decimal_comma = true; /* 0,111 and 1000,999 group nothing */
        if (decimal_comma) {
            str_addc(out, '.');
            str_addn(out, p + 1, digits(p + 1));
            return read_power_of_ten(p + 1 + digits(p + 1), out);
        }
    }
    if (*p == '.' && digit(p[1])) {
        str_add(out, n ? "." : "0.");
        n = digits(p + 1);
        str_addn(out, p + 1, n);
        p += 1 + n;
    }
    const char *power = read_power(p, out);
    return power ? power : read_power_of_ten(p, out);
}

static const char *skip_space(const char *p)
{
    for (;;) {
        if (isspace((unsigned char)*p))
            p++;
        else if (str_starts(p, "\u00a0"))
            p += strlen("\u00a0");
        else if (str_starts(p, "\\ ") || str_starts(p, "\\,") || str_starts(p, "\\!"))
            p += 2;
        else
            return p;
    }
}

/* "{10}" or "1" after \frac; the inside must be a plain number. */
static const char *read_braced(const char *p, struct str *out)
{
    p = skip_space(p);
    if (digit(*p)) {
        str_addc(out, *p);
        return p + 1;
    }
    if (*p != '{')
        return NULL;
    p = skip_space(p + 1);
    if (*p == '-')
        str_addc(out, *p++);
    if (!digit(*p) && *p != '.')
        return NULL;
    p = skip_space(read_decimal(p, true, out));
    return *p == '}' ? p + 1 : NULL;
}

static bool is_whole(const char *plain)
{
    return !strpbrk(plain, ".e");
}

/* \frac{a}{b}, \dfrac, \tfrac as "a/b", or as a decimal if a or b is one. A minus inside goes
 * before the whole: *negative is turned around. */
static const char *read_latex_fraction(const char *p, struct str *out, bool *negative)
{
    static const char *const names[] = {"\\frac", "\\dfrac", "\\tfrac", "\\cfrac"};
    struct str top CLEANUP_STR = {0}, bottom CLEANUP_STR = {0};
    size_t i = 0;
    while (i < 4 && !str_starts(p, names[i]))
        i++;
    p = i < 4 ? read_braced(p + strlen(names[i]), &top) : NULL;
    p = p ? read_braced(p, &bottom) : NULL;
    if (!p)
        return NULL;
    const char *a = str_text(&top), *b = str_text(&bottom);
    *negative ^= (*a == '-') != (*b == '-');
    a += *a == '-';
    b += *b == '-';
    if (is_whole(a) && is_whole(b))
        str_addf(out, "%s/%s", a, b);
    else
        str_addf(out, "%.15g", strtod(a, NULL) / strtod(b, NULL));
    return p;
}

/* ½ and the like as "1/2". */
static const char *read_vulgar_fraction(const char *p, struct str *out)
{
    static const struct {
        const char *sign, *plain;
    } signs[] = {{"\u00bd", "1/2"}, {"\u00bc", "1/4"}, {"\u00be", "3/4"}, {"\u2153", "1/3"},
                 {"\u2154", "2/3"}, {"\u2155", "1/5"}, {"\u2156", "2/5"}, {"\u2157", "3/5"},
                 {"\u2158", "4/5"}, {"\u2159", "1/6"}, {"\u215a", "5/6"}, {"\u215b", "1/8"},
                 {"\u215c", "3/8"}, {"\u215d", "5/8"}, {"\u215e", "7/8"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_starts(p, signs[i].sign)) {
            str_add(out, signs[i].plain);
            return p + strlen(signs[i].sign);
        }
    return NULL;
}

/* The length of a slash between two numbers, also U+2044 and U+2215, or 0. */
static size_t slash_at(const char *p)
{
    return *p == '/'                                            ? 1
           : str_starts(p, "\u2044") || str_starts(p, "\u2215") ? strlen("\u2044")
                                                                : 0;
}

/* Behind a whole number: "/4", or " 3/4", "½" and "\frac{3}{4}" of a mixed number. */
static const char *read_fraction_tail(const char *p, struct str *out)
{
    struct str tail CLEANUP_STR = {0};
    const char *q = skip_space(p), *end;
    bool minus = false;
    if (!is_whole(out->p))
        return p;
    size_t slash = slash_at(q);
    if (slash > 0 && digit(*skip_space(q + slash))) {
        end = read_decimal(skip_space(q + slash), false, &tail);
        str_addf(out, "/%s", str_text(&tail));
        return end;
    }
    end = read_latex_fraction(q, &tail, &minus);
    if (end && (minus || !strchr(str_text(&tail), '/')))
        return p;
    if (!end)
        end = read_vulgar_fraction(q, &tail);
    size_t top = digits(q), bar = slash_at(q + top);
    if (!end && q > p && top > 0 && bar > 0 && digit(q[top + bar])) {
        size_t bottom = digits(q + top + bar);
        str_addf(&tail, "%.*s/%.*s", (int)top, q, (int)bottom, q + top + bar);
        end = q + top + bar + bottom;
    }
    if (!end)
        return p;
    str_addf(out, " %s", str_text(&tail));
    return end;
}

/* " million" and the like; "k", "M" only where money is spoken of ("$50k"), for they stand for
 * other things too. Changes out to plain digits. */
static const char *read_scale(const char *p, bool money, struct str *out)
{
    static const struct {
        const char *word;
        double factor;
        bool money;
    } scales[] = {{"thousand", 1e3, false},  {"million", 1e6, false}, {"billion", 1e9, false},
                  {"trillion", 1e12, false}, {"k", 1e3, true},        {"m", 1e6, true}};
    const char *q = skip_space(p);
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        size_t n = strlen(scales[i].word);
        if (strncasecmp(q, scales[i].word, n) != 0 || isalnum((unsigned char)q[n]))
            continue;
        if (scales[i].money && (!money || q > p))
            continue;
        double value = number_value(str_text(out)) * scales[i].factor;
        if (!isfinite(value))
            return p;
        str_clear(out);
        str_addf(out, "%.15g", value);
        return q + n;
    }
    return p;
}

/* Signs, currency and mathematical decoration that may stand before a number. */
static const char *skip_decoration(const char *p, bool *negative, const char **currency)
{
    static const char *const money[] = {"$",  "\u20ac", "\u00a3", "\u00a5", "\u20b9", "USD",
                                        "US", "EUR",    "GBP",    "Rs.",    "Rs"};
    static const char *const decoration[] = {
        "\\(", "\\[", "\\text{", "\\mathbf{", "\\textbf{", "\\mathrm{", "\\left(", "**", "*",
        "{",   "(",   "=",       "\u2248",    "\\approx",  "~",         "+",       ":",  "\\pm"};
    for (bool again = true; again;) {
        again = false;
        p = skip_space(p);
        if ((*p == '-' && p[1] != '-') || str_starts(p, "\u2212")) {
            *negative = !*negative;
            p += *p == '-' ? 1 : strlen("\u2212");
            again = true;
        }
        if (str_starts(p, "\\$"))
            p++;
        for (size_t i = 0; i < sizeof money / sizeof *money && !again; i++)
            if (str_starts(p, money[i])) {
                p += strlen(money[i]);
                *currency = money[i];
                again = true;
            }
        for (size_t i = 0; i < sizeof decoration / sizeof *decoration && !again; i++)
            if (str_starts(p, decoration[i])) {
                p += strlen(decoration[i]);
                again = true;
            }
    }
    return p;
}

const char *number_read(const char *p, bool spaces, struct str *plain, const char **currency)
{
    bool negative = false;
    const char *sign = NULL;
    struct str body CLEANUP_STR = {0};
    p = skip_decoration(p, &negative, &sign);
    const char *end = read_latex_fraction(p, &body, &negative);
    if (!end)
        end = read_vulgar_fraction(p, &body);
    if (!end) {
        if (!digit(*p) && !(*p == '.' && digit(p[1])))
            return NULL;
        end = read_decimal(p, spaces, &body);
        end = read_fraction_tail(end, &body);
        end = read_scale(end, sign != NULL, &body);
    }
    if (negative)
        str_addc(plain, '-');
    str_add(plain, str_text(&body));
    if (currency)
        *currency = sign;
    return end;
}

double number_value(const char *plain)
{
    bool negative = *plain == '-';
    char *end;
    double v = strtod(plain + negative, &end);
    if (*end == ' ') { /* mixed */
        double top = strtod(end + 1, &end);
        v += *end == '/' ? top / strtod(end + 1, &end) : top;
    } else if (*end == '/') {
        v /= strtod(end + 1, &end);
    }
    return negative ? -v : v;
}
