/* A subset of Mustache: variables, sections and inverted sections, no escaping, one level of
 * values. */
#include "control/template.h"

#include <stdbool.h>
#include <string.h>

struct tag {
    char sigil; /* 0 for a variable, '#', '^' or '/' */
    const char *name;
    size_t name_len;
    const char *start,
        *end; /* what the tag occupies in the text; a lone section tag takes its whole line */
};

/* A section tag with nothing else on its line takes the line with it. */
static void tag_take_line(const char *text, struct tag *t)
{
    const char *from = t->start, *to = t->end;
    while (from > text && (from[-1] == ' ' || from[-1] == '\t'))
        from--;
    while (*to == ' ' || *to == '\t')
        to++;
    if ((from == text || from[-1] == '\n') && (*to == '\n' || *to == '\0')) {
        t->start = from;
        t->end = *to == '\n' ? to + 1 : to;
    }
}

/* The next tag at or after p. False when there is none; an unclosed "{{" is a tag with end = NULL.
 */
static bool tag_next(const char *text, const char *p, struct tag *t)
{
    const char *open = strstr(p, "{{");
    if (!open)
        return false;
    const char *close = strstr(open, "}}");
    *t = (struct tag){.start = open};
    if (!close)
        return true;
    t->end = close + 2;
    t->name = open + 2;
    if (strchr("#^/", *t->name))
        t->sigil = *t->name++;
    t->name_len = (size_t)(close - t->name);
    if (t->sigil)
        tag_take_line(text, t);
    return true;
}

static bool tag_same_name(const struct tag *a, const struct tag *b)
{
    return a->name_len == b->name_len && memcmp(a->name, b->name, a->name_len) == 0;
}

static int var_index(const struct template_vars *vars, const struct tag *t)
{
    for (size_t i = 0; i < vars->n; i++)
        if (strlen(vars->names[i]) == t->name_len &&
            memcmp(vars->names[i], t->name, t->name_len) == 0)
            return (int)i;
    return -1;
}

/* The line of p, when text starts at this one. */
static int line_of(int line, const char *text, const char *p)
{
    for (; text < p; text++)
        line += *text == '\n';
    return line;
}

static int check_name(const char *path, int line, const struct template_vars *vars,
                      const struct tag *t, struct err *err)
{
    if (var_index(vars, t) >= 0)
        return 0;
    char *name CLEANUP_FREE = xstrndup(t->name, t->name_len);
    const char *near = str_nearest(name, vars->names, vars->n);
    struct str hint CLEANUP_STR = {0};
    if (near)
        str_addf(&hint, "did you mean {{%s}}?", near);
    else
        str_add_choice(&hint, vars->names, vars->n);
    return err_input(err, "%s:%d: unknown placeholder {{%s}}; %s%s", path, line, name,
                     near ? "" : "expected ", str_text(&hint));
}

int template_check(const char *path, int first, const char *text, const struct template_vars *vars,
                   struct err *err)
{
    struct tag open = {0}, t; /* sections do not nest within each other: prompts stay readable */
    for (const char *p = text; tag_next(text, p, &t); p = t.end) {
        int line = line_of(first, text, t.start);
        if (!t.end)
            return err_input(err, "%s:%d: '{{' without '}}'", path, line);
        int rc = check_name(path, line, vars, &t, err);
        if (rc)
            return rc;
        if (t.sigil == '/' && (!open.name || !tag_same_name(&open, &t)))
            return err_input(err, "%s:%d: {{/%.*s}} closes no open section", path, line,
                             (int)t.name_len, t.name);
        if ((t.sigil == '#' || t.sigil == '^') && open.name)
            return err_input(err, "%s:%d: section inside section {{%c%.*s}}", path, line,
                             open.sigil, (int)open.name_len, open.name);
        if (t.sigil)
            open = t.sigil == '/' ? (struct tag){0} : t;
    }
    if (open.name)
        return err_input(err, "%s:%d: section {{%c%.*s}} is not closed", path,
                         line_of(first, text, open.start), open.sigil, (int)open.name_len,
                         open.name);
    return 0;
}

void template_render(const char *text, const struct template_vars *vars, struct str *out)
{
    bool show = true;
    const char *p = text;
    struct tag t;
    for (; tag_next(text, p, &t); p = t.end) {
        if (show)
            str_addn(out, p, (size_t)(t.start - p));
        const char *value = vars->values[var_index(vars, &t)];
        bool empty = !value || !*value;
        if (t.sigil == 0 && show && !empty)
            str_add(out, value);
        else if (t.sigil)
            show = t.sigil == '/' || (t.sigil == '#') == !empty;
    }
    str_add(out, p);
}

void template_literal(const char *text, struct str *out)
{
    const char *p = text;
    struct tag t;
    for (; tag_next(text, p, &t); p = t.end) {
        str_addn(out, p, (size_t)(t.start - p));
        str_addc(out, TEMPLATE_GAP);
    }
    str_add(out, p);
}
