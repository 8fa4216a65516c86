/* The body of a chat request: what all servers take in the same way, then the protocol's own
 * fields.
 */
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "model/messages.h"
#include "model/server.h"

/* For models that take no system role, its text opens the message behind it. */
static void add_without_system(const struct model_request *q, struct str *out)
{
    struct model_message *list CLEANUP_FREE = xcalloc(q->n_messages + 1, sizeof *list);
    struct arena *arena = arena_new();
    const char *before = NULL;
    size_t n = 0;
    for (size_t i = 0; i < q->n_messages; i++) {
        struct model_message m = q->messages[i];
        if (strcmp(m.role, "system") == 0) {
            before = m.content;
            continue;
        }
        if (before)
            m.content = arena_printf(arena, "%s\n\n%s", before, m.content);
        list[n++] = m;
        before = NULL;
    }
    messages_add(list, n, out);
    arena_free(arena);
}

char *body_make(const struct server *s, const struct model_request *q,
                const struct call_shape *shape)
{
    struct str body = {0};
    str_add(&body, "{\"model\":");
    json_add_string(s->model, &body);
    str_add(&body, ",\"messages\":");
    if (shape->without & FIELD_SYSTEM)
        add_without_system(q, &body);
    else
        messages_add(q->messages, q->n_messages, &body);
    str_add(&body, ",\"stream\":true");
    s->protocol->add_fields(s, q, shape, &body);
    str_addc(&body, '}');
    return str_take(&body);
}
