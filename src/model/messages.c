/* See messages.h. */
#include "model/messages.h"

#include "base/json.h"

void messages_add(const struct model_message *messages, size_t n, struct str *out)
{
    str_addc(out, '[');
    for (size_t i = 0; i < n; i++) {
        str_add(out, i ? ",{\"role\":" : "{\"role\":");
        json_add_string(messages[i].role, out);
        str_add(out, ",\"content\":");
        json_add_string(messages[i].content, out);
        str_addc(out, '}');
    }
    str_addc(out, ']');
}
