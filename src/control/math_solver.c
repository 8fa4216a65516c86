/* See math_solver.h. */
#include "control/math_solver.h"

#include <string.h>

#include "base/str.h"
#include "control/math_log.h"
#include "control/math_value.h"
#include "control/pace.h"

/* One try at a subgoal. */
struct attempt {
    int number;                /* 1-based */
    const char *program;       /* NULL = none could be run */
    const char *value, *error; /* exactly one is set */
    bool repeated;             /* the program was run already: no try at all */
};

void math_work_reset(struct math_work *w)
{
    w->value = arena_alloc(w->e->arena, (w->P.n + 1) * sizeof *w->value);
    w->program = arena_alloc(w->e->arena, (w->P.n + 1) * sizeof *w->program);
}

double math_warmer(const struct episode *e, int earlier_tries)
{
    return prompt_set_dialogue(e->env->prompts) ? 0 : WARMER * earlier_tries;
}

/* The description with every #K replaced by the value of subgoal K. */
static const char *filled(const struct math_work *w, size_t g)
{
    struct str s CLEANUP_STR = {0};
    for (const char *p = w->P.subgoals[g].desc; *p;) {
        size_t n = math_plan_reference(p);
        size_t i = n ? math_plan_find(&w->P, p + 1, n) : w->P.n;
        if (i < w->P.n && w->value[i]) {
            str_add(&s, w->value[i]);
            p += 1 + n;
        } else {
            str_addc(&s, *p++);
        }
    }
    return arena_strndup(w->e->arena, str_text(&s), s.len);
}

static void add_value(const struct math_work *w, size_t i, struct str *s)
{
    if (w->value[i])
        str_addf(s, "%s%s. %s = %s", s->len ? "\n" : "", w->P.subgoals[i].id, w->P.subgoals[i].desc,
                 w->value[i]);
}

const char *math_values_text(const struct math_work *w)
{
    struct str s CLEANUP_STR = {0};
    for (size_t i = 0; i < w->P.n; i++)
        add_value(w, i, &s);
    return arena_strndup(w->e->arena, str_text(&s), s.len);
}

static const char *values_of_deps(const struct math_work *w, size_t g)
{
    struct str s CLEANUP_STR = {0};
    for (size_t k = 0; k < w->P.subgoals[g].n_deps; k++)
        add_value(w, w->P.subgoals[g].deps[k], &s);
    return arena_strndup(w->e->arena, str_text(&s), s.len);
}

/* Ids that a plan gives twice count once, with the later value. */
static struct transcript_uses values_used(const struct math_work *w, const struct math_subgoal *s)
{
    struct transcript_use *uses = arena_alloc(w->e->arena, s->n_deps * sizeof *uses);
    size_t n = 0;
    for (size_t k = 0; k < s->n_deps; k++) {
        const char *id = w->P.subgoals[s->deps[k]].id, *value = w->value[s->deps[k]];
        size_t i = 0;
        while (value && i < n && strcmp(uses[i].id, id) != 0)
            i++;
        if (value)
            uses[i] = (struct transcript_use){id, value};
        n += value && i == n;
    }
    return (struct transcript_uses){uses, n};
}

static int log_attempt(const struct math_work *w, size_t g, const struct attempt *a)
{
    const struct math_subgoal *s = &w->P.subgoals[g];
    return episode_log(w->e, "solver", NULL,
                       &(struct transcript_event){.kind = EVENT_SUBGOAL,
                                                  .subgoal = {.id = s->id,
                                                              .attempt = a->number,
                                                              .ok = a->value != NULL,
                                                              .value = a->value,
                                                              .uses = values_used(w, s),
                                                              .error = a->error}});
}

/* The value of the program in the reply to `ask`, of the type that is asked for. */
static int run_reply(const struct math_work *w, size_t g, const char *type, const struct ask *ask,
                     const char *reply, struct repeats *repeats, struct attempt *a)
{
    struct episode *e = w->e;
    struct tool_call call;
    struct code_result r;
    bool echo;
    a->program = NULL;
    if (!tool_call_program(reply, NULL, &call, e->arena)) {
        a->error = "the reply holds no program";
        return 0;
    }
    int rc = math_log_call(e, "solver", &call);
    a->error = call.message;
    if (rc || call.error)
        return rc;
    rc = episode_refuse_echo(e, ask, "program", call.program, a->number < SOLVER_TRIES, &echo);
    if (rc || echo) {
        a->error = MATH_ECHO;
        return rc;
    }
    a->program = call.program;
    rc = repeats_check(repeats, e, "solver", call.program, &a->repeated);
    if (rc || a->repeated)
        return rc;
    rc = episode_run_code(e,
                          &(struct code_run){.role = "solver",
                                             .purpose = "subgoal",
                                             .subgoal = w->P.subgoals[g].id,
                                             .program = call.program},
                          &r);
    if (rc)
        return rc;
    a->error = r.ok ? math_type_error(r.value, type, e->arena) : r.error;
    a->value = a->error ? NULL : math_plain(r.value, e->arena);
    return 0;
}

/* One question to the solver; `last` is the try before, or the hint. */
static int attempt(struct math_work *w, size_t g, const struct attempt *last, int warmth,
                   struct repeats *repeats, struct attempt *a)
{
    struct episode *e = w->e;
    bool whole = !e->arm->planner; /* the subgoal is the problem: no need to say it twice */
    struct ask ask = {.role = "solver",
                      .prompt = e->arm->tool ? "solver" : "solver_notool",
                      .vars = episode_vars(e),
                      .warmer = w->warmer + repeats->warmer + math_warmer(e, warmth)};
    if (whole)
        ask.vars.v[PROMPT_TASK] = NULL;
    ask.vars.v[PROMPT_SUBGOAL] = filled(w, g);
    ask.vars.v[PROMPT_VALUES] = values_of_deps(w, g);
    ask.vars.v[PROMPT_CANDIDATE] = last->program;
    ask.vars.v[PROMPT_FEEDBACK] = last->error;
    struct model_reply reply;
    int rc = episode_ask(e, &ask, &reply);
    if (rc)
        return rc;
    const char *type = g == w->P.goal ? w->P.type : "";
    bool echo = false;
    if (e->arm->tool)
        rc = run_reply(w, g, type, &ask, reply.text, repeats, a);
    else
        rc = episode_refuse_echo(e, &ask, "answer", reply.text, a->number < SOLVER_TRIES, &echo);
    if (echo)
        a->error = MATH_ECHO;
    else if (!e->arm->tool)
        a->value = math_stated(reply.text, type, &a->error, e->arena);
    if (!e->arm->tool && g == w->P.goal)
        w->said = reply.text;
    return rc || a->repeated ? rc : log_attempt(w, g, a);
}

int math_solve(struct math_work *w, size_t g, const char *hint)
{
    static const struct attempt nothing = {0};
    struct attempt last = {.error = hint};
    struct repeats repeats = {0};
    bool known;
    int rc = 0;
    if (hint && w->program[g]) /* what is to be repaired is no repair */
        rc = repeats_check(&repeats, w->e, "solver", w->program[g], &known);
    for (int t = 1; !rc && t <= SOLVER_TRIES && !repeats.over;) {
        struct attempt a = {.number = t};
        rc = attempt(w, g, repeats.afresh ? &nothing : &last, t - 1 + (hint != NULL), &repeats, &a);
        if (rc || a.repeated)
            continue;
        w->error = a.error;
        w->value[g] = a.value;
        w->program[g] = a.value ? a.program : NULL;
        if (a.value)
            return 0;
        last = a;
        t++;
    }
    if (repeats.over)
        w->error = "the same program came again and again";
    return rc;
}
