/* Reading a plan out of a reply. */
#include "control/code_plan.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "tool/reply_scan.h"
#include "tool/reply_text.h"

const char plan_schema[] =
    "{\"type\":\"object\",\"required\":[\"steps\"],\"properties\":{"
    "\"steps\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"desc\"],"
    "\"properties\":{\"id\":{\"type\":\"integer\"},\"desc\":{\"type\":\"string\"},"
    "\"deps\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}}}},"
    "\"signature\":{\"type\":\"string\"},"
    "\"constraints\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}";

static void plan_add_text(struct code_plan *p, struct arena *arena)
{
    struct str s CLEANUP_STR = {0};
    for (size_t i = 0; i < p->n; i++)
        str_addf(&s, "%s%zu. %s", i ? "\n" : "", i + 1, p->steps[i].desc);
    p->text = arena_strndup(arena, str_text(&s), s.len);
}

/* A string, or an array of strings joined by newlines. */
static const char *joined(const json_t *j, struct arena *arena)
{
    if (json_is_string(j))
        return arena_strdup(arena, json_string_value(j));
    struct str s CLEANUP_STR = {0};
    size_t i;
    json_t *item;
    json_array_foreach (j, i, item) {
        if (json_is_string(item))
            str_addf(&s, "%s- %s", s.len ? "\n" : "", json_string_value(item));
    }
    return arena_strndup(arena, str_text(&s), s.len);
}

static const char *step_desc(const json_t *j)
{
    static const char *const names[] = {"desc", "description", "step", "expr_desc"};
    if (json_is_string(j))
        return json_string_value(j);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *s = json_get_str(j, names[i], NULL);
        if (s)
            return s;
    }
    return NULL;
}

static bool step_from_json(const json_t *j, size_t place, struct code_plan_step *out,
                           struct arena *arena)
{
    const char *desc = step_desc(j);
    if (!desc || !*desc)
        return false;
    const json_t *deps = json_object_get(j, "deps");
    long long *ids = arena_alloc(arena, json_array_size(deps) * sizeof *ids);
    for (size_t i = 0; i < json_array_size(deps); i++)
        ids[i] = json_integer_value(json_array_get(deps, i));
    *out = (struct code_plan_step){.id = json_get_int(j, "id", (long long)place + 1),
                                   .desc = arena_strdup(arena, desc),
                                   .deps = ids,
                                   .n_deps = json_array_size(deps)};
    return true;
}

static bool plan_from_json(const json_t *root, struct code_plan *out, struct arena *arena)
{
    const json_t *steps = json_is_array(root) ? root : json_object_get(root, "steps");
    size_t n = json_array_size(steps);
    if (n == 0)
        return false;
    struct code_plan_step *list = arena_alloc(arena, n * sizeof *list);
    for (size_t i = 0; i < n; i++)
        if (!step_from_json(json_array_get(steps, i), i, &list[i], arena))
            return false;
    *out = (struct code_plan){.steps = list,
                              .n = n,
                              .signature = arena_strdup(arena, json_get_str(root, "signature", "")),
                              .constraints = joined(json_object_get(root, "constraints"), arena),
                              .from_json = true};
    plan_add_text(out, arena);
    return true;
}

static bool plan_from_lines(const char *reply, struct code_plan *out, struct arena *arena)
{
    const char **item;
    size_t n = reply_items(reply, &item, arena);
    if (n == 0)
        return false;
    if (n > CODE_PLAN_STEPS)
        n = CODE_PLAN_STEPS;
    struct code_plan_step *list = arena_alloc(arena, n * sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct code_plan_step){.id = (long long)i + 1, .desc = item[i]};
    *out = (struct code_plan){.steps = list, .n = n, .signature = "", .constraints = ""};
    plan_add_text(out, arena);
    return true;
}

struct code_reading {
    struct code_plan *out;
    struct arena *arena;
};

static bool take(void *ctx, const json_t *root)
{
    struct code_reading *r = ctx;
    return plan_from_json(root, r->out, r->arena);
}

bool code_plan_parse(const char *reply, struct code_plan *out, struct arena *arena)
{
    bool alone;
    reply = reply_spoken(reply, arena);
    if (!reply_find_json(reply, take, &(struct code_reading){out, arena}, &alone))
        return plan_from_lines(reply, out, arena);
    out->repaired = !alone;
    return true;
}

static size_t name_length(const char *p)
{
    size_t n = 0;
    while (isalnum((unsigned char)p[n]) || p[n] == '_')
        n++;
    return n;
}

/* Behind the bracket that closes the one at p, or NULL. What stands in quotes does not count. */
static const char *behind_brackets(const char *p)
{
    int depth = 0;
    for (char quote = '\0'; *p; p++) {
        if (quote || *p == '\'' || *p == '"') {
            quote = !quote ? *p : *p == quote ? '\0' : quote;
            continue;
        }
        depth += strchr("([{", *p) != NULL;
        depth -= strchr(")]}", *p) != NULL;
        if (depth == 0)
            return p + 1;
    }
    return NULL;
}

const char *code_plan_signature_fault(const char *signature, const char *entry_point)
{
    const char *p = signature + strspn(signature, " \t\r\n`");
    if (!entry_point)
        return "stdin";
    if (strncmp(p, "def ", 4) == 0)
        p += 4 + strspn(p + 4, " ");
    size_t n = name_length(p);
    const char *rest = p[n] == '(' ? behind_brackets(p + n) : NULL;
    if (n == 0 || !rest)
        return "form";
    if (strlen(entry_point) != n || strncmp(p, entry_point, n) != 0)
        return "name";
    if (strncmp(rest + strspn(rest, " "), "->", 2) == 0)
        rest += strcspn(rest, ":\n"); /* the type that is returned */
    return rest[strspn(rest, ": \t\r\n`")] ? "body" : NULL;
}

struct transcript_steps code_plan_steps(const struct code_plan *p, struct arena *arena)
{
    struct transcript_step *steps = arena_alloc(arena, p->n * sizeof *steps);
    for (size_t i = 0; i < p->n; i++) {
        const struct code_plan_step *s = &p->steps[i];
        const char **deps = arena_alloc(arena, s->n_deps * sizeof *deps);
        for (size_t k = 0; k < s->n_deps; k++)
            deps[k] = arena_printf(arena, "%lld", s->deps[k]);
        steps[i] = (struct transcript_step){
            arena_printf(arena, "%lld", s->id), s->desc, {deps, s->n_deps}};
    }
    return (struct transcript_steps){steps, p->n};
}
