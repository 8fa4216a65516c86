/* The strategy self_plan for code: one conversation that plays all roles of the code hierarchy in
 * turns, each with the instructions that the role gets (templates self_plan*.txt):
 *
 *   PLAN(spec, public); T = TESTS(); c = CODE()
 *   for each iteration while the ledger allows:
 *     r = RUN(c, public then T); best = max(best, c); if r.public all: break
 *     c = CODE(failure), behind the same plan           at the pace of pace.h; afresh: a new one
 *   submit best
 *
 * Tests are written once, by the first conversation that comes to them, and rank candidates as the
 * hierarchy's do. Every turn reads the conversation up to the plan and the tests again and pays for
 * it; a program that failed is taken back before the next one is asked for, as no arm is shown a
 * failed program but only what became of it (prompts.md: a small model writes it again). A
 * conversation that no longer fits, because the model's context is full or because the tokens that
 * are left are too few, is followed by a new one that opens with the question of `retry`.
 *
 * A model that cannot hold a dialogue (profile.yaml) plays all roles in one reply, and another one
 * when that failed. */
#include "control/self_plan.h"

#include "control/pace.h"
#include "control/selftests.h"

struct self_plan {
    struct episode *e;
    struct dialogue d;
    struct self_tests T;
    bool has_tests; /* they were asked for */
    struct arm_pace p;
    bool planless; /* one that no longer fitted was followed by this one, which has no plan */
    struct candidate *last;       /* what the conversation wrote last */
    const char *prompt;           /* and what it was asked then: template */
    const struct candidate *best; /* and the best that had failed by then; NULL = none */
};

static int turn(struct self_plan *s, const char *prompt, const struct prompt_vars *vars,
                struct model_reply *reply)
{
    struct ask ask = {
        .role = "flat", .prompt = prompt, .vars = *vars, .warmer = s->p.warmer, .dialogue = &s->d};
    return episode_ask(s->e, &ask, reply);
}

static bool writes_tests(const struct self_plan *s)
{
    const struct episode *e = s->e;
    return !s->has_tests && e->arm->tool && e->task->entry_point &&
           prompt_set_tester(e->env->prompts) == ARM_TESTER_WRITE;
}

static int write_tests(struct self_plan *s)
{
    struct episode *e = s->e;
    struct prompt_vars vars = episode_vars(e);
    struct model_reply reply;
    int rc = turn(s, "self_plan_tests", &vars, &reply);
    if (rc)
        return rc;
    s->has_tests = true;
    self_tests_parse(reply.text, e->task, &s->T, e->arena);
    e->self = &s->T;
    return episode_log(e, "flat", NULL,
                       &(struct transcript_event){.kind = EVENT_SELF_TESTS,
                                                  .self_tests = {s->T.tests, (size_t)s->T.n}});
}

/* A program, in the conversation as it stands; best = what failed so far, NULL = nothing. */
static int code(struct self_plan *s, const char *prompt, const struct candidate *best)
{
    struct episode *e = s->e;
    struct prompt_vars vars = episode_vars(e);
    s->prompt = prompt;
    s->best = best;
    if (best) {
        vars.v[PROMPT_CANDIDATE] = best->program;
        vars.v[PROMPT_FEEDBACK] = best->feedback;
    }
    struct model_reply reply;
    int rc = turn(s, prompt, &vars, &reply);
    if (!rc)
        rc = episode_candidate(e, "flat", reply.text, &s->last);
    return rc;
}

/* A conversation from the plan to the first program. */
static int begin(struct self_plan *s)
{
    struct prompt_vars vars = episode_vars(s->e);
    struct model_reply reply;
    s->d = (struct dialogue){0};
    s->planless = false;
    if (!prompt_set_dialogue(s->e->env->prompts))
        return code(s, "self_plan", NULL);
    int rc = turn(s, "self_plan", &vars, &reply);
    if (!rc && writes_tests(s))
        rc = write_tests(s);
    return rc ? rc : code(s, "self_plan_code", NULL);
}

static int repair(struct self_plan *s)
{
    bool talks = prompt_set_dialogue(s->e->env->prompts);
    if (talks && !s->planless && episode_has_room(s->e, &s->d)) {
        dialogue_take_back(&s->d);
        return code(s, "self_plan_repair", s->p.best);
    }
    s->d = (struct dialogue){0};
    s->planless = talks;
    return code(s, talks ? "flat" : "self_plan", s->p.best);
}

static int again(struct self_plan *s)
{
    dialogue_take_back(&s->d);
    return code(s, s->prompt, s->best);
}

int self_plan_code(struct episode *e)
{
    struct self_plan *s = arena_alloc(e->arena, sizeof *s); /* grading reads its tests */
    bool over = false;
    *s = (struct self_plan){.e = e};
    int rc = begin(s);
    while (!rc && !over) {
        rc = pace_take(&s->p, e, s->last, &s->T, &over);
        if (!rc && !over)
            rc = s->p.same ? again(s) : s->p.afresh ? begin(s) : repair(s);
    }
    episode_submit(e, s->p.best, "accepted");
    return rc;
}
