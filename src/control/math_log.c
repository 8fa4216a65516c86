/* See math_log.h. */
#include "control/math_log.h"

#include <string.h>

json_t *math_text_json(const char *text)
{
    return text ? json_bytes(text, strlen(text)) : json_null();
}

int math_log_call(struct episode *e, const char *role, const struct tool_call *c)
{
    return episode_log(e, "tool_call", role, NULL,
                       json_pack("{s:s, s:o, s:b, s:o, s:s}", "form", c->form, "tool",
                                 math_text_json(c->tool), "ok", c->error == NULL, "error",
                                 math_text_json(c->error), "hash", c->hash));
}
