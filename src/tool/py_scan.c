/* Tokens are classed as coarsely as the question allows: word, keyword, number, string, operator.
 * Two operands side by side occur in prose and never in Python. */
#include "tool/py_scan.h"
#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum kind { END, NEWLINE, WORD, KEYWORD, NUMBER, STRING, OPEN, CLOSE, OPERATOR, COLON, BAD };

struct scan {
    const char *p, *end;
    const char *token; /* of the last token */
    const char *line;  /* where the logical line starts */
    int depth;
    bool in_string; /* the text ends inside a triple-quoted string */
    char open[200];
};

static const char *const keywords[] = {
    "and",  "as",     "assert", "async", "await",  "break",   "case",     "class", "continue",
    "def",  "del",    "elif",   "else",  "except", "finally", "for",      "from",  "global",
    "if",   "import", "in",     "is",    "lambda", "match",   "nonlocal", "not",   "or",
    "pass", "raise",  "return", "try",   "type",   "while",   "with",     "yield"};
static const char *const headers[] = {"def",   "class", "if",     "elif",    "else", "for",
                                      "while", "try",   "except", "finally", "with"};
/* What else starts a statement that does something. */
static const char *const acting[] = {"assert", "async", "await",    "del",   "from",   "global",
                                     "import", "match", "nonlocal", "raise", "return", "yield"};
/* Besides the headers, what may stand at the start of a line that ends in a colon. */
static const char *const soft_headers[] = {"async", "match", "case", "lambda"};

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
    s->in_string = triple;
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
    size_t n = (size_t)(s->p - s->token);
    bool based = n > 2 && *s->token == '0' && strchr("xXoObB", s->token[1]);
    return based || strspn(s->token, "0123456789_.eEjJ+-") >= n ? NUMBER : BAD; /* "36km" */
}

static enum kind scan_bracket(struct scan *s)
{
    static const char opens[] = "([{", closes[] = ")]}";
    char c = *s->p++;
    if (strchr(opens, c)) {
        if (s->depth == (int)sizeof s->open)
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

/* Is the operator just read a single "="? Behind a value, "5 * 8 = 40" is arithmetic and no Python.
 */
static bool assigns(const struct scan *s)
{
    const char *p = s->token;
    return *p == '=' && (s->p >= s->end || *s->p != '=') &&
           (p == s->line || !strchr("=<>!+-*/%&|^@:", p[-1]));
}

/* "Usage:" and "Done." are prose: no line ends in a bare colon or in an operator that wants more.
 */
static bool may_end(const struct scan *s, enum kind before, const char *last, bool block)
{
    if (before == COLON)
        return block;
    if (before != OPERATOR || strchr(",;", *last))
        return true;
    const char *p = last; /* "..." is a value; "import *" is whole */
    if (*p == '.')
        return p - s->line >= 2 && p[-1] == '.' && p[-2] == '.';
    while (p > s->line && (p[-1] == ' ' || p[-1] == '\t'))
        p--;
    return *last == '*' && p - s->line >= 6 && memcmp(p - 6, "import", 6) == 0;
}

/* What stands before a single "=" at the outer level: "distance / time = speed" and "f(x) = 2" are
 * formulas and no Python. */
struct target {
    bool sum;  /* it has an operator */
    bool call; /* its last bracket is a call's */
    bool free; /* behind a colon or in a lambda, where "=" is something else */
};

/* Takes the token just read; false if it is the "=" behind what cannot be assigned to. */
static bool target_takes(struct target *t, const struct scan *s, enum kind k, enum kind before,
                         const char *before_at)
{
    char c = *s->token;
    bool star = c == '*' && (before == NEWLINE || (before == OPERATOR && *before_at == ','));
    bool augmented =
        s->p < s->end && (*s->p == '=' || (s->end - s->p > 1 && *s->p == c && s->p[1] == '='));
    if (k == OPEN && s->depth == 1)
        t->call = c == '(' && is_operand_end(before);
    if (s->depth || t->free)
        return true;
    if (k == COLON || (k == KEYWORD && s->p - s->token == 6 && memcmp(s->token, "lambda", 6) == 0))
        t->free = true;
    if (k != OPERATOR)
        return true;
    if (assigns(s))
        return !t->sum && !(t->call && before == CLOSE);
    t->sum |= strchr("+-*/%@&|^~<>", c) && !star && !augmented;
    t->sum &= c != ';';
    return true;
}

/* One logical line. `statements` is counted up if it has any token. */
static bool line_parses(struct scan *s, enum kind *last, size_t *statements)
{
    enum kind before = NEWLINE, k;
    const char *before_at = NULL;
    bool header = false, block = false, colon = false;
    struct target target = {0};
    s->line = s->p;
    while ((k = next(s)) != NEWLINE && k != END) {
        size_t n = (size_t)(s->p - s->token);
        if (k == BAD)
            return false;
        if (before == NEWLINE) {
            header = k == KEYWORD && AMONG(headers, s->token, n);
            block = header || (k == KEYWORD && AMONG(soft_headers, s->token, n));
        }
        if (k == OPERATOR && !s->depth && (before == NUMBER || before == STRING) && assigns(s))
            return false;
        if (!target_takes(&target, s, k, before, before_at))
            return false;
        bool operand = k == WORD || k == NUMBER || k == STRING;
        bool two_strings = k == STRING && before == STRING;
        if (operand && is_operand_end(before) && !two_strings)
            return false;
        colon = colon || k == COLON;
        before = k;
        before_at = s->token;
    }
    *last = k;
    *statements += before != NEWLINE;
    return !s->depth && (!header || colon) && may_end(s, before, before_at, block);
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

/* ---- lines and scopes ---- */

/* A logical line. */
struct line {
    const char *p, *end;
    size_t indent;
};

/* The next logical line that holds a statement; false at the end. */
static bool next_statement(const char **p, const char *end, struct line *out)
{
    while (*p < end) {
        const char *start = *p;
        *p += py_line(start, (size_t)(end - start));
        if (*p == start)
            return false;
        const char *at = start;
        while (at < *p && (*at == ' ' || *at == '\t'))
            at++;
        if (at == *p || strchr("\r\n#", *at))
            continue;
        *out = (struct line){at, *p, (size_t)(at - start)};
        return true;
    }
    return false;
}

static bool starts_with_word(const struct line *l, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(l->end - l->p) > n && memcmp(l->p, word, n) == 0 && !is_word_char(l->p[n]);
}

static bool opens_scope(const struct line *l)
{
    return starts_with_word(l, "def") || starts_with_word(l, "class") ||
           starts_with_word(l, "async");
}

/* The statements outside of every function and class, one after the other. */
struct outer {
    const char *p, *end;
    bool inside;
    size_t scope; /* the indentation of the definition that we are inside of */
};

static bool next_outer(struct outer *o, struct line *l)
{
    while (next_statement(&o->p, o->end, l)) {
        if (o->inside && l->indent > o->scope)
            continue;
        o->inside = opens_scope(l);
        o->scope = l->indent;
        return true;
    }
    return false;
}

bool py_defines(const char *text, size_t n, const char *name)
{
    struct outer o = {.p = text, .end = text + n};
    struct line l;
    while (next_outer(&o, &l))
        if (line_defines(l.p, l.end, name))
            return true;
    return false;
}

bool py_is_body(const char *text, size_t n)
{
    struct outer o = {.p = text, .end = text + n};
    struct line l;
    while (next_outer(&o, &l))
        if (starts_with_word(&l, "return") || starts_with_word(&l, "yield"))
            return true;
    return false;
}

/* Is the operator just read the "=" of "x = 1" or "x += 1", and of no comparison? */
static bool is_assignment(const struct scan *s)
{
    bool compares =
        (s->token > s->line && strchr("=<>!", s->token[-1])) || (s->p < s->end && *s->p == '=');
    return *s->token == '=' && !s->depth && !compares;
}

/* A call, an assignment or a statement's keyword. "Needed: 36 (km)" is an annotation and no call.
 */
static bool line_acts(const struct line *l)
{
    struct scan s = {.p = l->p, .end = l->end, .line = l->p};
    enum kind before = NEWLINE, k;
    bool print = false; /* the token before is this word, whose bracket may stand apart */
    if (strchr("{[(\"'", *l->p))
        return false;
    while ((k = next(&s)) != NEWLINE && k != END && k != BAD) {
        size_t n = (size_t)(s.p - s.token);
        if (before == NEWLINE && k == KEYWORD)
            return AMONG(headers, s.token, n) || AMONG(acting, s.token, n);
        if (k == COLON)
            return false;
        if (k == OPERATOR && is_assignment(&s))
            return true;
        if (k == OPEN && *s.token == '(' && before == WORD && (print || is_word_char(s.token[-1])))
            return true;
        print = n == 5 && memcmp(s.token, "print", n) == 0;
        before = k;
    }
    return false;
}

bool py_does_something(const char *text, size_t n)
{
    const char *p = text;
    struct line l;
    while (next_statement(&p, text + n, &l))
        if (line_acts(&l))
            return true;
    return false;
}

bool py_ends_open(const char *text, size_t n)
{
    const char *p = text;
    struct line l = {0};
    while (next_statement(&p, text + n, &l))
        ;
    while (l.end > l.p && strchr(" \t\r\n", l.end[-1]))
        l.end--;
    return l.end > l.p && l.end[-1] == ':';
}

size_t py_indent(const char *text, size_t n)
{
    const char *p = text;
    size_t least = SIZE_MAX;
    struct line l;
    while (next_statement(&p, text + n, &l))
        least = l.indent < least ? l.indent : least;
    return least == SIZE_MAX ? 0 : least;
}

bool py_open_string(const char *text, size_t n)
{
    struct scan s = {.p = text, .end = text + n};
    while (s.p < s.end) {
        enum kind k = next(&s);
        if (s.in_string)
            return true;
        if (k == BAD && s.p < s.end && s.depth == (int)sizeof s.open)
            s.p++;
    }
    return false;
}
