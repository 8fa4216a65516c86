/* See fence_line.h. */
#include "tool/fence_line.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

static const struct {
    const char *open, *close;
} tags[] = {{"[PYTHON]", "[/PYTHON]"}, {"<python>", "</python>"},   {"<code>", "</code>"},
            {"[BEGIN]", "[DONE]"},     {"<execute>", "</execute>"}, {"<|python_tag|>", ""}};

static const struct {
    const char *name;
    enum fence_label label;
} labels[] = {
    {"python", FENCE_PYTHON},    {"py", FENCE_PYTHON},        {"python3", FENCE_PYTHON},
    {"py3", FENCE_PYTHON},       {"tool_code", FENCE_PYTHON}, {"python-exec", FENCE_PYTHON},
    {"ipython", FENCE_PYTHON},   {"bash", FENCE_OTHER},       {"sh", FENCE_OTHER},
    {"shell", FENCE_OTHER},      {"console", FENCE_OTHER},    {"text", FENCE_OTHER},
    {"txt", FENCE_OTHER},        {"plaintext", FENCE_OTHER},  {"output", FENCE_OTHER},
    {"json", FENCE_OTHER},       {"yaml", FENCE_OTHER},       {"markdown", FENCE_OTHER},
    {"md", FENCE_OTHER},         {"latex", FENCE_OTHER},      {"math", FENCE_OTHER},
    {"diff", FENCE_OTHER},       {"html", FENCE_OTHER},       {"java", FENCE_OTHER},
    {"javascript", FENCE_OTHER}, {"js", FENCE_OTHER},         {"c", FENCE_OTHER},
    {"cpp", FENCE_OTHER},        {"c++", FENCE_OTHER},        {"sql", FENCE_OTHER},
    {"pycon", FENCE_OTHER},      {"doctest", FENCE_OTHER},    {"xml", FENCE_OTHER},
    {"csv", FENCE_OTHER},        {"mermaid", FENCE_OTHER},    {"tool_output", FENCE_OTHER}};

enum { N_TAGS = sizeof tags / sizeof *tags, N_LABELS = sizeof labels / sizeof *labels };

const char *fence_tag_close(int tag)
{
    return tags[tag].close;
}

const char *fence_line_end(const char *p)
{
    return strchrnul(p, '\n');
}

const char *fence_line_next(const char *p)
{
    p = strchrnul(p, '\n');
    return *p ? p + 1 : p;
}

const char *fence_skip_quotes(const char *p, size_t quotes)
{
    for (; quotes > 0; quotes--) {
        const char *q = p + strspn(p, " \t");
        if (*q != '>')
            return p;
        p = q + 1 + (q[1] == ' ');
    }
    return p;
}

/* "- ", "* ", "12. ", "3) ", "a) ": the length of a list mark, or 0. */
static size_t list_mark(const char *p)
{
    size_t digits = strspn(p, "0123456789"), n = digits;
    if (digits == 0 && isalpha((unsigned char)*p) && (p[1] == ')' || p[1] == '.'))
        n = 1;
    if (n > 0 && n <= 3 && (p[n] == '.' || p[n] == ')' || p[n] == ':'))
        n++;
    else if (*p && strchr("-*+", *p))
        n = 1;
    else if (str_starts(p, "\u2022"))
        n = strlen("\u2022");
    else
        return 0;
    return p[n] == ' ' || p[n] == '\t' ? n : 0;
}

/* Behind white space, quotes and list marks. */
static const char *skip_containers(const char *p, struct fence_line *out)
{
    for (;;) {
        size_t mark = list_mark(p);
        if (*p == ' ') {
            out->column++;
            p++;
        } else if (*p == '\t') {
            out->column += 4 - out->column % 4;
            p++;
        } else if (*p == '>') {
            out->quotes++;
            out->column = 0;
            p += 1 + (p[1] == ' ');
        } else if (mark > 0) {
            out->column += mark;
            p += mark;
        } else {
            return p;
        }
    }
}

static void read_info(struct fence_line *out)
{
    const char *end = fence_line_end(out->info);
    out->info += strspn(out->info, " \t");
    while (end > out->info && strchr(" \t\r", end[-1]))
        end--;
    out->info_len = (size_t)(end - out->info);
    const char *p = out->info + (*out->info == '{' && out->info[1] == '.' ? 2 : 0);
    size_t n = 0;
    while (p + n < end && (isalnum((unsigned char)p[n]) || strchr("_+-#", p[n])))
        n++;
    out->label = out->info_len ? FENCE_OTHER : FENCE_PLAIN;
    for (size_t i = 0; i < N_LABELS; i++)
        if (n == strlen(labels[i].name) && strncasecmp(p, labels[i].name, n) == 0) {
            out->label = labels[i].label;
            out->known = true;
        }
    if (out->info_len > 3 && memcmp(end - 3, ".py", 3) == 0 && !out->known) { /* a file's name */
        out->label = FENCE_PYTHON;
        out->known = true;
        out->rest = end;
        return;
    }
    out->rest = p + n + strspn(p + n, " \t,:;}");
    out->rest = out->rest < end ? out->rest : end;
}

static bool after_colon(const char *line, const char *p)
{
    while (p > line && strchr(" \t*_", p[-1]))
        p--;
    return p > line && p[-1] == ':';
}

bool fence_line_read(const char *p, struct fence_line *out)
{
    *out = (struct fence_line){.tag = -1};
    const char *end = fence_line_end(p), *start = skip_containers(p, out);
    for (int i = 0; i < N_TAGS; i++)
        if (strncasecmp(start, tags[i].open, strlen(tags[i].open)) == 0) {
            out->mark = start;
            out->tag = i;
            out->at_start = true;
            out->info = start + strlen(tags[i].open);
            return true;
        }
    for (const char *q = start; q < end; q++) {
        size_t width = *q == '`' || (*q == '~' && q == start) ? strspn(q, (char[]){*q, 0}) : 0;
        if (width >= 3) {
            out->mark = q;
            out->width = width;
            out->at_start = q == start;
            out->after_colon = after_colon(start, q);
            out->info = q + width;
            read_info(out);
            return true;
        }
        q += width > 0 ? width - 1 : 0;
    }
    return false;
}

/* "id=3", "title=..." are what renderers read; "x=3" is code. */
static bool is_key(const char *text, size_t n)
{
    static const char *const keys[] = {"id",       "title",     "filename", "file",   "name",
                                       "linenums", "lineno",    "hl_lines", "start",  "class",
                                       "caption",  "highlight", "path",     "source", "cmd",
                                       "copy",     "label",     "exec",     "session"};
    size_t len = strcspn(text, "=");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (len < n && len == strlen(keys[i]) && strncasecmp(text, keys[i], len) == 0)
            return true;
    return false;
}

bool fence_line_is_attribute(const char *text, size_t n)
{
    size_t word = strcspn(text, " \t\n");
    if (n == 0 || *text == '{' || is_key(text, n))
        return true;
    return word >= n && (memchr(text, '.', n) || memchr(text, '/', n)) && !memchr(text, '(', n) &&
           !memchr(text, '=', n) && text[n - 1] != '.';
}
