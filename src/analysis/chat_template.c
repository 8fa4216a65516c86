/* See chat_template.h. */
#include "analysis/chat_template.h"
#include <ctype.h>
#include <string.h>
#include "base/utf8.h"

enum { SHOWN = 48 }; /* bytes of a template that are shown */

static bool is_blank(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isspace((unsigned char)s[i]))
            return false;
    return true;
}

/* In quotes, on one line, its beginning only. */
static void add_shown(struct str *out, const char *s, size_t n)
{
    while (n && isspace((unsigned char)*s))
        s++, n--;
    while (n && isspace((unsigned char)s[n - 1]))
        n--;
    size_t keep = n > SHOWN ? utf8_cut(s, SHOWN) : n;
    str_addc(out, '\'');
    for (size_t i = 0; i < keep; i++)
        str_add(out, s[i] == '\n' ? "\\n" : (char[]){s[i], 0});
    str_add(out, keep < n ? "...'" : "'");
}

/* Where the message's text, trimmed, stands in the prompt; templates trim it, too. */
static const char *find_content(const char *prompt, const char *content, size_t *n)
{
    content += strspn(content, " \t\r\n");
    *n = strlen(content);
    while (*n && isspace((unsigned char)content[*n - 1]))
        (*n)--;
    return *n ? memmem(prompt, strlen(prompt), content, *n) : prompt;
}

/* What stands around the messages: before the first, between them, behind the last. */
struct around {
    struct str before, after;
    const char *missing; /* the role of a message that is not in the prompt; NULL = none */
};

static void look_around(const char *rendered, const json_t *messages, struct around *a)
{
    const json_t *m;
    const char *at = rendered;
    size_t i;
    json_array_foreach (messages, i, m) {
        size_t n;
        const char *found = find_content(at, json_get_str(m, "content", ""), &n);
        if (!found) {
            a->missing = json_get_str(m, "role", "user");
            continue;
        }
        str_addn(&a->before, at, (size_t)(found - at));
        at = found + n;
    }
    str_add(&a->after, at);
}

static enum template_verdict judge_rendered(const char *rendered, const json_t *messages,
                                            const char *mark, struct str *seen)
{
    struct around a = {0};
    enum template_verdict v = TEMPLATE_BAD;
    look_around(rendered, messages, &a);
    if (a.missing) {
        str_addf(seen, "the %s message is not in the prompt that the model reads", a.missing);
    } else if (is_blank(str_text(&a.before), a.before.len) &&
               is_blank(str_text(&a.after), a.after.len)) {
        str_add(seen, "the rendered prompt has no role marks: the messages stand bare");
    } else if (is_blank(str_text(&a.before), a.before.len)) {
        str_add(seen, "the rendered prompt has no role marks before the messages");
    } else if (is_blank(str_text(&a.after), a.after.len)) {
        str_add(seen, "behind the user's message nothing opens the model's turn");
    } else if (mark && !strstr(rendered, mark)) {
        str_addf(seen, "the rendered prompt has no %s, this model's own mark, but ", mark);
        add_shown(seen, a.before.p, a.before.len);
    } else {
        v = TEMPLATE_GOOD;
        str_add(seen, "rendered: ");
        add_shown(seen, a.before.p, a.before.len);
        str_add(seen, " ... ");
        add_shown(seen, a.after.p, a.after.len);
    }
    str_free(&a.before);
    str_free(&a.after);
    return v;
}

/* The text outside of {{ }} and {% %}. */
static void add_literal(const char *template, struct str *out)
{
    for (const char *at = template; *at;) {
        const char *close = str_starts(at, "{{") ? "}}" : str_starts(at, "{%") ? "%}" : NULL;
        const char *end = close ? strstr(at, close) : NULL;
        if (end)
            at = end + 2;
        else
            str_addc(out, *at++);
    }
}

static enum template_verdict judge_template(const char *template, const char *mark,
                                            struct str *seen)
{
    struct str literal CLEANUP_STR = {0};
    add_literal(template, &literal);
    bool names_role = strstr(template, ".Role") || strstr(template, "role");
    if (is_blank(str_text(&literal), literal.len) && !names_role) {
        str_add(seen, "the template ");
        add_shown(seen, template, strlen(template));
        str_add(seen, " has no role marks");
        return TEMPLATE_BAD;
    }
    if (mark && !strstr(template, mark)) {
        str_addf(seen, "the template has no %s, this model's own mark: ", mark);
        add_shown(seen, template, strlen(template));
        return TEMPLATE_BAD;
    }
    str_add(seen, "template: ");
    add_shown(seen, template, strlen(template));
    return TEMPLATE_GOOD;
}

enum template_verdict template_judge(const json_t *facts, const char *mark, struct str *seen)
{
    const char *rendered = json_get_str(facts, "rendered", NULL);
    const char *template = json_get_str(facts, "template", NULL);
    if (rendered)
        return judge_rendered(rendered, json_object_get(facts, "messages"), mark, seen);
    if (template && *template)
        return judge_template(template, mark, seen);
    str_add(seen, "this server does not show its template");
    return TEMPLATE_UNSEEN;
}
