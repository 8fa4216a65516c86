/* Programs that compute nothing: they give names to literals, round them and print them. Operations
 * that change nothing (42 * 1, 42 + 0) do not make a program compute. See python_text.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "base/str.h"
#include "taxonomy/python_text.h"

enum { MAX_NAMES = 32 };

/* A program's tokens, as far as needed. */
struct scan {
    const char *p; /* what comes next */
    const char *token;
    size_t n;                     /* bytes of the token; 0 = the end */
    const char *names[MAX_NAMES]; /* [n_names] that the program itself assigned or defined */
    size_t lengths[MAX_NAMES];
    size_t n_names;
};

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool starts_number(const char *p)
{
    return isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1]));
}

/* Bytes of the token at p: a name, a number, an operator of one or two characters. */
static size_t token_length(const char *p)
{
    size_t n = 0;
    if (starts_number(p)) {
        while (is_word(p[n]) || p[n] == '.')
            n++;
        return n;
    }
    while (is_word(p[n]))
        n++;
    if (n > 0)
        return n;
    return p[0] && (str_starts(p, "**") || str_starts(p, "//") ||
                    (p[1] == '=' && strchr("=!<>", *p)))
               ? 2
               : p[0] != '\0';
}

static bool next(struct scan *s)
{
    s->p += strspn(s->p, " \t\r");
    s->token = s->p;
    s->n = token_length(s->p);
    s->p += s->n;
    return s->n > 0;
}

static bool is(const struct scan *s, const char *word)
{
    return strlen(word) == s->n && memcmp(s->token, word, s->n) == 0;
}

static void define(struct scan *s)
{
    if (s->n_names == MAX_NAMES || !is_word(*s->token))
        return;
    s->names[s->n_names] = s->token;
    s->lengths[s->n_names++] = s->n;
}

/* Any other name counts as computation. */
static bool is_harmless_name(const struct scan *s)
{
    static const char *const known[] = {"print", "int",   "float", "str", "round",  "f",   "r", "b",
                                        "True",  "False", "None",  "abs", "return", "pass"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (is(s, known[i]))
            return true;
    for (size_t i = 0; i < s->n_names; i++)
        if (s->lengths[i] == s->n && memcmp(s->names[i], s->token, s->n) == 0)
            return true;
    return false;
}

/* Is the number at p (NULL = nothing stands there) this one, and nothing is done to it? */
static bool is_number(const char *p, double value)
{
    if (!p)
        return false;
    p += strspn(p, " \t");
    return starts_number(p) && strtod(p, NULL) == value;
}

/* Does the operator leave its other operand as it is? `before` begins the token before it. */
static bool is_neutral(const struct scan *s, const char *before)
{
    if (is(s, "*"))
        return is_number(s->p, 1) || is_number(before, 1);
    if (is(s, "+"))
        return is_number(s->p, 0) || is_number(before, 0);
    return is(s, "-") ? is_number(s->p, 0)
                      : (is(s, "/") || is(s, "//") || is(s, "**")) && is_number(s->p, 1);
}

/* "def name(a, b):" after the def. */
static void define_function(struct scan *s)
{
    while (next(s) && !is(s, ":") && !is(s, "\n"))
        define(s);
}

static bool is_sign(const struct scan *s, const char *before)
{
    return (is(s, "-") || is(s, "+")) && (!before || strchr("=(,\n:", *before));
}

/* Reads on to a new token; false where something is computed. */
static bool is_idle(struct scan *s, const char *before)
{
    if (is_word(*s->token) && !isdigit((unsigned char)*s->token)) {
        const char *after = s->p + strspn(s->p, " \t");
        if (is(s, "def"))
            define_function(s);
        else if (*after == '=' && after[1] != '=')
            define(s);
        else
            return is_harmless_name(s);
        return true;
    }
    if (strchr("=(),:;\n\"", *s->token) && s->n == 1)
        return true;
    return starts_number(s->token) || is_sign(s, before) || is_neutral(s, before);
}

bool python_only_constant(const char *program, struct arena *arena)
{
    struct scan s = {.p = python_bare(program, arena)};
    const char *before = NULL;
    bool literal = false;
    while (next(&s)) {
        const char *token = s.token;
        if (!is_idle(&s, before))
            return false;
        literal |= *token == '"' || starts_number(token);
        before = token;
    }
    return literal;
}
