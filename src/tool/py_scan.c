/* Tokens are classed as coarsely as the question allows: word, keyword, number, string, operator.
 * Two operands side by side are what prose has and Python has not. */
#include "tool/py_scan.h"
#include <ctype.h>
#include <string.h>

enum kind { END, NEWLINE, WORD, KEYWORD, NUMBER, STRING, OPEN, CLOSE, OPERATOR, COLON, BAD };

struct scan {
    const char *p, *end;
    const char *token; /* of the last token */
    int depth;
    char open[200];
};

static const char *const keywords[] = {
    "and",  "as",     "assert", "async", "await",  "break",   "case",     "class", "continue",
    "def",  "del",    "elif",   "else",  "except", "finally", "for",      "from",  "global",
    "if",   "import", "in",     "is",    "lambda", "match",   "nonlocal", "not",   "or",
    "pass", "raise",  "return", "try",   "type",   "while",   "with",     "yield"};
static const char *const headers[] = {"def",   "class", "if",     "elif",    "else", "for",
                                      "while", "try",   "except", "finally", "with"};

static bool among(const char *const *list, size_t n, const char *word, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(list[i]) == len && memcmp(list[i], word, len) == 0)
            return true;
    return false;
}
#define AMONG(list, word, len) among(list, sizeof(list) / sizeof(*(list)), word, len)

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Letters that may stand before a string's quote: r, b, u, f and their pairs. */
static bool is_prefix(const char *word, size_t n)
{
    return n <= 2 && strspn(word, "rRbBuUfF") >= n;
}

static enum kind scan_string(struct scan *s)
{
    char q = *s->p;
    bool triple = s->end - s->p >= 3 && s->p[1] == q && s->p[2] == q;
    s->p += triple ? 3 : 1;
    for (; s->p < s->end; s->p++) {
        if (*s->p == '\\' && s->p + 1 < s->end)
            s->p++;
        else if (*s->p == '\n' && !triple)
            return BAD;
        else if (*s->p == q && !triple)
            return s->p++, STRING;
        else if (triple && *s->p == q && s->end - s->p >= 3 && s->p[1] == q && s->p[2] == q)
            return s->p += 3, STRING;
    }
    return BAD;
}

static enum kind scan_word(struct scan *s)
{
    while (s->p < s->end && is_word_char(*s->p))
        s->p++;
    size_t n = (size_t)(s->p - s->token);
    if (s->p < s->end && (*s->p == '"' || *s->p == '\'') && is_prefix(s->token, n))
        return scan_string(s);
    return AMONG(keywords, s->token, n) ? KEYWORD : WORD;
}

static enum kind scan_number(struct scan *s)
{
    while (s->p < s->end && (isalnum((unsigned char)*s->p) || *s->p == '_' || *s->p == '.' ||
                             ((*s->p == '+' || *s->p == '-') &&
                              (s->p[-1] == 'e' || s->p[-1] == 'E') && s->token[1] != 'x')))
        s->p++;
    return NUMBER;
}

static enum kind scan_bracket(struct scan *s)
{
    static const char opens[] = "([{", closes[] = ")]}";
    char c = *s->p++;
    if (strchr(opens, c)) {
        if (s->depth == (int)sizeof(s->open))
            return BAD;
        s->open[s->depth++] = c;
        return OPEN;
    }
    if (!s->depth || s->open[--s->depth] != opens[strchr(closes, c) - closes])
        return BAD;
    return CLOSE;
}

static void skip_blank(struct scan *s)
{
    for (; s->p < s->end; s->p++) {
        if (*s->p == '#')
            while (s->p + 1 < s->end && s->p[1] != '\n')
                s->p++;
        else if (*s->p == '\\' && s->end - s->p > 1 && s->p[1] == '\n')
            s->p++;
        else if (*s->p == '\\' && s->end - s->p > 2 && s->p[1] == '\r' && s->p[2] == '\n')
            s->p += 2;
        else if (!strchr(" \t\r\f", *s->p) && !(*s->p == '\n' && s->depth))
            break;
    }
}

static enum kind next(struct scan *s)
{
    skip_blank(s);
    s->token = s->p;
    if (s->p >= s->end)
        return END;
    char c = *s->p;
    if (c == '\n')
        return s->p++, NEWLINE;
    if (isdigit((unsigned char)c) ||
        (c == '.' && s->end - s->p > 1 && isdigit((unsigned char)s->p[1])))
        return scan_number(s);
    if (is_word_char(c))
        return scan_word(s);
    if (c == '"' || c == '\'')
        return scan_string(s);
    if (c && strchr("()[]{}", c))
        return scan_bracket(s);
    s->p++;
    if (c == ':' && !s->depth)
        return COLON;
    if (c == '!' && (s->p >= s->end || *s->p != '='))
        return BAD;
    return c && strchr("+-*/%@&|^~<>=!.,;:", c) ? OPERATOR : BAD;
}

static bool is_operand_end(enum kind k)
{
    return k == WORD || k == NUMBER || k == STRING || k == CLOSE;
}

/* One logical line. `statements` is counted up if it has any token. */
static bool line_parses(struct scan *s, enum kind *last, size_t *statements)
{
    enum kind before = NEWLINE, k;
    bool header = false, colon = false;
    while ((k = next(s)) != NEWLINE && k != END) {
        size_t n = (size_t)(s->p - s->token);
        if (k == BAD)
            return false;
        if (before == NEWLINE)
            header = k == KEYWORD && AMONG(headers, s->token, n);
        bool operand = k == WORD || k == NUMBER || k == STRING;
        bool two_strings = k == STRING && before == STRING;
        if (operand && is_operand_end(before) && !two_strings)
            return false;
        colon = colon || k == COLON;
        before = k;
    }
    *last = k;
    *statements += before != NEWLINE;
    return !s->depth && (!header || colon);
}

bool py_parses(const char *text, size_t n)
{
    struct scan s = {.p = text, .end = text + n};
    enum kind last = NEWLINE;
    size_t statements = 0;
    while (last != END)
        if (!line_parses(&s, &last, &statements))
            return false;
    return statements > 0;
}

size_t py_line(const char *text, size_t n)
{
    struct scan s = {.p = text, .end = text + n};
    enum kind k;
    do
        k = next(&s);
    while (k != NEWLINE && k != END && k != BAD);
    if (k == BAD) { /* up to the end of the physical line */
        const char *nl = memchr(s.token, '\n', (size_t)(s.end - s.token));
        return (size_t)((nl ? nl + 1 : s.end) - text);
    }
    return (size_t)(s.p - text);
}

/* At p, after the indentation of a line. */
static bool line_defines(const char *p, const char *end, const char *name)
{
    static const char *const words[] = {"async", "def", "class"};
    size_t len = strlen(name);
    bool def = false;
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(end - p) > n && memcmp(p, words[i], n) == 0 && (p[n] == ' ' || p[n] == '\t')) {
            for (p += n; p < end && (*p == ' ' || *p == '\t'); p++)
                ;
            def = true;
        }
    }
    if ((size_t)(end - p) <= len || memcmp(p, name, len) != 0 || is_word_char(p[len]))
        return false;
    for (p += len; p < end && (*p == ' ' || *p == '\t'); p++)
        ;
    bool assigned = p < end && *p == '=' && (p + 1 == end || p[1] != '=');
    return def || assigned;
}

bool py_defines(const char *text, size_t n, const char *name)
{
    const char *p = text, *end = text + n;
    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        const char *stop = nl ? nl : end;
        while (p < stop && (*p == ' ' || *p == '\t'))
            p++;
        if (line_defines(p, stop, name))
            return true;
        p = nl ? nl + 1 : end;
    }
    return false;
}
