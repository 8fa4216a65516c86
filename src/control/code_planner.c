/* See code_planner.h. */
#include "control/code_planner.h"

#include <string.h>

enum { ASKED = 2 }; /* at most so often */

/* One reply of the planner, and what is wrong with it (NULL = nothing). */
struct proposal {
    const char *text; /* the reply */
    struct code_plan plan;
    const char *refused, *signature_refused;
};

static int log_plan(struct episode *e, const struct code_plan *P, const char *text, bool valid,
                    bool final)
{
    char *hash = arena_alloc(e->arena, HASH_HEX);
    hash_sha256_hex(text, strlen(text), hash);
    return episode_log(e, "planner", NULL,
                       &(struct transcript_event){.kind = EVENT_PLAN,
                                                  .plan = {.text = text,
                                                           .hash = hash,
                                                           .valid = valid,
                                                           .reasked = !valid,
                                                           .valid_final = final,
                                                           .repaired = final && P->repaired,
                                                           .steps = code_plan_steps(P, e->arena)}});
}

/* The plan in the reply; of numbered lines, without those that echo the prompt. */
static const char *read_plan(const struct episode *e, const struct ask *ask, const char *reply,
                             struct code_plan *P)
{
    size_t echoes = 0;
    if (!code_plan_parse(reply, P, e->arena))
        return "none";
    for (size_t i = 0; i < P->n; i++)
        echoes += episode_echoes(e, ask, P->steps[i].desc);
    if (2 * echoes > P->n)
        return "echo";
    if (echoes > 0 && !P->from_json)
        code_plan_parse(episode_own_lines(e, ask, reply), P, e->arena);
    return NULL;
}

static void read_proposal(const struct episode *e, const struct ask *ask, struct proposal *p)
{
    const struct task *t = e->task;
    p->plan = (struct code_plan){.text = "", .signature = "", .constraints = ""};
    p->refused = read_plan(e, ask, p->text, &p->plan);
    p->signature_refused = NULL;
    if (*p->plan.signature)
        p->signature_refused = code_plan_signature_fault(p->plan.signature, t->entry_point);
    if (*p->plan.constraints && episode_echoes(e, ask, p->plan.constraints))
        p->plan.constraints = "";
    if (p->signature_refused)
        p->plan.signature = "";
}

static int log_refusals(struct episode *e, const struct proposal *p, bool again)
{
    int rc = p->refused ? episode_refuse(e, "planner", "plan", p->refused, again) : 0;
    if (!rc && p->signature_refused)
        rc = episode_refuse(e, "planner", "signature", p->signature_refused, again);
    return rc;
}

/* What the planner reads when it is asked again. */
static const char *problem(const struct proposal *p)
{
    if (!p->refused)
        return "Its signature is not that of the task.";
    return strcmp(p->refused, "echo") == 0
               ? "It repeated the example or the instructions instead of planning this task."
               : "It held no plan of the form asked for.";
}

/* Up to two replies; p->refused is NULL when one of them holds a plan. */
static int propose(struct episode *e, struct ask *ask, struct proposal *p, bool *valid)
{
    *valid = true;
    for (int t = 1; t <= ASKED; t++) {
        struct model_reply reply;
        struct proposal next;
        int rc = episode_ask(e, ask, &reply);
        if (rc)
            return rc;
        next.text = reply.text;
        read_proposal(e, ask, &next);
        rc = log_refusals(e, &next, t < ASKED);
        if (rc)
            return rc;
        if (t == 1 || !next.refused)
            *p = next; /* a plan without its signature is better than none */
        if (!next.refused && !next.signature_refused)
            return 0;
        *valid = false;
        ask->vars.v[PROMPT_PROBLEM] = problem(&next);
        if (prompt_set_dialogue(e->env->prompts))
            ask->warmer += WARMER;
    }
    return 0;
}

int code_planner_ask(struct episode *e, const struct candidate *tried, double warmer,
                     struct code_plan *P)
{
    if (!e->arm->planner)
        return 0;
    struct ask ask = {
        .role = "planner", .prompt = "planner", .vars = episode_vars(e), .warmer = warmer};
    if (prompt_set_constrained(e->env->prompts))
        ask.json_schema = plan_schema;
    ask.vars.v[PROMPT_PLAN] = P->text;
    if (tried) {
        ask.vars.v[PROMPT_CANDIDATE] = tried->program;
        ask.vars.v[PROMPT_FEEDBACK] = tried->feedback;
    }
    struct proposal p = {0};
    bool valid = false;
    int rc = propose(e, &ask, &p, &valid);
    if (rc)
        return rc;
    if (p.refused)
        p.plan = (struct code_plan){.text = "", .signature = "", .constraints = ""};
    *P = p.plan;
    return log_plan(e, P, p.refused ? p.text : P->text, valid, !p.refused);
}
