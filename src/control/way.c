/* See way.h. */
#include "control/way.h"
#include "base/rng.h"
#include "suite/protocol.h"

struct tool_grade_request way_request(const struct control_env *env, const struct task *t,
                                      const char *program, struct arena *arena)
{
    return (struct tool_grade_request){.program = suite_protocol_program(t, program, arena),
                                       .entry_point = t->entry_point,
                                       .prelude = t->prelude,
                                       .support = t->prompt, /* helpers a prompt defines */
                                       .limits = t->limits,
                                       .seed = seed_derive(env->seed, "tool/%s", t->id)};
}

bool way_is_open(const struct task *t)
{
    return !t->has_answer && (t->n_public + t->n_hidden > 0 || t->check);
}

int way_of_task(const struct control_env *env, const struct task *t, enum tool_way *way,
                struct arena *arena, struct err *err)
{
    *way = TOOL_UNKNOWN;
    if (!t->reference || !way_is_open(t))
        return 0;
    struct tool_grade_request q = way_request(env, t, t->reference, arena);
    const char **tests = arena_alloc(arena, (t->n_public + t->n_hidden + 1) * sizeof *tests);
    for (size_t i = 0; i < t->n_public + t->n_hidden; i++)
        tests[i] = i < t->n_public ? t->public_tests[i] : t->hidden_tests[i - t->n_public];
    q.tests = tests;
    q.n_tests = t->n_public + t->n_hidden;
    q.check = t->check;
    q.stop_at_first = true;
    return tool_way_of_task(env->tool, t, q.program, &q, way, arena, err);
}
