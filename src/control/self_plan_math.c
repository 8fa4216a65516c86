/* self_plan for math: one conversation that plays supervisor, solver and verifier in turns
 * (templates self_plan_math*.txt):
 *
 *   PLAN(q); a = SOLVE(): a program for the whole plan, told what went wrong until it gives a value
 *   v = VERIFY(): an independent program, likewise
 *   if a = v: submit
 *   else: DECIDE(a, v): find the mistake; a = the value of the corrected program; if it is one of
 *         the values so far: submit it
 *   a new conversation, warmer, until one value leads every other by two votes, or the budget ends
 *
 * A program that the conversation has run already is not run again: it is asked for once more,
 * warmer, and then the conversation ends, as afresh is the next one (pace.h). One that no longer
 * fits ends too; what it came to counts. A model that cannot hold a dialogue has no such
 * arm: it plays `tools`. */
#include "control/self_plan.h"

#include "base/str.h"
#include "control/flat_math.h"
#include "control/math_program.h"
#include "control/math_value.h"
#include "control/math_votes.h"
#include "control/pace.h"

struct math_talk {
    struct episode *e;
    struct ask opening; /* its first question, whose example a program may repeat */
    struct dialogue d;
    struct repeats repeats;
    double warmer;
};

static int ask(struct math_talk *t, const char *prompt, const struct prompt_vars *vars,
               struct model_reply *reply)
{
    return episode_ask(t->e,
                       &(struct ask){.role = "flat",
                                     .prompt = prompt,
                                     .vars = *vars,
                                     .warmer = t->warmer + t->repeats.warmer,
                                     .dialogue = &t->d},
                       reply);
}

/* A question that asks for a program, at most SOLVER_TRIES at it; *value stays NULL if none gives
 * one. */
static int compute(struct math_talk *t, const char *prompt, struct prompt_vars vars,
                   const char *purpose, const char **value)
{
    int rc = 0;
    *value = NULL;
    for (int n = 0; !rc && !*value && n < SOLVER_TRIES && !t->repeats.afresh && !t->d.full;) {
        struct model_reply reply;
        struct math_outcome out;
        rc = ask(t, prompt, &vars, &reply);
        if (!rc)
            rc = math_program_run(t->e,
                                  &(struct math_program){.ask = &t->opening,
                                                         .purpose = purpose,
                                                         .type = "",
                                                         .again = n + 1 < SOLVER_TRIES,
                                                         .repeats = &t->repeats},
                                  reply.text, &out);
        if (rc)
            return rc;
        if (out.repeated) {
            dialogue_take_back(&t->d);
            continue;
        }
        *value = out.value;
        prompt = "self_plan_math_error";
        vars = (struct prompt_vars){.v = {[PROMPT_FEEDBACK] = out.error}};
        n++;
    }
    return rc;
}

/* One conversation. `a` is the answer that stands, NULL = none; *agreed: two computations agree. */
static int converse(struct episode *e, double warmer, const struct math_answer **a, bool *agreed)
{
    struct prompt_vars vars = episode_vars(e), none = {0};
    struct math_talk t = {.e = e,
                          .warmer = warmer,
                          .opening = {.role = "flat", .prompt = "self_plan_math", .vars = vars}};
    struct model_reply reply;
    const char *first = NULL, *second = NULL, *third;
    int rc = episode_begin(e);
    if (!rc)
        rc = ask(&t, t.opening.prompt, &vars, &reply);
    if (!rc)
        rc = compute(&t, "self_plan_math_solve", none, "tool", &first);
    if (rc || !first)
        return rc;
    rc = episode_answer(e, "flat", first, "tool", NULL, a);
    if (!rc)
        rc = compute(&t, "self_plan_math_verify", none, "verify", &second);
    if (rc || !second)
        return rc;
    *agreed = math_same(first, second);
    if (*agreed)
        return 0;
    vars = (struct prompt_vars){.v = {[PROMPT_ANSWER] = first, [PROMPT_OUTPUT] = second}};
    rc = compute(&t, "self_plan_math_decide", vars, "tool", &third);
    if (rc || !third)
        return rc;
    *agreed = math_same(third, first) || math_same(third, second);
    return math_same(third, first) ? 0 : episode_answer(e, "flat", third, "tool", NULL, a);
}

int self_plan_math(struct episode *e)
{
    if (!prompt_set_dialogue(e->env->prompts))
        return flat_math_strategies[0].play(e);
    struct math_votes v = {0};
    const struct math_answer *a = NULL;
    bool agreed = false;
    int rc = 0;
    for (int i = 0; !rc && !agreed && math_votes_lead(&v) < VOTE_LEAD && i < MATH_ROUNDS; i++) {
        const struct math_answer *given = NULL;
        rc = converse(e, WARMER * i, &given, &agreed);
        if (given) {
            math_votes_add(&v, given, e->arena);
            a = given;
        }
    }
    if (agreed) {
        episode_submit_answer(e, a, "accepted");
        return rc;
    }
    int submitted = rc < 0 ? 0 : math_votes_submit(&v, e, a);
    return submitted ? submitted : rc;
}
