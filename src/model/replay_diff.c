/* See replay_diff.h. The first difference is named, the rest usually follows from it. */
#include "model/replay_diff.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "model/sampling.h"

enum { SNIPPET = 40 /* bytes of either text that are shown */ };

/* The text from byte `at` on, cut short and quoted as JSON. Caller frees. */
static char *snippet(const char *text, size_t at)
{
    size_t n = strlen(text + at);
    json_t *j CLEANUP_JSON = json_bytes(text + at, n <= SNIPPET ? n : utf8_cut(text + at, SNIPPET));
    return json_text(j);
}

static const char *text_diff(const char *what, const char *was, const char *is, struct arena *arena)
{
    size_t at = 0;
    while (was[at] && was[at] == is[at])
        at++;
    at = utf8_cut(was, at);
    char *old CLEANUP_FREE = snippet(was, at), *new CLEANUP_FREE = snippet(is, at);
    return arena_printf(arena, "%s differs from byte %zu on: it was %s, it is %s", what, at, old,
                        new);
}

static const char *message_diff(const json_t *was, const json_t *is, struct arena *arena)
{
    size_t n_was = json_array_size(was), n_is = json_array_size(is);
    for (size_t i = 0; i < n_was && i < n_is; i++) {
        const json_t *a = json_array_get(was, i), *b = json_array_get(is, i);
        const char *role = json_get_str(b, "role", "?");
        const char *what = arena_printf(arena, "message %zu (%s)", i + 1, role);
        if (strcmp(json_get_str(a, "role", "?"), role) != 0)
            return arena_printf(arena, "%s was the %s's", what, json_get_str(a, "role", "?"));
        const char *old = json_get_str(a, "content", ""), *new = json_get_str(b, "content", "");
        if (strcmp(old, new) != 0)
            return text_diff(what, old, new, arena);
    }
    return n_was == n_is ? NULL
                         : arena_printf(arena, "it had %zu messages, it has %zu", n_was, n_is);
}

static const char *value_diff(const char *key, const json_t *was, const json_t *is,
                              struct arena *arena)
{
    const json_t *a = json_object_get(was, key), *b = json_object_get(is, key);
    char *old CLEANUP_FREE = a ? json_text(a) : xstrdup("absent");
    char *new CLEANUP_FREE = b ? json_text(b) : xstrdup("absent");
    if (strcmp(old, new) == 0)
        return NULL;
    return arena_printf(arena, "%s was %.*s, it is %.*s", key, SNIPPET, old, SNIPPET, new);
}

const char *replay_diff(const char *recorded, const struct model_request *req, struct arena *arena)
{
    json_t *was CLEANUP_JSON = json_parse(recorded, strlen(recorded), "record", NULL);
    char hash[HASH_HEX];
    char *text CLEANUP_FREE = model_request_text(req, hash);
    json_t *is CLEANUP_JSON = json_parse(text, strlen(text), "request", NULL);
    const char *said =
        message_diff(json_object_get(was, "messages"), json_object_get(is, "messages"), arena);
    for (size_t i = 0; !said && i < n_sampling_fields; i++)
        said = value_diff(sampling_fields[i].name, was, is, arena);
    if (!said)
        said = value_diff("seed", was, is, arena);
    if (!said)
        said = value_diff("json_schema", was, is, arena);
    return said ? said : "it was written differently";
}
