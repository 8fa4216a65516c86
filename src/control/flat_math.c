/* Flat controllers for math (docs/methods.md, "The arms"):
 *   tools  multi-turn use of Python until "ANSWER: x", in one conversation
 *   pot    program of thought (Chen et al., 2211.12588): one program, its value is the answer
 *   cot    chain of thought (Wei et al., 2201.11903): no tool, the answer is stated
 *   tools_vote  conversations of `tools`, each warmer, until one value leads every other by two
 *          votes: where the first two agree, they are all
 *   self_plan  one conversation that plays all roles (self_plan_math.c)
 *   vote   self-consistency (Wang et al., 2203.11171): samples of pot (of cot without the tool) at
 *          rising temperature until a cap ends it, then the majority
 *
 * A model that cannot hold a dialogue (profile.yaml) plays `tools` without one: what its program
 * came to is the answer, and after a program that failed comes a fresh, warmer sample, up to
 * max_iters. `tools` in an arm without the tool is `cot`. */
#include "control/flat_math.h"

#include <string.h>

#include "base/str.h"
#include "tool/finals.h"
#include "control/math_log.h"
#include "control/math_program.h"
#include "control/math_value.h"
#include "control/math_votes.h"
#include "control/pace.h"
#include "control/self_plan.h"

enum { VOTES_MAX = 1000 }; /* the budget ends it before */

/* ---- one program ---- */

static const char *pot_prompt(const struct episode *e)
{
    return prompt_has(e->env->prompts, "flat_pot") ? "flat_pot" : "flat_math";
}

/* What the reply states, without the tool. */
static int read_stated(struct episode *e, const struct ask *ask, const char *reply,
                       const struct math_answer **out)
{
    bool echo;
    const char *error;
    int rc = episode_refuse_echo(e, ask, "answer", reply, false, &echo);
    if (rc || echo)
        return rc;
    struct finals f = finals_find(reply, e->arena);
    const char *value = math_stated(reply, "", &error, e->arena);
    if (value && f.n > 0)
        value = f.text[f.n - 1]; /* with its unit */
    return value ? episode_answer(e, "flat", value, "text", &f, out) : 0;
}

/* One sample: the answer that its program comes to, or that it states; NULL when there is none.
 * With `repeats` a program that it knows is not run again (r->n > 0). */
static int sample(struct episode *e, const char *prompt, double warmer, struct repeats *repeats,
                  const struct math_answer **out)
{
    bool tool = e->arm->tool && strcmp(prompt, "flat_math_notool") != 0;
    struct ask ask = {.role = "flat", .prompt = prompt, .vars = episode_vars(e), .warmer = warmer};
    struct model_reply reply;
    struct math_outcome o;
    *out = NULL;
    int rc = episode_ask(e, &ask, &reply);
    if (rc)
        return rc;
    if (!tool)
        return read_stated(e, &ask, reply.text, out);
    rc = math_program_run(
        e, &(struct math_program){.ask = &ask, .purpose = "tool", .type = "", .repeats = repeats},
        reply.text, &o);
    return rc || !o.value ? rc : episode_answer(e, "flat", o.value, "tool", NULL, out);
}

static int play_once(struct episode *e, const char *prompt)
{
    const struct math_answer *a = NULL;
    int rc = episode_begin(e);
    if (!rc)
        rc = sample(e, prompt, 0, NULL, &a);
    episode_submit_answer(e, a, a ? "answered" : "no_answer");
    return rc;
}

static int play_pot(struct episode *e)
{
    return play_once(e, pot_prompt(e));
}

static int play_cot(struct episode *e)
{
    return play_once(e, "flat_math_notool");
}

/* ---- tools, in one conversation ---- */

struct talk {
    struct episode *e;
    struct dialogue context;
    struct ask ask, opening; /* the next question, and the first one */
    bool echoed;             /* a reply was the opening's example */
    struct repeats repeats;  /* of its programs */
    double warmer;
    const struct math_answer *answer;
    /* For the case that a cap ends it: */
    const char *said;   /* an answer beside the last call: a guess, the program had not been run */
    const char *output; /* what the last program that worked came to */
    bool worked;        /* the program of the last call did */
    bool reminded;      /* that a reply must hold a call or an answer */
};

static void open_talk(struct talk *t)
{
    t->context = (struct dialogue){0};
    t->ask = (struct ask){
        .role = "flat", .prompt = "flat_math", .vars = episode_vars(t->e), .dialogue = &t->context};
    t->opening = t->ask;
}

static int conclude(struct talk *t, const char *text, const char *from, const struct finals *f)
{
    return text ? episode_answer(t->e, "flat", text, from, f, &t->answer) : 0;
}

/* A program that this attempt has run already: the same question again. A second time in a row, a
 * model that has nothing to add to a program that worked has its value as answer; after one that
 * failed all begins from the start. */
static int ask_again(struct talk *t, bool *over)
{
    *over = t->repeats.afresh && t->worked;
    if (*over)
        return conclude(t, t->output, "tool", NULL);
    if (t->repeats.afresh)
        open_talk(t);
    else
        dialogue_take_back(&t->context);
    return 0;
}

/* What the model reads next: what its call came to. */
static int answer_call(struct talk *t, const struct tool_call *call, bool *over)
{
    struct episode *e = t->e;
    struct code_result r;
    bool repeated = false;
    int rc = math_log_call(e, "flat", call);
    if (!rc && !call->error)
        rc = repeats_check(&t->repeats, e, "flat", call->program, &repeated);
    if (rc || repeated)
        return rc ? rc : ask_again(t, over);
    t->worked = false;
    t->ask.prompt = "flat_output";
    t->ask.vars = (struct prompt_vars){.v = {[PROMPT_FEEDBACK] = call->message}};
    if (call->error)
        return 0;
    rc = episode_run_code(
        e, &(struct code_run){.role = "flat", .purpose = "tool", .program = call->program}, &r);
    if (rc)
        return rc;
    t->ask.vars.v[PROMPT_FEEDBACK] = r.error;
    t->ask.vars.v[PROMPT_OUTPUT] = *r.out ? r.out : r.value;
    if (r.ok && !r.value)
        t->ask.vars.v[PROMPT_FEEDBACK] = "The program printed nothing.";
    t->worked = r.ok && !math_type_error(r.value, "", e->arena);
    if (t->worked)
        t->output = math_plain(r.value, e->arena);
    return 0;
}

/* A reply with neither a call nor an answer: the model is told once what is expected, after that
 * the reply is read as it is. True when the conversation continues. */
static bool remind(struct talk *t)
{
    bool first = !t->reminded;
    t->reminded = true;
    t->ask.prompt = "flat_output";
    t->ask.vars = (struct prompt_vars){
        .v = {[PROMPT_FEEDBACK] = "The reply holds neither a program nor a line ANSWER."}};
    return first;
}

/* A reply that repeats the example is no answer: the model is told so once. */
static int refuse_echo(struct talk *t, bool *over)
{
    *over = t->echoed;
    t->echoed = true;
    t->ask.prompt = "flat_output";
    t->ask.vars = (struct prompt_vars){.v = {[PROMPT_FEEDBACK] = "Your reply: " MATH_ECHO "."}};
    return *over ? conclude(t, NULL, "text", NULL) : 0;
}

/* One turn. *over when an answer stands, or none will. */
static int turn(struct talk *t, bool *over)
{
    struct episode *e = t->e;
    struct model_reply reply;
    struct tool_call call;
    double number;
    bool echo, again = !t->echoed;
    t->ask.warmer = t->warmer + t->repeats.warmer;
    int rc = episode_ask(e, &t->ask, &reply);
    if (!rc)
        rc = episode_refuse_echo(e, &t->opening, "answer", reply.text, again, &echo);
    if (rc)
        return rc;
    if (echo)
        return refuse_echo(t, over);
    struct finals f = finals_find(reply.text, e->arena);
    const char *final = f.n > 0 ? f.text[f.n - 1] : NULL, *error;
    if (tool_call_find(reply.text, &call, e->arena)) {
        t->said = final;
        return answer_call(t, &call, over);
    }
    again = !(final && math_number(final, &number)) && remind(t);
    *over = !again;
    if (!again && !final)
        final = math_stated(reply.text, "", &error, e->arena);
    if (again || !final) /* neither a call nor an answer */
        rc = episode_refuse_prose(e, "flat", again);
    return rc || again ? rc : conclude(t, final, "text", &f);
}

/* What stands where no answer was given: what the last program that worked came to, else a guess.
 */
static int conclude_without(struct talk *t)
{
    bool guess = t->said && !t->worked;
    return conclude(t, guess ? t->said : t->output, guess ? "text" : "tool", NULL);
}

/* One conversation, up to its answer (NULL = none). One that no longer fits ends as at a cap. */
static int converse(struct episode *e, double warmer, const struct math_answer **out)
{
    struct talk t = {.e = e, .warmer = warmer};
    bool over = false;
    int rc = episode_begin(e);
    open_talk(&t);
    while (!rc && !over && !t.repeats.over && !t.context.full)
        rc = turn(&t, &over);
    int logged = rc >= 0 && !over ? conclude_without(&t) : 0;
    *out = t.answer;
    return logged ? logged : rc;
}

/* Without a dialogue: fresh samples, each warmer, until one program comes to something. One that
 * was run already is no iteration. */
static int sample_until_it_runs(struct episode *e, double warmer, const struct math_answer **out)
{
    struct repeats repeats = {0};
    int rc = 0;
    *out = NULL;
    for (int i = 0; !rc && !*out && !repeats.over; i++) {
        rc = repeats.n ? 0 : episode_begin(e);
        if (!rc)
            rc = sample(e, "flat_math", warmer + WARMER * i, &repeats, out);
    }
    return rc;
}

int flat_math_try(struct episode *e, double warmer, const struct math_answer **out)
{
    *out = NULL;
    if (!e->arm->tool) {
        int rc = episode_begin(e);
        return rc ? rc : sample(e, "flat_math_notool", warmer, NULL, out);
    }
    return prompt_set_dialogue(e->env->prompts) ? converse(e, warmer, out)
                                                : sample_until_it_runs(e, warmer, out);
}

static int play_tools(struct episode *e)
{
    const struct math_answer *a = NULL;
    int rc = flat_math_try(e, 0, &a);
    episode_submit_answer(e, a, a ? "answered" : "no_answer");
    return rc;
}

/* ---- votes ---- */

typedef int sample_fn(struct episode *e, double warmer, const struct math_answer **out);

/* Samples, each warmer than the one before, until one value leads by `enough` votes (0 = never) or
 * a cap ends it. */
static int vote(struct episode *e, sample_fn *draw, int enough)
{
    struct math_votes v = {0};
    const struct math_answer *a = NULL, *last = NULL;
    int rc = 0;
    for (int i = 0; !rc && (!enough || math_votes_lead(&v) < enough) && i < VOTES_MAX; i++) {
        a = NULL;
        rc = draw(e, WARMER * i, &a);
        if (a) {
            math_votes_add(&v, a, e->arena);
            last = a;
        }
    }
    int submitted = rc < 0 ? 0 : math_votes_submit(&v, e, last);
    return submitted ? submitted : rc;
}

static int draw_one(struct episode *e, double warmer, const struct math_answer **out)
{
    int rc = episode_begin(e);
    return rc ? rc
              : sample(e, e->arm->tool ? pot_prompt(e) : "flat_math_notool", warmer, NULL, out);
}

static int play_vote(struct episode *e)
{
    return vote(e, draw_one, 0);
}

static int play_tools_vote(struct episode *e)
{
    return vote(e, flat_math_try, VOTE_LEAD);
}

const struct strategy flat_math_strategies[] = {
    {.name = "tools", .play = play_tools, .one_context = true},
    {.name = "tools_vote", .play = play_tools_vote, .one_context = true, .at_cap = STANDS_MAJORITY},
    {.name = "pot", .play = play_pot, .needs_tool = true},
    {.name = "cot", .play = play_cot},
    {.name = "vote", .play = play_vote, .at_cap = STANDS_MAJORITY},
    {.name = "self_plan", .play = self_plan_math, .one_context = true, .needs_tool = true},
    {0},
};
