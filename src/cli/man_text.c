/* Manual pages as plain text, wrapped to a width. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "cli/man_page.h"
#include "doc/doc.h"

enum { INDENT = 4, INDENT_ITEM = 10, INDENT_EXAMPLE = 8 };

static void start(struct man_page *p, const char *title)
{
    str_addf(p->out, "%s(1)\n", title);
}

static void section(struct man_page *p, const char *title)
{
    str_addc(p->out, '\n');
    for (; *title; title++)
        str_addc(p->out, (char)toupper((unsigned char)*title));
    str_addc(p->out, '\n');
}

static void subsection(struct man_page *p, const char *title)
{
    str_addf(p->out, "\n  %s\n", title);
}

static void paragraph(struct man_page *p, const char *text)
{
    doc_wrap_indented(p->out, text, INDENT, p->width);
}

static void usage(struct man_page *p, const char *words, const char *arguments)
{
    char *line CLEANUP_FREE = xasprintf("%s %s", words, arguments);
    paragraph(p, line);
}

static void example(struct man_page *p, const char *lines)
{
    doc_indent(p->out, lines, INDENT_EXAMPLE);
}

static void item(struct man_page *p, const char *tag, const char *text)
{
    str_addf(p->out, "%*s%s\n", INDENT, "", tag);
    doc_wrap_indented(p->out, text, INDENT_ITEM, p->width);
}

const struct man_writer man_text = {start, section, subsection, paragraph, usage, example, item};
