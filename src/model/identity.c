/* See identity.h. */
#include "model/identity.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

static char *value_diff(const json_t *was, const json_t *is, const char *key)
{
    const json_t *a = json_object_get(was, key), *b = json_object_get(is, key);
    if (!a || !b || json_equal(a, b))
        return NULL;
    char *old CLEANUP_FREE = json_text(a), *new CLEANUP_FREE = json_text(b);
    return xasprintf("its %s was %s, it is %s", key, old, new);
}

/* LM Studio tells another context once the model is loaded. */
static bool tells_context(const json_t *id)
{
    const char *dialect = json_get_str(id, "dialect", "");
    return str_eq(dialect, "llama-server") || str_eq(dialect, "vllm");
}

char *identity_diff(const json_t *was, const json_t *is)
{
    static const char *const keys[] = {"name",       "dialect",      "digest", "file",
                                       "parameters", "quantization", "family", "root",
                                       "parent",     "chat_template"};
    char *diff = NULL;
    for (size_t i = 0; !diff && i < sizeof keys / sizeof *keys; i++)
        diff = value_diff(was, is, keys[i]);
    if (!diff && tells_context(was))
        diff = value_diff(was, is, "context");
    const char *role;
    json_t *own;
    json_object_foreach (json_object_get(was, "roles"), role, own) {
        if (diff)
            break;
        char *of_role CLEANUP_FREE =
            identity_diff(own, json_object_get(json_object_get(is, "roles"), role));
        if (of_role)
            diff = xasprintf("of the model of %s: %s", role, of_role);
    }
    return diff;
}
