/* See math_solver.h. */
#include "control/math_solver.h"

#include <string.h>

#include "base/str.h"
#include "control/math_program.h"
#include "control/math_value.h"
#include "control/pace.h"

/* One try at a subgoal. */
struct attempt {
    int number;                /* 1-based */
    const char *program;       /* NULL = none could be run */
    const char *value, *error; /* exactly one is set */
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

/* The value that the reply states, without the tool. */
static int read_stated(struct math_work *w, size_t g, const char *type, const struct ask *ask,
                       const char *reply, struct attempt *a)
{
    struct episode *e = w->e;
    bool echo;
    int rc = episode_refuse_echo(e, ask, "answer", reply, a->number < SOLVER_TRIES, &echo);
    if (echo)
        a->error = MATH_ECHO;
    else
        a->value = math_stated(reply, type, &a->error, e->arena);
    if (g == w->P.goal)
        w->said = reply;
    return rc;
}

/* One question to the solver; `last` is the try before, or the hint. *repeated: its program was run
 * already, which is no try at all. */
static int attempt(struct math_work *w, size_t g, const struct attempt *last, int warmth,
                   struct repeats *repeats, struct attempt *a, bool *repeated)
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
    *repeated = false;
    int rc = episode_ask(e, &ask, &reply);
    if (rc)
        return rc;
    const char *type = g == w->P.goal ? w->P.type : "";
    struct math_outcome out = {0};
    if (e->arm->tool) {
        rc = math_program_run(e,
                              &(struct math_program){.ask = &ask,
                                                     .purpose = "subgoal",
                                                     .subgoal = w->P.subgoals[g].id,
                                                     .type = type,
                                                     .again = a->number < SOLVER_TRIES,
                                                     .repeats = repeats},
                              reply.text, &out);
        *a = (struct attempt){a->number, out.program, out.value, out.error};
        *repeated = out.repeated;
    } else {
        rc = read_stated(w, g, type, &ask, reply.text, a);
    }
    return rc || *repeated ? rc : log_attempt(w, g, a);
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
        rc = attempt(w, g, repeats.afresh ? &nothing : &last, t - 1 + (hint != NULL), &repeats, &a,
                     &known);
        if (rc || known)
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
