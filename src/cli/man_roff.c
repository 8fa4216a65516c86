/* Manual pages as roff, in the macros of man(7). */
#include <argp.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/man_page.h"

/* Text in which nothing is a request or an escape, and '-' can be copied from the screen. */
static void put_escaped(struct str *out, const char *text, size_t n)
{
    static const struct {
        char c;
        const char *escape;
    } escapes[] = {{'\\', "\\e"},  {'-', "\\-"},   {'\'', "\\(aq"}, {'`', "\\(ga"},
                   {'^', "\\(ha"}, {'~', "\\(ti"}, {'"', "\\(dq"}};
    for (size_t i = 0; i < n; i++) {
        const char *escape = NULL;
        for (size_t e = 0; e < sizeof escapes / sizeof *escapes; e++)
            if (text[i] == escapes[e].c)
                escape = escapes[e].escape;
        if (escape)
            str_add(out, escape);
        else
            str_addc(out, text[i]);
        if (text[i] == ',' && i + 1 < n &&
            text[i + 1] != ' ') /* a list without blanks may be broken here */
            str_add(out, "\\:");
    }
}

/* A line of text; one that begins with a dot would be a request. */
static void put_line(struct man_page *p, const char *text)
{
    if (text[0] == '.' || text[0] == ' ')
        str_add(p->out, "\\&");
    put_escaped(p->out, text, strlen(text));
    str_addc(p->out, '\n');
}

static void put_font(struct str *out, char font, const char *text, size_t n)
{
    if (n == 0)
        return;
    str_addf(out, "\\f%c", font);
    put_escaped(out, text, n);
    str_add(out, "\\fR");
}

static void put_upper(struct man_page *p, const char *request, const char *text)
{
    str_addf(p->out, ".%s ", request);
    for (; *text; text++) {
        char c = (char)toupper((unsigned char)*text);
        put_escaped(p->out, &c, 1);
    }
}

static void start(struct man_page *p, const char *title)
{
    str_add(p->out, ".\\\" Made by 'hrm help --roff' from the program's tables.\n");
    put_upper(p, "TH", title);
    str_addf(p->out, " 1 \"\" \"%s\" \"hrm manual\"\n.nh\n.ad l\n", argp_program_version);
}

static void section(struct man_page *p, const char *title)
{
    put_upper(p, "SH", title);
    str_addc(p->out, '\n');
}

static void subsection(struct man_page *p, const char *title)
{
    str_add(p->out, ".SS ");
    put_line(p, title);
}

static void paragraph(struct man_page *p, const char *text)
{
    str_add(p->out, ".PP\n");
    put_line(p, text);
}

static void usage(struct man_page *p, const char *words, const char *arguments)
{
    str_add(p->out, ".PP\n");
    put_font(p->out, 'B', words, strlen(words));
    str_addc(p->out, ' ');
    put_escaped(p->out, arguments, strlen(arguments));
    str_addc(p->out, '\n');
}

static void example(struct man_page *p, const char *lines)
{
    str_add(p->out, ".PP\n.RS 4\n.nf\n");
    while (*lines) {
        size_t n = strcspn(lines, "\n");
        char *line CLEANUP_FREE = xstrndup(lines, n);
        put_line(p, line);
        lines += n + 1;
    }
    str_add(p->out, ".fi\n.RE\n");
}

/* What is typed as it is in bold, the value of an option in italics. */
static void item(struct man_page *p, const char *tag, const char *text)
{
    size_t n = strcspn(tag, "=[ ");
    str_add(p->out, ".TP\n");
    if (tag[n] == ' ') /* "-f, --format=FORMAT" has two names */
        n += 1 + strcspn(tag + n + 1, "=[ ");
    put_font(p->out, 'B', tag, n);
    size_t joint = strspn(tag + n, "[= ");
    put_escaped(p->out, tag + n, joint);
    tag += n + joint;
    size_t value = strcspn(tag, "]");
    put_font(p->out, 'I', tag, value);
    str_addf(p->out, "%s\n", tag + value);
    put_line(p, text);
}

const struct man_writer man_roff = {start, section, subsection, paragraph, usage, example, item};
