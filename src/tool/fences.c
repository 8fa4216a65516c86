/* See fences.h. A line is judged by what it encloses where its own text leaves two readings: three
 * backticks behind a program close it, the same three before one open it. */
#include "tool/fences.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "tool/code_text.h"
#include "tool/fence_line.h"
#include "tool/py_scan.h"

enum { MAX_LOOKS = 256 }; /* at text that a doubtful fence may enclose; a bound on the time */

struct finder {
    const char *text, *said; /* said: where the text since the last block starts */
    struct arena *arena;
    struct fence_block *items; /* [n], on the heap */
    size_t n, cap;
    int looks;
    int wrappers; /* fences whose inside turned out to hold fences; their closing marks come later
                   */
};

/* Of a block. */
struct inside {
    const char *start, *end, *next; /* next: behind the closing line */
    bool on_line;                   /* the code starts on the fence's own line */
    bool another;                   /* it ends where another fence opens */
};

static bool parses(const char *p, const char *end)
{
    return py_parses(p, (size_t)(end - p));
}

static bool blank(const char *p, const char *end)
{
    return p + strspn(p, " \t\r\n") >= end;
}

static const char *without_quotes(const char *p, const char *end, size_t quotes,
                                  struct arena *arena)
{
    struct str out CLEANUP_STR = {0};
    while (p < end) {
        const char *stop = fence_line_next(p) < end ? fence_line_next(p) : end;
        const char *from = fence_skip_quotes(p, quotes);
        from = from < stop ? from : stop - (stop[-1] == '\n');
        str_addn(&out, from, (size_t)(stop - from));
        p = stop;
    }
    return arena_strndup(arena, str_text(&out), out.len);
}

/* Is what stands from start to end in the block Python? */
static bool holds_python(struct finder *f, const struct fence_line *open, const char *start,
                         const char *end)
{
    if (open->quotes == 0 || start >= end)
        return parses(start, end);
    const char *text = without_quotes(start, end, open->quotes, f->arena);
    return py_parses(text, strlen(text));
}

/* ---- where a block ends ---- */

/* Three backticks behind code on its line: the line break before them is missing. Not in a comment,
 * and not in a string, where what stands before them is no whole program. */
static const char *glued_closer(struct finder *f, const char *line, const char *start,
                                const struct fence_line *open)
{
    struct fence_line l;
    if (!fence_line_read(line, &l) || l.at_start || *l.mark != *open->mark ||
        l.width < open->width || memchr(line, '#', (size_t)(l.mark - line)) ||
        memchr(l.info, *open->mark, l.info_len))
        return NULL;
    return f->looks++ < MAX_LOOKS && holds_python(f, open, start, l.mark) ? l.mark : NULL;
}

enum closing { NO_CLOSER, CLOSER, OPENS_ANOTHER };

/* What the line is to a block that is open. */
static enum closing closing_of(const char *line, const struct fence_line *open, const char **next)
{
    const char *p = fence_skip_quotes(line, open->quotes), *mark = p + strspn(p, " \t>");
    size_t width = strspn(mark, (char[]){*open->mark, 0});
    struct fence_line l;
    *next = fence_line_next(line);
    if (width >= 3 && fence_line_read(mark, &l) && l.known && l.rest >= l.info + l.info_len) {
        *next = line;
        return OPENS_ANOTHER;
    }
    if (width < open->width)
        return NO_CLOSER;
    mark += width;
    return memchr(mark, *open->mark, strcspn(mark, "\n")) ? NO_CLOSER : CLOSER;
}

/* From in->start to the closing line. A line that looks like one inside of a docstring is none, if
 * the program comes to its end at a later one. */
static void find_end(struct finder *f, const struct fence_line *open, struct inside *in)
{
    struct inside first = {0};
    for (const char *p = in->start; *p; p = fence_line_next(p)) {
        const char *end = p, *next;
        enum closing what = closing_of(p, open, &next);
        bool first_line = p == in->start && in->on_line;
        if (what == NO_CLOSER || first_line) {
            what = NO_CLOSER;
            end = glued_closer(f, p, in->start, open);
            if (!end)
                continue;
            what = CLOSER;
        }
        *in = (struct inside){in->start, end, next, in->on_line, what == OPENS_ANOTHER};
        bool in_string =
            f->looks++ < MAX_LOOKS && py_open_string(in->start, (size_t)(end - in->start));
        if (!in_string && (!first.start || holds_python(f, open, in->start, end)))
            return;
        if (!in_string)
            break;
        if (!first.start && what == CLOSER)
            first = *in;
    }
    if (first.start) {
        *in = first;
        return;
    }
    in->end = in->next = in->start + strlen(in->start);
    in->another = false;
}

static void find_tag_end(const struct fence_line *open, struct inside *in)
{
    const char *close = fence_tag_close(open->tag);
    const char *at = *close ? strcasestr(in->start, close) : NULL;
    in->end = at ? at : in->start + strlen(in->start);
    in->next = at ? fence_line_next(at) : in->end;
}

/* ---- the text of a block ---- */

static void add_dedented(struct str *out, const char *p, size_t indent)
{
    while (*p) {
        const char *stop = fence_line_next(p);
        size_t white = strspn(p, " \t");
        p += white < indent ? white : indent;
        str_addn(out, p, (size_t)(stop - p));
        p = stop;
    }
}

/* Without the indentation that all statements share. The inside of a function keeps what it has
 * beyond the fence: HumanEval's completions go on behind a head. */
static const char *text_of(const struct fence_line *open, const struct inside *in,
                           struct arena *arena)
{
    struct str out CLEANUP_STR = {0};
    const char *text =
        in->start < in->end ? without_quotes(in->start, in->end, open->quotes, arena) : "";
    const char *rest = in->on_line ? fence_line_next(text) : text;
    size_t indent = py_indent(rest, strlen(rest));
    bool kept = in->on_line || py_is_body(text, strlen(text));
    if (kept && indent > open->column)
        indent = open->column;
    str_addn(&out, text, (size_t)(rest - text));
    add_dedented(&out, rest, indent);
    return arena_strndup(arena, str_text(&out), out.len);
}

/* ---- where a block begins ---- */

static void add_block(struct finder *f, struct fence_block block)
{
    f->items = xgrow(f->items, &f->cap, f->n + 1, sizeof *f->items);
    f->items[f->n++] = block;
}

/* Is the rest of a line the beginning of a program? Words alone are not. */
static bool is_code(const char *p, size_t n)
{
    size_t line = py_line(p, strlen(p));
    return n > 0 && py_does_something(p, n) && py_parses(p, line > n ? line : n);
}

/* "```python print(42)```" */
static bool one_line_block(struct finder *f, const struct fence_line *l, const char **next)
{
    const char *end = l->info + l->info_len;
    const char *close = l->width ? memmem(l->info, l->info_len, "```", 3) : NULL;
    if (!close)
        return false;
    *next = close + strspn(close, "`");
    if (l->label != FENCE_PYTHON || l->rest >= close ||
        !py_does_something(l->rest, (size_t)(close - l->rest)) || !parses(l->rest, close))
        return true;
    add_block(f, (struct fence_block){FENCE_PYTHON,
                                      arena_strndup(f->arena, l->rest, (size_t)(close - l->rest)),
                                      l->mark, *next < end ? *next : end});
    return true;
}

/* Does an opening line say by itself that it is one? Sets where the code starts. */
static bool opens_clearly(const struct fence_line *l, struct inside *in)
{
    const char *end = l->info + l->info_len;
    size_t n_rest = (size_t)(end - l->rest);
    in->start = fence_line_next(l->mark);
    if (l->info_len == 0)
        return false;
    if (l->known && fence_line_is_attribute(l->rest, n_rest))
        return l->at_start || (n_rest == 0 && l->after_colon);
    const char *code = l->known ? l->rest : l->info;
    if ((l->label == FENCE_PYTHON || (!l->known && l->at_start)) &&
        is_code(code, (size_t)(end - code))) {
        in->start = code;
        in->on_line = true;
        return true;
    }
    return l->at_start && !l->known && strcspn(l->info, " \t\n") >= l->info_len;
}

/* "```markdown" around a reply that has fences of its own. */
static bool wraps_fences(const struct fence_line *l)
{
    if (strncasecmp(l->info, "markdown", 8) != 0 && strncasecmp(l->info, "md", 2) != 0)
        return false;
    struct fence_line a, b;
    const char *p = fence_line_next(l->mark);
    while (*p && !(fence_line_read(p, &a) && a.at_start))
        p = fence_line_next(p);
    if (!*p || a.info_len > 0)
        return *p != '\0';
    const char *start = fence_line_next(p); /* a plain one: does it enclose code? */
    for (p = start; *p && !(fence_line_read(p, &b) && b.at_start);)
        p = fence_line_next(p);
    return *p && parses(start, p);
}

/* A fence that its line leaves in doubt: three backticks alone, or words behind a label. It opens a
 * block if that block is a program. */
static bool encloses_program(struct finder *f, const struct fence_line *l, struct inside *in)
{
    if (f->looks++ >= MAX_LOOKS)
        return false;
    find_end(f, l, in);
    const char *text = text_of(l, in, f->arena);
    size_t n = strlen(text);
    return py_parses(text, n) && (l->info_len == 0 || py_does_something(text, n));
}

/* Three backticks behind a program that no fence opened: what stands before them is the block. */
static bool closes_only(struct finder *f, const struct fence_line *l)
{
    size_t n = (size_t)(l->mark - f->said);
    if (f->looks++ >= MAX_LOOKS || blank(f->said, l->mark))
        return false;
    const char *code = code_in_text(f->said, n, f->arena);
    if (!code || !py_does_something(code, strlen(code)))
        return false;
    add_block(f, (struct fence_block){FENCE_PLAIN, code, f->said, l->mark + l->width});
    return true;
}

static void take_block(struct finder *f, const struct fence_line *l, const struct inside *in,
                       const char **next)
{
    enum fence_label label = l->label;
    if (l->tag >= 0)
        label = FENCE_PYTHON;
    else if (in->on_line && !l->known)
        label = FENCE_PLAIN;
    const char *text = text_of(l, in, f->arena);
    *next = f->said = in->next;
    f->wrappers += in->another;
    if (l->tag < 0 || py_does_something(text, strlen(text))) /* "<code>x</code>" in a sentence */
        add_block(f, (struct fence_block){label, text, l->mark, in->next});
}

/* Reads the line at p, and the block if it opens one. Returns where to go on. */
static const char *read_line(struct finder *f, const char *p)
{
    struct fence_line l;
    struct inside in = {0};
    const char *next = fence_line_next(p);
    if (!fence_line_read(p, &l))
        return next;
    if (l.tag >= 0) {
        in.start = l.info[strspn(l.info, " \t\r")] == '\n' ? fence_line_next(l.info) : l.info;
        find_tag_end(&l, &in);
        take_block(f, &l, &in, &next);
        return next;
    }
    if (one_line_block(f, &l, &next))
        return next;
    if (l.at_start && wraps_fences(&l)) {
        f->wrappers++;
        return next;
    }
    if (opens_clearly(&l, &in)) {
        find_end(f, &l, &in);
        take_block(f, &l, &in, &next);
        return next;
    }
    bool bare = l.info_len == 0, wrapper = f->wrappers > 0 && blank(f->said, l.mark);
    bool doubtful = bare ? l.at_start || !parses(p, l.mark) : l.at_start || l.known;
    if (doubtful && encloses_program(f, &l, &in)) {
        take_block(f, &l, &in, &next);
    } else if (bare && closes_only(f, &l)) {
        f->said = next;
    } else if (bare && l.at_start && !wrapper) {
        find_end(f, &l, &in);
        take_block(f, &l, &in, &next);
    } else if (bare && wrapper) {
        f->wrappers--;
        f->said = next;
    }
    return next;
}

struct fence_blocks fences_find(const char *spoken, struct arena *arena)
{
    struct finder f = {.text = spoken, .said = spoken, .arena = arena};
    for (const char *p = spoken; *p;)
        p = read_line(&f, p);
    struct fence_blocks out = {arena_alloc(arena, (f.n + 1) * sizeof *out.items), f.n};
    if (f.n)
        memcpy(out.items, f.items, f.n * sizeof *out.items);
    free(f.items);
    return out;
}
