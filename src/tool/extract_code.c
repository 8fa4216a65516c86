/* The program in a reply. */
#include "tool/extract.h"
#include "tool/py_scan.h"
#include "base/mem.h"
#include "base/str.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct block { /* the inside of a fence */
    const char *p;
    size_t len;
    size_t indent; /* of the fence itself, in a list for instance */
};

struct blocks {
    struct block *items; /* [n] */
    size_t n, cap;
};

struct fence {
    char mark; /* ` or ~; '[' for a tag */
    size_t width, indent;
};

static const char *line_end(const char *p)
{
    const char *nl = strchr(p, '\n');
    return nl ? nl : p + strlen(p);
}

static const char *next_line(const char *p)
{
    const char *end = line_end(p);
    return *end ? end + 1 : end;
}

/* The line at p opens a fence: three or more ` or ~, or a [PYTHON] or <python> tag on its own. */
static bool opens_fence(const char *p, struct fence *f)
{
    const char *start = p, *end = line_end(p);
    while (*p == ' ' || *p == '\t')
        p++;
    f->indent = (size_t)(p - start);
    if (strncasecmp(p, "[PYTHON]", 8) == 0) {
        *f = (struct fence){'[', 8, f->indent};
        return true;
    }
    if (*p != '`' && *p != '~')
        return false;
    f->mark = *p;
    f->width = strspn(p, (char[]){*p, 0});
    if (f->width < 3)
        return false;
    return !memchr(p + f->width, *p, (size_t)(end - p) - f->width); /* ```x``` is inline code */
}

static bool closes_fence(const char *p, const struct fence *f)
{
    const char *end = line_end(p);
    while (*p == ' ' || *p == '\t')
        p++;
    if (f->mark == '[')
        return strncasecmp(p, "[/PYTHON]", 9) == 0;
    size_t width = strspn(p, (char[]){f->mark, 0});
    if (width < f->width)
        return false;
    for (p += width; p < end; p++)
        if (!isspace((unsigned char)*p))
            return false;
    return true;
}

/* Where the inside of the fence at p starts: on the next line, or behind a tag on the same line. */
static const char *inside_of(const char *p, const struct fence *f)
{
    const char *rest = p + f->indent + f->width;
    if (f->mark == '[' && rest[strspn(rest, " \t\r")] != '\n')
        return rest;
    return next_line(p);
}

static void find_blocks(const char *text, struct blocks *out)
{
    struct fence f;
    for (const char *p = text; *p; p = next_line(p)) {
        if (!opens_fence(p, &f))
            continue;
        const char *start = inside_of(p, &f), *end = start;
        const char *tag = f.mark == '[' ? strcasestr(start, "[/PYTHON]") : NULL;
        while (*end && !closes_fence(end, &f) && !(tag && line_end(end) > tag))
            end = next_line(end);
        size_t len = (size_t)((tag ? tag : end) - start);
        out->items = xgrow(out->items, &out->cap, out->n + 1, sizeof(*out->items));
        out->items[out->n++] = (struct block){start, len, f.indent};
        if (!*end)
            break;
        p = end;
    }
}

/* The block with the fence's own indentation taken off each line. */
static const char *text_of(const struct block *b, struct arena *arena)
{
    CLEANUP_STR struct str out = {0};
    const char *p = b->p, *end = b->p + b->len;
    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        const char *stop = nl ? nl + 1 : end;
        size_t skip = 0;
        while (skip < b->indent && p + skip < stop && (p[skip] == ' ' || p[skip] == '\t'))
            skip++;
        str_addn(&out, p + skip, (size_t)(stop - p) - skip);
        p = stop;
    }
    return arena_strdup(arena, str_text(&out));
}

static bool parses(const char *text)
{
    return py_parses(text, strlen(text));
}

/* The last block that defines the entry point; else the last that parses; else NULL. */
static const char *choose(const struct blocks *blocks, const char *entry_point, struct arena *arena)
{
    const char *good = NULL, *defining = NULL;
    for (size_t i = 0; i < blocks->n; i++) {
        const char *text = text_of(&blocks->items[i], arena);
        if (parses(text))
            good = text;
        if (entry_point && py_defines(text, strlen(text), entry_point))
            defining = text;
    }
    return defining ? defining : good;
}

static bool starts_code(const char *p)
{
    static const char *const starts[] = {"def ", "class ", "import ", "from ", "async def ", "@"};
    for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
        if (str_starts(p, starts[i]))
            return true;
    return false;
}

/* Text without fences: itself if it parses; else from the first line that starts like code to the
 * first line after it that is prose again. */
static const char *unfenced(const char *text, struct arena *arena)
{
    if (parses(text))
        return arena_strdup(arena, text);
    for (const char *start = text; *start; start = next_line(start)) {
        size_t n = py_line(start, strlen(start));
        if (!starts_code(start) || !py_parses(start, n))
            continue;
        const char *p = start + n;
        while (*p) {
            n = py_line(p, strlen(p));
            bool blank = p[strspn(p, " \t\r")] == '\n',
                 inside = *p == ' ' || *p == '\t' || *p == '#';
            if (!blank && !inside && !py_parses(p, n))
                break;
            p += n;
        }
        return arena_strndup(arena, start, (size_t)(p - start));
    }
    return arena_strdup(arena, text);
}

const char *extract_code(const char *reply, const char *entry_point, struct arena *arena)
{
    struct blocks blocks = {0};
    const char *thought = strstr(reply, "</think>");
    for (; thought; thought = strstr(reply, "</think>"))
        reply = thought + strlen("</think>");
    find_blocks(reply, &blocks);
    const char *code = choose(&blocks, entry_point, arena);
    if (!code &&
        blocks.n) /* nothing parses: the last fence is still the best guess at what was meant */
        code = text_of(&blocks.items[blocks.n - 1], arena);
    free(blocks.items);
    return code ? code : unfenced(reply, arena);
}
