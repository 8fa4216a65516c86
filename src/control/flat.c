/* Flat controllers for code (docs/methods.md, "The arms"):
 *   oneshot    c = FLAT(spec); submit
 *   best_of_n  samples at rising temperature; the best by public tests is submitted
 *   retry      repair with feedback, at the pace of pace.h
 *   self_plan  one conversation that holds all of the hierarchy's instructions (self_plan.c)
 * All stop as soon as the public tests pass, else at the budget; best, not last, is submitted. With
 * the switch self_tests, best_of_n and retry write tests first as the hierarchy's tester does;
 * among equals by public tests these choose. */
#include "control/flat.h"

#include "control/code_tester.h"
#include "control/pace.h"
#include "control/self_plan.h"

int flat_ask(struct episode *e, const struct candidate *best, double warmer, struct candidate **out)
{
    struct ask ask = {.role = "flat", .prompt = "flat", .vars = episode_vars(e), .warmer = warmer};
    if (best) {
        ask.vars.v[PROMPT_CANDIDATE] = best->program;
        ask.vars.v[PROMPT_FEEDBACK] = best->feedback;
    }
    struct model_reply reply;
    int rc = episode_ask(e, &ask, &reply);
    if (!rc)
        rc = episode_candidate(e, "flat", reply.text, out);
    return rc;
}

static int play_oneshot(struct episode *e)
{
    struct candidate *c = NULL;
    int rc = flat_ask(e, NULL, 0, &c);
    if (!rc)
        rc = episode_run_python(e, c, NULL);
    episode_submit(e, c, "oneshot");
    return rc;
}

/* The question that comes next in the strategy. */
typedef int next_fn(struct episode *e, const struct arm_pace *p, int asked, struct candidate **out);

static int sample(struct episode *e, const struct arm_pace *p, int asked, struct candidate **out)
{
    (void)p;
    return flat_ask(e, NULL, WARMER * asked, out);
}

static int repair(struct episode *e, const struct arm_pace *p, int asked, struct candidate **out)
{
    (void)asked;
    return flat_ask(e, p->afresh ? NULL : p->best, p->warmer, out);
}

static int try_until_it_passes(struct episode *e, next_fn *next)
{
    struct arm_pace p = {0};
    struct self_tests T = {0};
    bool over = false;
    int rc = e->arm->self_tests ? code_tester_ask(e, &T) : 0;
    for (int asked = 0; !rc && !over; asked++) {
        struct candidate *c;
        rc = next(e, &p, asked, &c);
        if (!rc)
            rc = pace_take(&p, e, c, &T, &over);
    }
    episode_submit(e, p.best, "accepted");
    return rc;
}

static int play_best_of_n(struct episode *e)
{
    return try_until_it_passes(e, sample);
}

static int play_retry(struct episode *e)
{
    return try_until_it_passes(e, repair);
}

const struct strategy flat_strategies[] = {
    {.name = "retry", .play = play_retry},
    {.name = "oneshot", .play = play_oneshot},
    {.name = "best_of_n", .play = play_best_of_n},
    {.name = "self_plan", .play = self_plan_code, .one_context = true},
    {0},
};
