/* UTF-8 by utf8proc. */
#include "base/utf8.h"

#include <string.h>
#include <utf8proc.h>

#include "base/str.h"

/* Bytes of the well-formed character at s, or 0. */
static size_t utf8_step(const char *s, size_t n, utf8proc_int32_t *codepoint)
{
    utf8proc_ssize_t m =
        utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)n, codepoint);
    return m > 0 ? (size_t)m : 0;
}

/* Eight bytes of ASCII, as nearly all are. */
static bool ascii_word(const char *s)
{
    uint64_t word;
    memcpy(&word, s, sizeof word);
    return (word & 0x8080808080808080u) == 0;
}

bool utf8_valid(const char *s, size_t n)
{
    utf8proc_int32_t c;
    for (size_t i = 0, m; i < n; i += m) {
        m = sizeof(uint64_t);
        if (n - i >= m && ascii_word(s + i))
            continue;
        m = utf8_step(s + i, n - i, &c);
        if (m == 0)
            return false;
    }
    return true;
}

char *utf8_clean(const char *s, size_t n)
{
    struct str out = {0};
    utf8proc_int32_t c;
    for (size_t i = 0; i < n;) {
        size_t m = utf8_step(s + i, n - i, &c);
        if (m == 0)
            str_add(&out, "\xef\xbf\xbd"); /* U+FFFD */
        else if (c == 0)
            str_add(&out, "\xe2\x90\x80"); /* U+2400, the picture of NUL */
        else
            str_addn(&out, s + i, m);
        i += m ? m : 1;
    }
    return str_take(&out);
}

size_t utf8_encode(uint32_t code_point, char out[4])
{
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)code_point, (utf8proc_uint8_t *)out);
}

size_t utf8_cut(const char *s, size_t n)
{
    size_t start = n;
    while (start > 0 && n - start < 4 && ((unsigned char)s[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return n;
    unsigned char lead = (unsigned char)s[start - 1];
    size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    return n - (start - 1) < want ? start - 1 : n;
}

int utf8_width(const char *s)
{
    int width = 0;
    size_t n = strlen(s);
    utf8proc_int32_t c;
    for (size_t i = 0; i < n;) {
        size_t m = utf8_step(s + i, n - i, &c);
        width += m ? utf8proc_charwidth(c) : 1;
        i += m ? m : 1;
    }
    return width;
}
