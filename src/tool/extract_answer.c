/* The final answer in a reply to a question: where it stands, its number, and its unit. */
#include "tool/answer.h"
#include "tool/extract.h"
#include "tool/number.h"
#include "tool/unit.h"
#include "base/str.h"
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

bool extract_number(const char *answer, double *value)
{
    CLEANUP_STR struct str plain = {0};
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
    for (size_t i = 0; i < sizeof(closing) / sizeof(*closing); i++)
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
    for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
        if (str_starts(p, always[i]))
            return true;
    for (size_t i = 0; i < sizeof(clean) / sizeof(*clean); i++)
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
        for (size_t i = 0; i < sizeof(no_units) / sizeof(*no_units); i++)
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

/* The number at p into out, with its unit. The end of both, or NULL when there is no number or it
 * is only part of a formula. */
static const char *read_quantity(const char *p, bool spaces, struct answer_reading *out,
                                 struct arena *arena)
{
    CLEANUP_STR struct str plain = {0};
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
    return t.end;
}

/* Where the number at p really starts: at a minus and a currency before it. "3-4" has no minus. */
static const char *start_of_number(const char *text, const char *p)
{
    static const char *const before[] = {"$", "\\$", "\u20ac", "\u00a3", "\u00a5", "\u20b9"};
    for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
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

/* The inside of the last \boxed{...} or \fbox{...}, braces matched; an unclosed one runs to the end
 * of its line. *rest is what follows it. */
static const char *last_boxed(const char *text, const char **rest, struct arena *arena)
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
    *rest = end;
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

/* The inside of a reply that is one formula: "$4\sqrt{2}$", "\[ 9 \]". NULL if it is not. */
static const char *only_formula(const char *reply, struct arena *arena)
{
    static const char *const around[][2] = {
        {"$$", "$$"}, {"$", "$"}, {"\\[", "\\]"}, {"\\(", "\\)"}};
    reply += strspn(reply, " \t\r\n");
    size_t n = strlen(reply);
    while (n > 0 && strchr(" \t\r\n.", reply[n - 1]))
        n--;
    for (size_t i = 0; i < sizeof(around) / sizeof(*around); i++) {
        size_t open = strlen(around[i][0]), close = strlen(around[i][1]);
        if (n <= open + close || !str_starts(reply, around[i][0]) ||
            strncmp(reply + n - close, around[i][1], close) != 0)
            continue;
        const char *inside = arena_strndup(arena, reply + open, n - open - close);
        return strpbrk(inside, "$\n") ? NULL : inside;
    }
    return NULL;
}

/* The last number that stands by itself: not the 2 of H2O, nor that of 2\pi. */
static bool last_number(const char *text, struct answer_reading *out, struct arena *arena)
{
    bool found = false;
    for (const char *p = text; *p;) {
        bool inside = p > text && (isalpha((unsigned char)p[-1]) || p[-1] == '_');
        bool starts = digit(*p) || (*p == '.' && digit(p[1])) || str_starts(p, "\\frac") ||
                      str_starts(p, "\\dfrac");
        CLEANUP_STR struct str plain = {0};
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
        bool separates = *p == ';' || (*p == ',' && (next > p + 1 || bracket));
        if (separates && (digit(*next) || (*next == '-' && digit(next[1]))))
            return true;
    }
    return false;
}

/* "x > 5": a number in it, but not what it says. */
static bool is_relation(const char *statement)
{
    static const char *const signs[] = {"\\le", "\\ge", "\\lt", "\\gt", "\\ne", "\\in ", "!="};
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
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

/* A statement may be the number, name it ("x = 5"), or speak of it ("about 5 apples": the last one,
 * unless it begins with one, as "18 dollars for 3 days"). A formula stays text. */
static void read_statement(const char *statement, struct answer_reading *out, struct arena *arena)
{
    const char *equals = strrchr(statement, '='), *nearly = strstr(statement, "\\approx");
    if (equals && equals[1 + strspn(equals + 1, " $")])
        statement = equals + 1;
    else if (nearly)
        statement = nearly + strlen("\\approx");
    CLEANUP_STR struct str plain = {0};
    bool begins = number_read(statement, true, &plain, NULL) != NULL;
    if (!is_list(statement) && !is_relation(statement)) {
        if (read_quantity(statement, true, out, arena))
            return;
        bool formula = begins || (strpbrk(statement, "+*^_{") && !strstr(statement, "**"));
        if (!formula && (last_number(first_sentence(statement, arena), out, arena) ||
                         last_number(statement, out, arena)))
            return;
    }
    *out = (struct answer_reading){.text = trimmed(statement, arena)};
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

/* The reply without what was thought before it, and without what a server let through of its chat's
 * next turn ("<|im_start|>user"). */
static const char *spoken(const char *reply, struct arena *arena)
{
    const char *thought, *token;
    while ((thought = strstr(reply, "</think>")))
        reply = thought + strlen("</think>");
    token = strstr(reply, "<|");
    return token && token > reply ? arena_strndup(arena, reply, (size_t)(token - reply)) : reply;
}

void answer_read(const char *reply, struct answer_reading *out, struct arena *arena)
{
    const char *rest = reply = spoken(reply, arena);
    const char *boxed = last_boxed(reply, &rest, arena);
    const char *statement = after_last(rest, "####", arena);
    if (!statement)
        statement = stated(rest, arena);
    if (boxed && statement && read_quantity(statement, true, out, arena))
        return; /* a statement behind the box, unless it is chatter */
    if (boxed)
        statement = boxed;
    if (!statement)
        statement = only_formula(reply, arena);
    *out = (struct answer_reading){.text = ""};
    if (statement && *statement)
        read_statement(statement, out, arena);
    else if (!only_number(reply, out, arena))
        last_number(reply, out, arena);
}

const char *extract_answer(const char *reply, struct arena *arena)
{
    struct answer_reading reading;
    answer_read(reply, &reading, arena);
    return reading.text;
}
