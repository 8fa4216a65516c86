/* See tool_call.h. */
#include "control/tool_call.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/str.h"
#include "base/utf8.h"
#include "tool/extract.h"

static const char TOOL[] = "python", ARGUMENT[] = "code";

/* White space at the end of a program makes no other call of it. */
static void add_hash(struct tool_call *c, const char *arguments)
{
    CLEANUP_STR struct str s = {0};
    size_t n = strlen(arguments);
    while (n > 0 && strchr(" \t\r\n", arguments[n - 1]))
        n--;
    str_addf(&s, "%s%c%.*s", c->tool, 0, (int)n, arguments);
    hash_sha256_hex(s.p, s.len, c->hash);
}

static bool blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

static bool program_call(const char *form, const char *program, struct tool_call *out)
{
    if (blank(program))
        return false;
    *out = (struct tool_call){.form = form, .tool = TOOL, .program = program};
    add_hash(out, program);
    return true;
}

/* ---- fences ---- */

/* The label of a fence: "python" of "```python id=3", "" of "```". */
static bool has_label(const char *fence, const char *label)
{
    const char *p = fence + strspn(fence, "`");
    p += strspn(p, " \t");
    size_t n = strcspn(p, " \t\r\n{");
    return n == strlen(label) && strncasecmp(p, label, n) == 0;
}

/* The last fence of this label, or NULL. An unclosed one runs to the end; one that is closed behind
 * its last line is closed below it. */
static const char *last_fence(const char *reply, const char *label, struct arena *arena)
{
    const char *found = NULL;
    for (const char *p = strstr(reply, "```"); p;) {
        const char *start = strchrnul(p, '\n'), *end = strstr(start, "```");
        size_t n = end ? (size_t)(end - p) : strlen(p);
        if (has_label(p, label))
            found = arena_printf(arena, "%.*s%s```", (int)n, p, p[n - 1] == '\n' ? "" : "\n");
        p = end ? strstr(end + strspn(end, "`"), "```") : NULL;
    }
    return found;
}

static bool fence_call(const char *reply, struct tool_call *out, struct arena *arena)
{
    static const char *const labels[] = {"python", "py", "python3", "tool_code", ""};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        const char *fence = last_fence(reply, labels[i], arena);
        if (fence && (*labels[i] || fence[strspn(fence, "` \t\r\n")] != '{'))
            return program_call("fence", extract_code(fence, NULL, arena), out);
    }
    return false;
}

/* ---- JSON ---- */

static const json_t *member(const json_t *j, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (json_object_get(j, names[i]))
            return json_object_get(j, names[i]);
    return NULL;
}

enum { SHOWN_BYTES = 40 }; /* of a name that a model made up */

static const char *shown(const char *name, struct arena *arena)
{
    size_t n = strlen(name);
    return arena_strndup(arena, name, n <= SHOWN_BYTES ? n : utf8_cut(name, SHOWN_BYTES));
}

static void unsound(struct tool_call *c, const char *error, const char *message)
{
    c->error = error;
    c->message = message;
}

/* Arguments as an object; servers write them as text that holds JSON, too. New reference or NULL.
 */
static json_t *arguments_of(const json_t *j)
{
    if (json_is_object(j))
        return json_incref((json_t *)j);
    const char *text = json_string_value(j);
    json_t *inner = text ? json_loads(text, 0, NULL) : NULL;
    if (json_is_object(inner))
        return inner;
    json_decref(inner);
    return NULL;
}

static void read_arguments(struct tool_call *c, const json_t *j, struct arena *arena)
{
    CLEANUP_JSON json_t *arguments = arguments_of(j);
    CLEANUP_FREE char *text = arguments ? json_text(arguments) : NULL;
    const json_t *code = json_object_get(arguments, ARGUMENT);
    const char *key;
    json_t *value;
    add_hash(c, text ? text : "");
    if (!str_eq(c->tool, TOOL)) {
        unsound(c, "unknown_tool",
                arena_printf(arena, "There is no tool '%s'; the only tool is %s.",
                             shown(c->tool, arena), TOOL));
        return;
    }
    json_object_foreach (arguments, key, value) {
        if (!str_eq(key, ARGUMENT)) {
            unsound(c, "bad_arguments",
                    arena_printf(arena, "%s has no argument '%s'; its one argument is %s.", TOOL,
                                 shown(key, arena), ARGUMENT));
            return;
        }
    }
    if (!json_is_string(code) || blank(json_string_value(code)))
        unsound(
            c, "bad_arguments",
            arena_printf(arena, "%s needs the argument %s: the program, as text.", TOOL, ARGUMENT));
    else
        program_call("json", arena_strdup(arena, json_string_value(code)), c);
}

static bool call_from_json(const json_t *j, struct tool_call *out, struct arena *arena)
{
    static const char *const names[] = {"tool", "name", "function"};
    static const char *const arguments[] = {"arguments", "args", "parameters"};
    const json_t *name = member(j, names, 3), *args = member(j, arguments, 3);
    if (json_is_object(name)) { /* {"function": {"name": ..., "arguments": ...}} */
        args = member(name, arguments, 3);
        name = json_object_get(name, "name");
    }
    if (!json_is_string(name) || !args)
        return false;
    *out = (struct tool_call){.form = "json", .tool = arena_strdup(arena, json_string_value(name))};
    read_arguments(out, args, arena);
    return true;
}

static bool json_call(const char *reply, struct tool_call *out, struct arena *arena)
{
    for (const char *p = strchr(reply, '{'); p; p = strchr(p + 1, '{')) {
        CLEANUP_JSON json_t *j = json_loads(p, JSON_DISABLE_EOF_CHECK, NULL);
        if (j && call_from_json(j, out, arena))
            return true;
    }
    if (!strstr(reply, "<tool_call>"))
        return false;
    *out = (struct tool_call){.form = "json", .tool = ""};
    add_hash(out, strstr(reply, "<tool_call>"));
    unsound(
        out, "bad_arguments",
        "The tool call is not JSON of the form {\"name\": \"python\", \"arguments\": {\"code\": "
        "\"...\"}}.");
    return true;
}

static const char *after_thoughts(const char *reply)
{
    for (const char *t; (t = strstr(reply, "</think>"));)
        reply = t + strlen("</think>");
    return reply;
}

bool tool_call_find(const char *reply, struct tool_call *out, struct arena *arena)
{
    reply = after_thoughts(reply);
    return fence_call(reply, out, arena) || json_call(reply, out, arena);
}

bool tool_call_program(const char *reply, struct tool_call *out, struct arena *arena)
{
    return tool_call_find(reply, out, arena) ||
           program_call("text", extract_code(after_thoughts(reply), NULL, arena), out);
}
