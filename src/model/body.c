/* The body of a chat request: what all servers take in the same way, then the protocol's own
 * fields.
 */
#include <string.h>

#include "base/mem.h"
#include "model/messages.h"
#include "model/server.h"

/* For models that take no system role: its text opens the first message of the user. */
static void add_without_system(const struct model_request *q, struct str *out)
{
    struct model_message *list CLEANUP_FREE = xcalloc(q->n_messages + 1, sizeof *list);
    struct str first CLEANUP_STR = {0};
    size_t n = 0, at = q->n_messages;
    for (size_t i = 0; i < q->n_messages; i++) {
        if (strcmp(q->messages[i].role, "system") == 0) {
            str_addf(&first, "%s%s", first.len ? "\n\n" : "", q->messages[i].content);
            continue;
        }
        if (at == q->n_messages && strcmp(q->messages[i].role, "user") == 0)
            at = n;
        list[n++] = q->messages[i];
    }
    if (at == q->n_messages && first.len > 0) { /* the user says nothing: this, then */
        memmove(list + 1, list, n++ * sizeof *list);
        list[at = 0] = (struct model_message){"user", ""};
    }
    if (first.len > 0) {
        str_addf(&first, "%s%s", *list[at].content ? "\n\n" : "", list[at].content);
        list[at].content = first.p;
    }
    messages_add(list, n, out);
}

void body_open(const struct server *s, const struct model_request *q,
               const struct call_shape *shape, struct str *body)
{
    str_add(body, "{\"model\":");
    json_add_string(s->model, body);
    str_add(body, ",\"messages\":");
    if (shape->without & FIELD_SYSTEM)
        add_without_system(q, body);
    else
        messages_add(q->messages, q->n_messages, body);
}

char *body_make(const struct server *s, const struct model_request *q,
                const struct call_shape *shape)
{
    struct str body = {0};
    body_open(s, q, shape, &body);
    str_add(&body, ",\"stream\":true");
    s->protocol->add_fields(s, q, shape, &body);
    str_addc(&body, '}');
    return str_take(&body);
}
