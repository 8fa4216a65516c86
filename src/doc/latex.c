/* See latex.h. */
#include "doc/latex.h"
#include <string.h>
#include "base/mem.h"
#include "base/utf8.h"

static const struct {
    const char *from, *to;
} replacements[] = {
    {"\\", "\\textbackslash{}"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"$", "\\$"},
    {"&", "\\&"},
    {"#", "\\#"},
    {"_", "\\_"},
    {"%", "\\%"},
    {"^", "\\textasciicircum{}"},
    {"~", "\\textasciitilde{}"},
    {"<", "\\textless{}"},
    {">", "\\textgreater{}"},
    {"|", "\\textbar{}"},
    {"\"", "\\textquotedbl{}"},
    {"--", "-{}-"}, /* no ligature */
    {"`", "\\textasciigrave{}"},
    {"\n", " "},
    {"\t", " "},
    {"\xe2\x88\x92", "$-$"},
    {"\xc3\x97", "$\\times$"},
    {"\xe2\x86\x92", "$\\rightarrow$"},
    {"\xe2\x89\xa5", "$\\geq$"},
    {"\xe2\x89\xa4", "$\\leq$"},
    {"\xc2\xb1", "$\\pm$"},
    {"\xe2\x80\x93", "--"},
    {"\xe2\x80\xa6", "\\dots{}"},
};

/* Bytes of what was replaced at s, or 0. */
static size_t replace(struct str *out, const char *s)
{
    for (size_t i = 0; i < sizeof replacements / sizeof *replacements; i++)
        if (str_starts(s, replacements[i].from)) {
            str_add(out, replacements[i].to);
            return strlen(replacements[i].from);
        }
    return 0;
}

/* Of a well-formed character; its bytes in *n. */
static unsigned long code_point(const unsigned char *s, size_t *n)
{
    *n = *s < 0x80 ? 1 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;
    unsigned long c = *n == 1 ? *s : *s & (0xffu >> (*n + 1));
    for (size_t i = 1; i < *n; i++)
        c = c << 6 | (s[i] & 0x3f);
    return c;
}

/* Letters of the T1 fonts: Latin-1 and most of what Latin Extended-A adds to it. */
static bool is_printable(unsigned long c)
{
    return (c >= ' ' && c < 0x7f) || (c >= 0xc0 && c <= 0x17e && c != 0xd7 && c != 0xf7);
}

void latex_escape(struct str *out, const char *text)
{
    char *clean CLEANUP_FREE = utf8_clean(text, strlen(text));
    if (*text == '[') /* or the end of a table's row before it takes it for an option */
        str_add(out, "{}");
    for (const char *s = clean; s && *s;) {
        size_t n = replace(out, s);
        if (n == 0) {
            unsigned long c = code_point((const unsigned char *)s, &n);
            if (is_printable(c))
                str_addn(out, s, n);
            else
                str_addf(out, "{}[U+%04lX]", c);
        }
        s += n;
    }
}

void latex_slug(struct str *out, const char *text)
{
    bool dash = true; /* true at the start: no leading dash */
    for (; *text; text++) {
        bool upper = *text >= 'A' && *text <= 'Z';
        bool word = upper || (*text >= 'a' && *text <= 'z') || (*text >= '0' && *text <= '9');
        if (word)
            str_addc(out, upper ? (char)(*text - 'A' + 'a') : *text);
        else if (!dash && text[1])
            str_addc(out, '-');
        dash = !word;
    }
}
