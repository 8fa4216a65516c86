/* The qwen2 splitting rule as a hand-written scanner: one function per alternative, in the rule's
 * order. */
#include "nn/pretok.h"
#include <stdbool.h>
#include <utf8proc.h>

enum kind { END, LETTER, NUMBER, SPACE, NEWLINE, OTHER }; /* NEWLINE: \r or \n, a SPACE too */

struct glyph {
    enum kind kind;
    int c; /* code point, -1 for a byte that is not UTF-8 */
    size_t len;
};

/* Unicode's White_Space property, which is what \s means to the rule */
static bool is_space(int c)
{
    return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

static enum kind kind_of(int c)
{
    if (c == '\r' || c == '\n')
        return NEWLINE;
    if (is_space(c))
        return SPACE;
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return LETTER;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return NUMBER;
    default:
        return OTHER;
    }
}

static struct glyph glyph_at(const char *s, size_t n, size_t at)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t len;

    if (at >= n)
        return (struct glyph){.kind = END};
    len = utf8proc_iterate((const utf8proc_uint8_t *)s + at,
                           n - at < 4 ? (utf8proc_ssize_t)(n - at) : 4, &c);
    if (len <= 0)
        return (struct glyph){.kind = OTHER, .c = -1, .len = 1};
    return (struct glyph){.kind = kind_of(c), .c = c, .len = (size_t)len};
}

/* Behind the glyphs of the given kinds (a bit each) that start at `at` */
static size_t skip(const char *s, size_t n, size_t at, unsigned kinds)
{
    for (;;) {
        struct glyph g = glyph_at(s, n, at);
        if (!(kinds >> g.kind & 1) || g.kind == END)
            return at;
        at += g.len;
    }
}

/* Each of these returns the length matched at s, 0 for no match. */

static size_t contraction(const char *s, size_t n)
{
    char a = n > 1 ? (char)(s[1] | 0x20) : 0, b = n > 2 ? (char)(s[2] | 0x20) : 0;

    if (s[0] != '\'')
        return 0;
    if (a == 's' || a == 't' || a == 'm' || a == 'd')
        return 2;
    return (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l') ? 3 : 0;
}

static size_t letters(const char *s, size_t n, struct glyph first)
{
    size_t from = first.kind == SPACE || first.kind == OTHER ? first.len : 0;
    size_t to = skip(s, n, from, 1u << LETTER);
    return to > from ? to : 0;
}

static size_t symbols(const char *s, size_t n)
{
    size_t from = s[0] == ' ', to = skip(s, n, from, 1u << OTHER);
    return to > from ? skip(s, n, to, 1u << NEWLINE) : 0;
}

static size_t spaces(const char *s, size_t n)
{
    size_t end = 0, last_newline = 0,
           last = 0; /* behind the last newline; start of the last glyph */

    for (;;) {
        struct glyph g = glyph_at(s, n, end);
        if (g.kind != SPACE && g.kind != NEWLINE)
            break;
        last = end;
        end += g.len;
        if (g.kind == NEWLINE)
            last_newline = end;
    }
    if (last_newline)
        return last_newline;
    return end == n || last == 0 ? end : last; /* the space before a word belongs to the word */
}

size_t nn_pretok_next(const char *s, size_t n)
{
    struct glyph first = glyph_at(s, n, 0);
    size_t len = contraction(s, n);

    if (!len)
        len = letters(s, n, first);
    if (!len && first.kind == NUMBER)
        len = first.len;
    if (!len)
        len = symbols(s, n);
    return len ? len : spaces(s, n);
}
