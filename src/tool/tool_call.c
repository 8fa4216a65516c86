/* See tool_call.h. */
#include "tool/tool_call.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/str.h"
#include "base/utf8.h"
#include "tool/program.h"
#include "tool/reply_text.h"

static const char TOOL[] = "python", ARGUMENT[] = "code";

/* White space at the end of a program does not make it another call. */
static void add_hash(struct tool_call *c, const char *arguments)
{
    struct str s CLEANUP_STR = {0};
    size_t n = strlen(arguments);
    while (n > 0 && strchr(" \t\r\n", arguments[n - 1]))
        n--;
    str_addf(&s, "%s%c%.*s", c->tool, 0, (int)n, arguments);
    hash_sha256_hex(s.p, s.len, c->hash);
}

static bool program_call(const char *form, const char *program, struct tool_call *out)
{
    if (str_is_blank(program))
        return false;
    *out = (struct tool_call){.form = form, .tool = TOOL, .program = program};
    add_hash(out, program);
    return true;
}

static bool fence_call(const char *spoken, const char *entry_point, struct tool_call *out,
                       struct arena *arena)
{
    struct program_reading read;
    if (!program_in_fences(spoken, entry_point, &read, arena) ||
        !program_call("fence", read.text, out))
        return false;
    out->ambiguous = read.ambiguous;
    out->weak = read.weak;
    return true;
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
    json_t *arguments CLEANUP_JSON = arguments_of(j);
    char *text CLEANUP_FREE = arguments ? json_text(arguments) : NULL;
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
    if (!json_is_string(code) || str_is_blank(json_string_value(code)))
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
        json_t *j CLEANUP_JSON = json_loads(p, JSON_DISABLE_EOF_CHECK, NULL);
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

/* A call in harmony's own form, where the server has no parser for it: "<|channel|>commentary
 * to=functions.python ...<|message|>{"code": "..."}<|call|>", or the program itself as the message.
 */
static bool harmony_call(const char *reply, struct tool_call *out, struct arena *arena)
{
    static const char mark[] = "<|channel|>", message[] = "<|message|>";
    const char *body = NULL;
    for (const char *p = reply; (p = strstr(p, mark)); p += strlen(mark)) {
        const char *start = strstr(p, message), *to = strstr(p, "to=");
        bool python =
            to && start && to < start && memmem(to, (size_t)(start - to), TOOL, strlen(TOOL));
        body = python ? start + strlen(message) : NULL;
    }
    if (!body)
        return false;
    const char *end = strstr(body, "<|");
    const char *text = arena_strndup(arena, body, end ? (size_t)(end - body) : strlen(body));
    json_t *j CLEANUP_JSON = json_loads(text, 0, NULL);
    if (!json_is_object(j))
        return program_call("json", text, out);
    *out = (struct tool_call){.form = "json", .tool = TOOL};
    read_arguments(out, j, arena);
    return true;
}

/* Output and shell commands stand in fences, too: a call is what holds Python, or is labelled so.
 */
static bool find(const char *spoken, const char *entry_point, struct tool_call *out,
                 struct arena *arena)
{
    struct tool_call json;
    bool fence = fence_call(spoken, entry_point, out, arena);
    if (fence && !out->weak)
        return true;
    if (!json_call(spoken, &json, arena))
        return fence;
    *out = json;
    return true;
}

bool tool_call_find(const char *reply, struct tool_call *out, struct arena *arena)
{
    if (harmony_call(reply, out, arena))
        return true;
    return find(reply_spoken(reply, arena), NULL, out, arena) && !out->weak;
}

bool tool_call_program(const char *reply, const char *entry_point, struct tool_call *out,
                       struct arena *arena)
{
    const char *spoken = reply_spoken(reply, arena);
    struct program_reading read;
    if (harmony_call(reply, out, arena) || find(spoken, entry_point, out, arena))
        return true;
    return program_in_text(spoken, entry_point, &read, arena) &&
           program_call("text", read.text, out);
}
