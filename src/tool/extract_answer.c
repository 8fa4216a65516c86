/* The final answer in a reply to a question: where it stands, its number, and its unit. */
#include "tool/answer.h"
#include "tool/answer_text.h"
#include "tool/extract.h"
#include "tool/finals.h"
#include "tool/number.h"
#include "tool/unit.h"
#include "base/str.h"
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

bool extract_number(const char *answer, double *value)
{
    struct str plain CLEANUP_STR = {0};
    if (!number_read(answer, true, &plain, NULL))
        return false;
    double v = number_value(str_text(&plain));
    if (!isfinite(v))
        return false;
    *value = v;
    return true;
}

/* ---- what follows a number ---- */

struct tail {
    bool formula; /* the number is only the beginning of something: "2x", "4\sqrt{2}", "3:30" */
    bool percent;
    const char *unit; /* where it stands, NULL = none */
    const char *end;  /* behind the unit */
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Closing decoration: what skip_decoration of number.c opens, and white space. */
static const char *skip_closing(const char *p)
{
    static const char *const closing[] = {" ",   "\t", "$",      "\\)",      "\\]",
                                          "\\,", "~",  "\\;",    "\\ ",      "\\!",
                                          "}",   ")",  "\\quad", "\\right)", "\u00a0"};
    for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
        if (str_starts(p, closing[i])) {
            p += strlen(closing[i]);
            i = (size_t)-1;
        } else if (str_starts(p, "**") && !digit(p[2])) {
            p += 2;
            i = (size_t)-1;
        }
    return p;
}

/* An operator at p with something to operate on. "3 - she" is a dash. */
static bool starts_operation(const char *p)
{
    static const char *const always[] = {"^",      "_",      "<",      ">",      "\u00d7",
                                         "\u00f7", "\u03c0", "\u221a", "\\left", "\\in"};
    static const char *const clean[] = {"\\approx", "\\\\",   "\\n",      "\\boxed",
                                        "\\text",   "\\mbox", "\\mathrm", "\\%",
                                        "\\degree", "\\$",    "\\end"};
    bool emphasis = *p == '_' && !isalnum((unsigned char)p[strspn(p, "_")]) && p[1] != '{';
    bool tag = *p == '<' && (p[1] == '/' || p[1] == '|' || isalpha((unsigned char)p[1]));
    if (emphasis || tag)
        return false;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (str_starts(p, always[i]))
            return true;
    for (size_t i = 0; i < sizeof clean / sizeof *clean; i++)
        if (str_starts(p, clean[i]))
            return false;
    if (*p == '\\' && isalpha((unsigned char)p[1]))
        return true;
    if (*p == ':' || *p == ',' || *p == '.')
        return digit(p[1]);
    if (!*p || !strchr("+-*/x", *p))
        return false;
    const char *next = p + 1 + strspn(p + 1, " $");
    bool operand =
        digit(*next) || *next == '(' || str_starts(next, "\\frac") || str_starts(next, "\\sqrt");
    return operand || (*p != '-' && *p != 'x' && isalpha((unsigned char)*next) &&
                       !isalpha((unsigned char)next[1]));
}

/* Is there a unit at p, behind a number that ends at `number`? A word glued to the number must be
 * in the table, or long enough not to be variables. */
static size_t read_unit(const char *p, const char *number, struct unit *out)
{
    static const char *const no_units[] = {"and", "or", "in", "to", "is", "of", "for", "a", "an"};
    size_t n = unit_read(p, out);
    bool glued = p == number;
    if (n > 0 && out->kind == UNIT_UNKNOWN) {
        for (size_t i = 0; i < sizeof no_units / sizeof *no_units; i++)
            if (n == strlen(no_units[i]) && strncasecmp(p, no_units[i], n) == 0)
                return 0;
        if (glued && n < 3)
            return 0;
    }
    return n;
}

static struct tail read_tail(const char *number)
{
    const char *p = skip_closing(number);
    struct tail t = {.end = p};
    if (str_starts(p, "^\\circ") || str_starts(p, "^{\\circ}")) {
        t.unit = p;
        t.end = skip_closing(strstr(p, "circ") + 4);
        return t;
    }
    struct unit unit;
    bool goes_on = str_starts(p, "\\text{ and") || str_starts(p, "\\text{ or");
    size_t n = goes_on || starts_operation(p) ? 0 : read_unit(p, number, &unit);
    if (n > 0) {
        t.percent = unit.kind == UNIT_PERCENT;
        t.unit = p;
        t.end = p + n;
        return t;
    }
    bool glued_letter = p == number && isalpha((unsigned char)*p);
    t.formula = glued_letter || goes_on || starts_operation(p);
    return t;
}

/* ---- reading a number with what belongs to it ---- */

/* "42 dollars and 50 cents", "5 feet 6 inches": the second part, at p, is added in the unit of the
 * first, of which it is less than one. Returns the end. */
static const char *add_smaller_unit(const char *p, struct answer_reading *out, struct arena *arena)
{
    struct str plain CLEANUP_STR = {0};
    struct unit large, small;
    double ratio;
    const char *q = p + strspn(p, " ,");
    q += str_starts(q, "and ") ? 4 : 0;
    const char *end = digit(*q) ? number_read(q, false, &plain, NULL) : NULL;
    if (!end || unit_read(out->unit, &large) == 0 || large.kind == UNIT_PERCENT)
        return p;
    end += strspn(end, " ");
    size_t n = unit_read(end, &small);
    if (n == 0 || small.kind != large.kind || unit_compare(&small, &large, &ratio) != UNITS_CONVERT)
        return p;
    double value = number_value(str_text(&plain)) * ratio;
    if (!isfinite(value) || value <= 0 || value >= 1 || strchr(out->text, '.'))
        return p;
    out->value += signbit(out->value) ? -value : value;
    bool money = large.kind == UNIT_DOLLAR || large.kind == UNIT_EURO || large.kind == UNIT_POUND;
    out->text = arena_printf(arena, money ? "%.2f" : "%.15g", out->value);
    out->decimals = money ? 2 : (int)strlen(out->text);
    return end + n;
}

/* The number at p into out, with its unit. The end of both, or NULL when there is no number or it
 * is only part of a formula. */
static const char *read_quantity(const char *p, bool spaces, struct answer_reading *out,
                                 struct arena *arena)
{
    struct str plain CLEANUP_STR = {0};
    const char *currency, *end = number_read(p, spaces, &plain, &currency);
    if (!end)
        return NULL;
    struct tail t = read_tail(end);
    double value = number_value(str_text(&plain));
    if (t.formula)
        return NULL;
    const char *point = strchr(str_text(&plain), '.');
    *out = (struct answer_reading){.text = arena_strdup(arena, str_text(&plain)),
                                   .found = isfinite(value),
                                   .percent = t.percent};
    if (!out->found)
        return t.end;
    out->value = value;
    out->decimals = point && !strchr(out->text, '/') ? (int)strspn(point + 1, "0123456789") : 0;
    out->unit = currency && !t.percent ? currency
                : t.unit               ? arena_strndup(arena, t.unit, (size_t)(t.end - t.unit))
                                       : NULL;
    return out->unit ? add_smaller_unit(t.end, out, arena) : t.end;
}

/* Where the number at p really starts: at a minus and a currency before it. "3-4" has no minus. */
static const char *start_of_number(const char *text, const char *p)
{
    static const char *const before[] = {"$", "\\$", "\u20ac", "\u00a3", "\u00a5", "\u20b9"};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        size_t n = strlen(before[i]);
        if ((size_t)(p - text) >= n && strncmp(p - n, before[i], n) == 0) {
            p -= n;
            break;
        }
    }
    size_t n = p > text && p[-1] == '-' ? 1 : 0;
    if ((size_t)(p - text) >= strlen("\u2212") && str_starts(p - strlen("\u2212"), "\u2212"))
        n = strlen("\u2212");
    bool minus = n > 0 && (p - n == text || !isalnum((unsigned char)p[-(ptrdiff_t)n - 1]));
    return minus ? p - n : p;
}

/* ---- where the answer stands ---- */

/* The inside of a reply that is one formula: "$4\sqrt{2}$", "\[ 9 \]". NULL if it is not. */
static const char *only_formula(const char *reply, struct arena *arena)
{
    static const char *const around[][2] = {
        {"$$", "$$"}, {"$", "$"}, {"\\[", "\\]"}, {"\\(", "\\)"}};
    reply += strspn(reply, " \t\r\n");
    size_t n = strlen(reply);
    while (n > 0 && strchr(" \t\r\n.", reply[n - 1]))
        n--;
    for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
        size_t open = strlen(around[i][0]), close = strlen(around[i][1]);
        if (n <= open + close || !str_starts(reply, around[i][0]) ||
            strncmp(reply + n - close, around[i][1], close) != 0)
            continue;
        const char *inside = arena_strndup(arena, reply + open, n - open - close);
        return strpbrk(inside, "$\n") ? NULL : inside;
    }
    return NULL;
}

/* Is what stands before p the "x_" of x_1, and not the "_" of _42_? */
static bool in_name(const char *text, const char *p)
{
    const char *q = p;
    while (q > text && q[-1] == '_')
        q--;
    return q < p && q > text && (isalnum((unsigned char)q[-1]) || strchr("})", q[-1]));
}

/* The last number that stands by itself: not the 2 of H2O, nor that of 2\pi. */
static bool last_number(const char *text, struct answer_reading *out, struct arena *arena)
{
    bool found = false;
    for (const char *p = text; *p;) {
        bool inside = p > text && (isalpha((unsigned char)p[-1]) || in_name(text, p));
        bool starts = digit(*p) || (*p == '.' && digit(p[1])) || str_starts(p, "\\frac") ||
                      str_starts(p, "\\dfrac");
        struct str plain CLEANUP_STR = {0};
        const char *end = starts ? number_read(p, false, &plain, NULL) : NULL;
        if (!end || end == p) {
            p++;
            continue;
        }
        struct answer_reading got;
        const char *from = inside ? p : start_of_number(text, p);
        if (!inside && read_quantity(from, false, &got, arena)) {
            *out = got;
            found = true;
        }
        p = end;
    }
    return found;
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

/* "2, 3, 5", "(1, 4.5)", "1;2": several numbers where one was asked for. */
static bool is_list(const char *statement)
{
    bool bracket = strchr("([", statement[strspn(statement, " $\\{")]) && *statement;
    for (const char *p = statement; *p; p++) {
        if (isalpha((unsigned char)*p) && !bracket)
            return false;
        const char *next = p + 1 + strspn(p + 1, " \\$");
        bool separates = (*p == ';' && (p == statement || p[-1] != '\\')) ||
                         (*p == ',' && (next > p + 1 || bracket));
        if (separates && (digit(*next) || (*next == '-' && digit(next[1]))))
            return true;
    }
    return false;
}

/* "x > 5": a number in it, but not what it says. */
static bool is_relation(const char *statement)
{
    static const char *const signs[] = {"\\le", "\\ge", "\\lt", "\\gt", "\\ne", "\\in ", "!="};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strstr(statement, signs[i]) && !str_starts(strstr(statement, signs[i]), "\\left"))
            return true;
    const char *sign = strpbrk(statement, "<>");
    return sign && (sign[1] == ' ' || digit(sign[1]) || sign[1] == '=');
}

/* Up to the end of the first sentence: "18 dollars. Each of the 3 friends ..." */
static const char *first_sentence(const char *statement, struct arena *arena)
{
    for (const char *p = statement; (p = strstr(p, ". ")); p++)
        if (isupper((unsigned char)p[2]))
            return arena_strndup(arena, statement, (size_t)(p - statement));
    return statement;
}

/* The reply is nothing but a number, which may group its digits with spaces. */
static bool only_number(const char *reply, struct answer_reading *out, struct arena *arena)
{
    struct answer_reading got;
    const char *end = read_quantity(reply, true, &got, arena);
    if (!end || end[strspn(end, " \t\r\n.$*})\\]")])
        return false;
    *out = got;
    return true;
}

/* "42 = 6 * 7": the number that the formula is said to be. */
static bool read_value_before(const char *statement, const char *equals, struct answer_reading *out,
                              struct arena *arena)
{
    if (!equals || memchr(statement, '=', (size_t)(equals - statement)))
        return false;
    return only_number(arena_strndup(arena, statement, (size_t)(equals - statement)), out, arena);
}

/* A statement may be the number, name it ("x = 5"), or speak of it ("about 5 apples": the last one,
 * unless it begins with one, as "18 dollars for 3 days"). A formula stays text. */
static void read_statement(const char *statement, struct answer_reading *out, struct arena *arena)
{
    const char *equals = strrchr(statement, '='), *nearly = strstr(statement, "\\approx");
    const char *before = statement;
    if (equals && equals[1 + strspn(equals + 1, " $")])
        statement = equals + 1;
    else if (nearly)
        statement = nearly + strlen("\\approx");
    struct str plain CLEANUP_STR = {0};
    bool begins = number_read(statement, true, &plain, NULL) != NULL;
    if (!is_list(statement) && !is_relation(statement)) {
        if (read_quantity(statement, true, out, arena))
            return;
        if (before != statement && read_value_before(before, equals, out, arena))
            return;
        bool formula = begins || (strpbrk(statement, "+*^_{") && !strstr(statement, "**"));
        if (!formula && (last_number(first_sentence(statement, arena), out, arena) ||
                         last_number(statement, out, arena)))
            return;
    }
    *out = (struct answer_reading){.text = trimmed(statement, arena)};
}

/* ---- is it clear? ---- */

/* Statements that are different numbers. */
static const char *contradiction(const struct finals *f, struct arena *arena)
{
    struct answer_reading first = {0}, other;
    for (size_t i = 0; i < f->n; i++) {
        read_statement(f->text[i], &other, arena);
        if (first.found && other.found && !answer_equal(first.value, other.value, 0))
            return arena_printf(arena, "the reply states %s and %s; the last is taken", first.text,
                                other.text);
        first = other.found ? other : first;
    }
    return NULL;
}

/* Is there another number in the text than the one that was taken? */
static bool has_other_number(const char *text, const struct answer_reading *taken)
{
    for (const char *p = text + strcspn(text, "0123456789"); *p;) {
        struct str plain CLEANUP_STR = {0};
        const char *end = number_read(p, false, &plain, NULL);
        double v = end ? number_value(str_text(&plain)) : taken->value;
        if (isfinite(v) && !answer_equal(fabs(v), fabs(taken->value), 0))
            return true;
        p = end && end > p ? end : p + 1;
        p += strcspn(p, "0123456789");
    }
    return false;
}

/* "- 42 apples": a list of one item. */
static const char *behind_bullet(const char *text)
{
    const char *p = text + strspn(text, " \t\n");
    return (*p == '-' || *p == '+' || *p == '*') && p[1] == ' ' ? p + 2 : text;
}

static const char unmarked[] = "no final answer is marked; the last of several numbers is taken";
static const char first_line[] =
    "no final answer is marked; the number that stands alone in the first line is taken";
static const char in_words[] = "the final answer is put in words with several numbers";

void answer_read(const char *reply, struct answer_reading *out, struct arena *arena)
{
    const char *text = behind_bullet(answer_text(reply, arena));
    struct finals f = finals_in(text, arena);
    const char *statement = f.n > 0 ? f.text[f.n - 1] : only_formula(text, arena);
    *out = (struct answer_reading){.text = ""};
    if (statement && *statement) {
        read_statement(statement, out, arena);
        out->ambiguous = contradiction(&f, arena);
        bool several = f.weak || strstr(statement, " or ");
        if (!out->ambiguous && several && out->found && has_other_number(statement, out))
            out->ambiguous = in_words;
        return;
    }
    if (only_number(text, out, arena))
        return;
    const char *line = text + strspn(text, " \t\n"); /* "42", then the explanation */
    bool first = only_number(arena_strndup(arena, line, strcspn(line, "\n")), out, arena);
    if ((first || last_number(text, out, arena)) && has_other_number(text, out))
        out->ambiguous = first ? first_line : unmarked;
}

const char *extract_answer_flagged(const char *reply, const char **ambiguous, struct arena *arena)
{
    struct answer_reading reading;
    answer_read(reply, &reading, arena);
    *ambiguous = reading.ambiguous;
    return reading.text;
}

const char *extract_answer(const char *reply, struct arena *arena)
{
    const char *ambiguous;
    return extract_answer_flagged(reply, &ambiguous, arena);
}
