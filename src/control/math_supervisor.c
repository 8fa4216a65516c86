/* See math_supervisor.h. */
#include "control/math_supervisor.h"

#include <string.h>

#include "base/str.h"

enum { ASKED = 2 }; /* at most so often */

/* One reply of the supervisor. */
struct math_proposal {
    const char *text; /* the reply */
    struct math_plan plan;
    bool usable;         /* it holds a plan of its own, whatever is wrong with it */
    const char *refused; /* why it is asked for again; NULL = it is as asked */
};

static int log_plan(const struct math_work *w, const char *text, bool valid, bool final)
{
    struct transcript_event v = {
        .plan = {.text = text, .valid = valid, .reasked = !valid, .valid_final = final}};
    math_plan_describe(&w->P, &v, w->e->arena);
    return episode_log(w->e, "supervisor", NULL, &v);
}

/* Of numbered lines, those that echo the prompt are left out. */
static void read_proposal(const struct episode *e, const struct ask *ask, struct math_proposal *p)
{
    size_t echoes = 0;
    bool found = math_plan_parse(p->text, &p->plan, e->arena);
    for (size_t i = 0; i < p->plan.n; i++)
        echoes += episode_echoes(e, ask, p->plan.subgoals[i].desc);
    bool echo = 2 * echoes > p->plan.n;
    if (echoes > 0 && !echo && !p->plan.from_json)
        math_plan_parse(episode_own_lines(e, ask, p->text), &p->plan, e->arena);
    p->usable = found && !echo;
    p->refused = !found ? "none" : echo ? "echo" : p->plan.problem ? "invalid" : NULL;
}

/* What the supervisor reads when it is asked again, after its reply. */
static const char *problem(const struct math_proposal *p, struct arena *arena)
{
    if (strcmp(p->refused, "echo") == 0)
        return "It repeated the example or the instructions instead of planning this problem.";
    return p->usable ? arena_printf(arena, "%s.", p->plan.problem) : "It held no plan.";
}

/* Up to two replies; *p is the better one, *first_fault what was wrong with the first (NULL =
 * nothing). */
static int propose(struct episode *e, struct ask *ask, struct math_proposal *p,
                   const char **first_fault)
{
    for (int t = 1; t <= ASKED; t++) {
        struct model_reply reply;
        struct math_proposal next = {0};
        int rc = episode_ask(e, ask, &reply);
        if (rc)
            return rc;
        next.text = reply.text;
        read_proposal(e, ask, &next);
        if (t == 1)
            *first_fault = next.refused;
        if (t == 1 || next.usable || !p->usable)
            *p = next;
        else
            p->refused = next.refused;
        if (!next.refused)
            return 0;
        rc = episode_refuse(e, "supervisor", "plan", next.refused, t < ASKED);
        if (rc)
            return rc;
        ask->vars.v[PROMPT_PROBLEM] = problem(&next, e->arena);
        ask->warmer += WARMER;
    }
    return 0;
}

int math_supervise(struct math_work *w, const struct math_work *earlier, const char *failure)
{
    struct episode *e = w->e;
    int rc = 0;
    if (e->arm->planner) {
        struct ask ask = {.role = "supervisor",
                          .prompt = "supervisor",
                          .vars = episode_vars(e),
                          .warmer = w->warmer + math_warmer(e, e->replans)};
        struct math_proposal p = {0};
        const char *first_fault = NULL;
        if (prompt_set_constrained(e->env->prompts))
            ask.json_schema = math_plan_schema;
        if (earlier) {
            ask.vars.v[PROMPT_PLAN] = earlier->P.text;
            ask.vars.v[PROMPT_VALUES] = math_values_text(earlier);
        }
        ask.vars.v[PROMPT_FEEDBACK] = failure;
        rc = propose(e, &ask, &p, &first_fault);
        if (rc)
            return rc;
        w->P = p.usable ? p.plan : math_plan_whole(e->task->prompt, e->arena);
        rc = log_plan(w, p.usable ? p.plan.text : p.text, !first_fault, !p.refused);
    } else {
        w->P = math_plan_whole(e->task->prompt, e->arena);
    }
    math_work_reset(w);
    return rc;
}
