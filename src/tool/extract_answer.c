/* The final answer in a reply to a question, and its number. */
#include "tool/extract.h"
#include "base/str.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- numbers ---- */

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

/* A separator at p that groups thousands: exactly three digits follow it. Spaces: ' ', U+00A0,
 * U+202F; commas, also LaTeX's "{,}" and "\,"; apostrophes. Its length, or 0. */
static size_t thousands_separator(const char *p, bool spaces)
{
    static const char *const separators[] = {",", "{,}", "\\,",    "\\!",   "'",
                                             "_", " ",   "\u00a0", "\u202f"};
    for (size_t i = 0; i < sizeof(separators) / sizeof(*separators); i++) {
        size_t n = strlen(separators[i]);
        if (!spaces && i >= 6)
            break;
        if (strncmp(p, separators[i], n) == 0 && digits(p + n) == 3)
            return n;
    }
    return 0;
}

/* Digits with thousands separators and a decimal point or comma, as plain text into out. Returns
 * the end. */
static const char *read_decimal(const char *p, bool spaces, struct str *out)
{
    size_t n = digits(p), sep;
    bool grouped = n > 0 && n <= 3 && *p != '0';
    str_addn(out, p, n);
    for (p += n; grouped && (sep = thousands_separator(p, spaces)) > 0; p += sep + 3)
        str_addn(out, p + sep, 3);
    bool decimal_comma = *p == ',' && n > 0 && digits(p + 1) > 0 && digits(p + 1) != 3;
    if (*p == ',' && n > 0 && digits(p + 1) == 3 && !grouped && p[4] != ',')
        decimal_comma = true; /* 0,111 and 1000,999 group nothing */
    if ((*p == '.' || decimal_comma) && digit(p[1])) {
        if (!n)
            str_addc(out, '0');
        str_addc(out, '.');
        n = digits(p + 1);
        str_addn(out, p + 1, n);
        p += 1 + n;
    }
    if ((*p == 'e' || *p == 'E') &&
        (digit(p[1]) || ((p[1] == '-' || p[1] == '+') && digit(p[2])))) {
        n = 2 + digits(p + 2);
        str_addn(out, p, n);
        p += n;
    }
    return p;
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

/* \frac{a}{b}, \dfrac, \tfrac as "a/b". */
static const char *read_latex_fraction(const char *p, struct str *out)
{
    static const char *const names[] = {"\\frac", "\\dfrac", "\\tfrac", "\\cfrac"};
    for (size_t i = 0; i < 4; i++) {
        if (!str_starts(p, names[i]))
            continue;
        p = read_braced(p + strlen(names[i]), out);
        str_addc(out, '/');
        return p ? read_braced(p, out) : NULL;
    }
    return NULL;
}

/* Behind a whole number: "/4", or " 3/4" and "\frac{3}{4}" of a mixed number. */
static const char *read_fraction_tail(const char *p, struct str *out)
{
    CLEANUP_STR struct str tail = {0};
    const char *q = skip_space(p), *end;
    if (strchr(out->p, '.') || strchr(out->p, 'e'))
        return p;
    if (*q == '/' && digit(*skip_space(q + 1))) {
        end = read_decimal(skip_space(q + 1), false, &tail);
        str_addf(out, "/%s", str_text(&tail));
        return end;
    }
    end = read_latex_fraction(q, &tail);
    if (!end && q > p && digits(q) && q[digits(q)] == '/' && digit(q[digits(q) + 1])) {
        size_t n = digits(q) + 1;
        n += digits(q + n);
        str_addn(&tail, q, n);
        end = q + n;
    }
    if (!end)
        return p;
    str_addf(out, " %s", str_text(&tail));
    return end;
}

/* Signs, currency and mathematical decoration that may stand before a number. */
static const char *skip_decoration(const char *p, bool *negative)
{
    static const char *const decoration[] = {
        "$",   "\\$", "\u20ac", "\u00a3",   "\u00a5",  "\u20b9",    "US", "USD", "EUR",
        "Rs.", "Rs",  "\\(",    "\\[",      "\\text{", "\\mathbf{", "**", "*",   "{",
        "(",   "=",   "\u2248", "\\approx", "~",       "+",         ":",  "\\pm"};
    for (bool again = true; again;) {
        again = false;
        p = skip_space(p);
        if ((*p == '-' && p[1] != '-') || str_starts(p, "\u2212")) {
            *negative = !*negative;
            p += *p == '-' ? 1 : strlen("\u2212");
            again = true;
        }
        for (size_t i = 0; i < sizeof(decoration) / sizeof(*decoration) && !again; i++)
            if (str_starts(p, decoration[i])) {
                p += strlen(decoration[i]);
                again = true;
            }
    }
    return p;
}

/* A number at p (after decoration) as plain text: "-1234.5", "3/4", "1 1/2". Its end, or NULL. */
static const char *read_number(const char *p, bool spaces, struct str *out)
{
    bool negative = false;
    CLEANUP_STR struct str body = {0};
    p = skip_decoration(p, &negative);
    const char *end = read_latex_fraction(p, &body);
    if (!end) {
        str_clear(&body);
        if (!digit(*p) && !(*p == '.' && digit(p[1])))
            return NULL;
        end = read_decimal(p, spaces, &body);
        end = read_fraction_tail(end, &body);
    }
    if (negative)
        str_addc(out, '-');
    str_add(out, str_text(&body));
    return end;
}

static double value_of(const char *plain)
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

bool extract_number(const char *answer, double *value)
{
    CLEANUP_STR struct str plain = {0};
    if (!read_number(answer, true, &plain))
        return false;
    double v = value_of(str_text(&plain));
    if (!isfinite(v))
        return false;
    *value = v;
    return true;
}

/* ---- where the answer stands ---- */

/* The inside of the last \boxed{...} or \fbox{...}, braces matched; an unclosed one runs to the end
 * of its line. */
static const char *last_boxed(const char *text, struct arena *arena)
{
    const char *at = NULL;
    for (const char *p = text; (p = strstr(p, "boxed{")); p++)
        at = p + 6;
    for (const char *p = text; (p = strstr(p, "\\fbox{")); p++)
        at = p + 6 > at ? p + 6 : at;
    if (!at)
        return NULL;
    int depth = 1;
    const char *end = at;
    for (; *end && *end != '\n'; end++) {
        depth += *end == '{' ? 1 : *end == '}' ? -1 : 0;
        if (!depth)
            break;
    }
    return arena_strndup(arena, at, (size_t)(end - at));
}

/* The rest of the line after the last occurrence of a word, case ignored. */
static const char *after_last(const char *text, const char *word, struct arena *arena)
{
    const char *at = NULL;
    for (const char *p = text; (p = strcasestr(p, word)); p += strlen(word))
        at = p + strlen(word);
    if (!at)
        return NULL;
    at = at + strspn(at, " \t*:=\r\n"); /* the answer may stand on the next line */
    return arena_strndup(arena, at, strcspn(at, "\n"));
}

static const char *stated(const char *text, struct arena *arena)
{
    static const char *const words[] = {
        "answer is", "answer:", "answer =", "answer**:", "answer to the question is"};
    const char *best = NULL;
    size_t shortest = (size_t)-1;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        const char *at = NULL;
        for (const char *p = text; (p = strcasestr(p, words[i])); p++)
            at = p;
        if (at && strlen(at) < shortest) {
            shortest = strlen(at);
            best = after_last(at, words[i], arena);
        }
    }
    return best;
}

/* The last number that stands by itself: not the 2 of H2O. */
static const char *last_number(const char *text, struct arena *arena)
{
    CLEANUP_STR struct str last = {0};
    for (const char *p = text; *p;) {
        bool inside = p > text && (isalpha((unsigned char)p[-1]) || p[-1] == '_');
        bool starts = digit(*p) || (*p == '.' && digit(p[1])) || str_starts(p, "\\frac") ||
                      str_starts(p, "\\dfrac");
        if (!starts) {
            p++;
            continue;
        }
        CLEANUP_STR struct str plain = {0};
        bool minus = p > text &&
                     (p[-1] == '-' || str_starts(p - (p - text >= 3 ? 3 : 0), "\u2212")) &&
                     (p - 1 == text || !isalnum((unsigned char)p[-2]));
        const char *end = read_number(p, false, &plain);
        if (!end || end == p) {
            p++;
            continue;
        }
        if (!inside) {
            str_clear(&last);
            str_addf(&last, "%s%s", minus ? "-" : "", str_text(&plain));
        }
        p = end;
    }
    return arena_strdup(arena, str_text(&last));
}

/* Decoration around an answer that is no number: $...$, **...**, \text{...}, quotes, a final full
 * stop. */
static const char *trimmed(const char *s, struct arena *arena)
{
    static const char around[] = " \t\r\n$*\"'`";
    s += strspn(s, around);
    if (str_starts(s, "\\text{"))
        s += strlen("\\text{");
    size_t n = strlen(s);
    while (n &&
           (strchr(around, s[n - 1]) || s[n - 1] == '.' || (s[n - 1] == '}' && !strchr(s, '{'))))
        n--;
    return arena_strndup(arena, s, n);
}

/* A statement may be the number, name it ("x = 5"), or speak of it ("about 5 apples": the last one,
 * unless it begins with one, as "18 dollars for 3 days"). A formula stays text. */
static const char *plain_answer(const char *statement, struct arena *arena)
{
    const char *equals = strrchr(statement, '=');
    if (equals && equals[1 + strspn(equals + 1, " $")])
        statement = equals + 1;
    CLEANUP_STR struct str plain = {0};
    const char *end = read_number(statement, true, &plain);
    if (end && strpbrk(end, "+*^_{"))
        end = NULL;
    if (end)
        return arena_strdup(arena, str_text(&plain));
    if (strpbrk(statement, "+*^_{") && !strstr(statement, "**"))
        return trimmed(statement, arena);
    const char *number = last_number(statement, arena);
    return *number ? number : trimmed(statement, arena);
}

/* The reply is nothing but a number, which may group its digits with spaces. */
static bool only_number(const char *reply, struct str *out)
{
    const char *end = read_number(reply, true, out);
    return end && !end[strspn(end, " \t\r\n.$*")];
}

const char *extract_answer(const char *reply, struct arena *arena)
{
    const char *thought;
    while ((thought = strstr(reply, "</think>")))
        reply = thought + strlen("</think>");
    const char *statement = last_boxed(reply, arena);
    if (!statement)
        statement = after_last(reply, "####", arena);
    if (!statement)
        statement = stated(reply, arena);
    if (statement && *statement)
        return plain_answer(statement, arena);
    CLEANUP_STR struct str plain = {0};
    return only_number(reply, &plain) ? arena_strdup(arena, str_text(&plain))
                                      : last_number(reply, arena);
}
