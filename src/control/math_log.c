/* See math_log.h. */
#include "control/math_log.h"

int math_log_call(struct episode *e, const char *role, const struct tool_call *c)
{
    return episode_log(
        e, role, NULL,
        &(struct transcript_event){.kind = EVENT_TOOL_CALL,
                                   .tool_call = {.form = c->form,
                                                 .tool = c->tool,
                                                 .ok = c->error == NULL,
                                                 .error = c->error,
                                                 .hash = arena_strdup(e->arena, c->hash)}});
}
