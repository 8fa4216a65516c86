/* See math_program.h. */
#include "control/math_program.h"

#include "control/math_log.h"
#include "control/math_value.h"

/* A program that may be run; false: why not is in out->error, or it is a repetition. */
static int is_to_run(struct episode *e, const struct math_program *p, const char *reply,
                     struct math_outcome *out, bool *run)
{
    struct tool_call call;
    bool echo;
    if (!tool_call_program(reply, NULL, &call, e->arena)) {
        out->error = NO_PROGRAM;
        return episode_refuse_prose(e, p->ask->role, p->again);
    }
    int rc = math_log_call(e, p->ask->role, &call);
    out->error = call.message;
    if (rc || call.error)
        return rc;
    rc = episode_refuse_echo(e, p->ask, "program", call.program, p->again, &echo);
    if (rc || echo) {
        out->error = MATH_ECHO;
        return rc;
    }
    out->program = call.program;
    if (p->repeats)
        rc = repeats_check(p->repeats, e, p->ask->role, call.program, &out->repeated);
    *run = !rc && !out->repeated;
    return rc;
}

int math_program_run(struct episode *e, const struct math_program *p, const char *reply,
                     struct math_outcome *out)
{
    struct code_result r;
    bool run = false;
    *out = (struct math_outcome){0};
    int rc = is_to_run(e, p, reply, out, &run);
    if (rc || !run)
        return rc;
    rc = episode_run_code(e,
                          &(struct code_run){.role = p->ask->role,
                                             .purpose = p->purpose,
                                             .subgoal = p->subgoal,
                                             .program = out->program},
                          &r);
    if (rc)
        return rc;
    out->error = r.ok ? math_type_error(r.value, p->type, e->arena) : r.error;
    out->value = out->error ? NULL : math_plain(r.value, e->arena);
    return 0;
}
