/* See html.h. */
#include "doc/html.h"
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/utf8.h"

static void put_char(struct str *out, unsigned char c)
{
    if (c == '&')
        str_add(out, "&amp;");
    else if (c == '<')
        str_add(out, "&lt;");
    else if (c == '>')
        str_add(out, "&gt;");
    else if (c == '"')
        str_add(out, "&quot;");
    else if (c == '\'')
        str_add(out, "&#39;");
    else if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
        str_addf(out, "\\x%02x", c);
    else
        str_addc(out, (char)c);
}

static void put_escaped(struct str *out, const char *text)
{
    size_t n = strlen(text);
    char *clean CLEANUP_FREE = utf8_valid(text, n) ? NULL : utf8_clean(text, n);
    for (const unsigned char *s = (const unsigned char *)(clean ? clean : text); *s; s++) {
        if (s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f) /* C1 */
            str_addf(out, "\\x%02x", *++s);
        else
            put_char(out, *s);
    }
}

static void end_tag(struct html *h)
{
    if (h->in_tag)
        str_addc(h->out, '>');
    h->in_tag = false;
}

void html_open(struct html *h, const char *element)
{
    end_tag(h);
    if (h->depth == HTML_DEPTH)
        abort(); /* a bug of this program, not of its data */
    h->open[h->depth++] = element;
    str_addf(h->out, "<%s", element);
    h->in_tag = true;
}

void html_attr(struct html *h, const char *name, const char *value)
{
    str_addf(h->out, " %s=\"", name);
    put_escaped(h->out, value);
    str_addc(h->out, '"');
}

void html_attrf(struct html *h, const char *name, const char *fmt, ...)
{
    struct str value CLEANUP_STR = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&value, fmt, ap);
    va_end(ap);
    html_attr(h, name, str_text(&value));
}

void html_number(struct html *h, const char *name, double value)
{
    if (!isfinite(value))
        value = 0;
    str_addf(h->out, " %s=\"%.10g\"", name, round(value * 100) / 100 + 0.0);
}

void html_text(struct html *h, const char *text)
{
    end_tag(h);
    put_escaped(h->out, text);
}

void html_textf(struct html *h, const char *fmt, ...)
{
    struct str text CLEANUP_STR = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    html_text(h, str_text(&text));
}

/* Block elements end with a line break, so that the source is readable. */
static bool is_block(const char *element)
{
    static const char *const blocks[] = {"p",  "h1",  "h2",      "h3",      "tr",      "table",
                                         "ul", "svg", "details", "section", "figure",  "div",
                                         "dl", "nav", "header",  "style",   "caption", "pre",
                                         "li", "dd",  "title"};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (strcmp(blocks[i], element) == 0)
            return true;
    return false;
}

void html_close(struct html *h)
{
    end_tag(h);
    const char *element = h->open[--h->depth];
    str_addf(h->out, "</%s>%s", element, is_block(element) ? "\n" : "");
}

void html_close_to(struct html *h, int depth)
{
    while (h->depth > depth)
        html_close(h);
}

void html_void(struct html *h, const char *element)
{
    end_tag(h);
    str_addf(h->out, "<%s", element);
    h->in_tag = true;
}

void html_el(struct html *h, const char *element, const char *text)
{
    html_open(h, element);
    html_text(h, text);
    html_close(h);
}

void html_el_class(struct html *h, const char *element, const char *class, const char *text)
{
    html_open(h, element);
    html_attr(h, "class", class);
    html_text(h, text);
    html_close(h);
}

void html_link(struct html *h, const char *id, const char *text)
{
    html_open(h, "a");
    html_attrf(h, "href", "#%s", id);
    html_text(h, text);
    html_close(h);
}

void html_pre(struct html *h, const char *text)
{
    html_open(h, "pre");
    html_attr(h, "tabindex", "0"); /* long lines scroll, by keyboard too */
    html_text(h, *text == '\n' ? "\n" : "");
    html_text(h, text);
    html_close(h);
}

void html_trusted(struct html *h, const char *literal)
{
    end_tag(h);
    str_add(h->out, literal);
}
