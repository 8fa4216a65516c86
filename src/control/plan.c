/* Reading a plan out of a reply. */
#include "control/plan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"

const char plan_schema[] =
    "{\"type\":\"object\",\"required\":[\"steps\"],\"properties\":{"
    "\"steps\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"id\",\"desc\"],"
    "\"properties\":{\"id\":{\"type\":\"integer\"},\"desc\":{\"type\":\"string\"},"
    "\"deps\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}}}},"
    "\"signature\":{\"type\":\"string\"},"
    "\"constraints\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}";

static void plan_add_text(struct plan *p, struct arena *arena)
{
    CLEANUP_STR struct str s = {0};
    for (size_t i = 0; i < p->n; i++)
        str_addf(&s, "%s%zu. %s", i ? "\n" : "", i + 1, p->steps[i].desc);
    p->text = arena_strndup(arena, str_text(&s), s.len);
}

/* A string, or an array of strings joined by newlines. */
static const char *joined(const json_t *j, struct arena *arena)
{
    if (json_is_string(j))
        return arena_strdup(arena, json_string_value(j));
    CLEANUP_STR struct str s = {0};
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

static bool step_from_json(const json_t *j, size_t place, struct plan_step *out,
                           struct arena *arena)
{
    const char *desc = step_desc(j);
    if (!desc || !*desc)
        return false;
    const json_t *deps = json_object_get(j, "deps");
    long long *ids = arena_alloc(arena, json_array_size(deps) * sizeof *ids);
    for (size_t i = 0; i < json_array_size(deps); i++)
        ids[i] = json_integer_value(json_array_get(deps, i));
    *out = (struct plan_step){.id = json_get_int(j, "id", (long long)place + 1),
                              .desc = arena_strdup(arena, desc),
                              .deps = ids,
                              .n_deps = json_array_size(deps)};
    return true;
}

static bool plan_from_json(const json_t *root, struct plan *out, struct arena *arena)
{
    const json_t *steps = json_is_array(root) ? root : json_object_get(root, "steps");
    size_t n = json_array_size(steps);
    if (n == 0)
        return false;
    struct plan_step *list = arena_alloc(arena, n * sizeof *list);
    for (size_t i = 0; i < n; i++)
        if (!step_from_json(json_array_get(steps, i), i, &list[i], arena))
            return false;
    *out = (struct plan){.steps = list,
                         .n = n,
                         .signature = arena_strdup(arena, json_get_str(root, "signature", "")),
                         .constraints = joined(json_object_get(root, "constraints"), arena),
                         .from_json = true};
    plan_add_text(out, arena);
    return true;
}

/* The first JSON object or array in the text that holds a plan. */
static bool plan_find_json(const char *reply, struct plan *out, struct arena *arena)
{
    for (const char *p = strpbrk(reply, "{["); p; p = strpbrk(p + 1, "{[")) {
        CLEANUP_JSON json_t *root = json_loads(p, JSON_DISABLE_EOF_CHECK, NULL);
        if (root && plan_from_json(root, out, arena)) {
            const char *lead = reply + strspn(reply, " \t\r\n");
            out->repaired = lead != p;
            return true;
        }
    }
    return false;
}

/* "3. text", "3) text", "- text", "Step 3: text": where the text starts, or NULL. */
static const char *list_item(const char *line)
{
    line += strspn(line, " \t");
    if (strncasecmp(line, "step ", 5) == 0)
        line += 5;
    if (*line == '-' || *line == '*')
        return line[1] == ' ' ? line + 2 : NULL;
    size_t digits = strspn(line, "0123456789");
    const char *mark = line + digits;
    if (digits == 0 || digits > 3 || !*mark || !strchr(".):", *mark) || mark[1] != ' ')
        return NULL;
    return mark + 2;
}

static bool plan_from_lines(const char *reply, struct plan *out, struct arena *arena)
{
    size_t lines = 1, n = 0;
    for (const char *p = reply; *p; p++)
        lines += *p == '\n';
    struct plan_step *list = arena_alloc(arena, lines * sizeof *list);
    for (const char *p = reply; p;) {
        const char *end = strchrnul(p, '\n');
        const char *text = list_item(p);
        while (text && text < end && isspace((unsigned char)end[-1]))
            end--;
        if (text && text < end) {
            const char *desc = arena_strndup(arena, text, (size_t)(end - text));
            list[n] = (struct plan_step){.id = (long long)n + 1, .desc = desc};
            n++;
        }
        p = strchr(p, '\n');
        p = p ? p + 1 : NULL;
    }
    if (n == 0)
        return false;
    *out = (struct plan){.steps = list, .n = n, .signature = "", .constraints = ""};
    plan_add_text(out, arena);
    return true;
}

bool plan_parse(const char *reply, struct plan *out, struct arena *arena)
{
    return plan_find_json(reply, out, arena) || plan_from_lines(reply, out, arena);
}
