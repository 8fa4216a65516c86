/* Flat controllers for code, as in methods.md "Arms":
 *   F0 oneshot    c = FLAT(spec); submit
 *   F1 best_of_n  samples at rising temperature; the best by public tests is submitted
 *   F2 retry      repair with feedback; 2 stale iterations -> a fresh sample with temperature + .2
 *   F3 self_plan  F2 in one context that holds all of the hierarchy's instructions
 * All stop as soon as the public tests pass; best, not last, is submitted. */
#include "control/flat.h"

#include "control/selftests.h"

struct flat {
    struct episode *e;
    bool self_plan;          /* F3: one context, the reply also plans and writes tests */
    struct dialogue context; /* F3 */
    struct self_tests T;     /* F3: from the first reply that has any */
};

/* One candidate. With `best` the model sees it and its feedback; without, it starts afresh. */
static int flat_code(struct flat *f, const struct candidate *best, double warmer,
                     struct candidate **out)
{
    struct episode *e = f->e;
    struct ask ask = {.role = "flat",
                      .prompt = f->self_plan ? "self_plan" : "flat",
                      .vars = episode_vars(e),
                      .warmer = warmer};
    if (best) {
        ask.vars.v[PROMPT_CANDIDATE] = best->program;
        ask.vars.v[PROMPT_FEEDBACK] = best->feedback;
    } else {
        f->context = (struct dialogue){0};
    }
    if (f->self_plan)
        ask.dialogue = &f->context;
    struct model_reply reply;
    int rc = episode_ask(e, &ask, &reply);
    if (rc)
        return rc;
    *out = episode_candidate(e, "flat", reply.text);
    if (f->self_plan && f->T.n == 0 && prompt_set_tester(e->env->prompts) == ARM_TESTER_WRITE)
        self_tests_parse(reply.text, e->task, &f->T, e->arena);
    return 0;
}

int flat_oneshot(struct episode *e, struct candidate **out)
{
    struct flat f = {.e = e};
    int rc = flat_code(&f, NULL, 0, out);
    return rc ? rc : episode_run_python(e, *out, NULL);
}

static int play_oneshot(struct episode *e)
{
    struct candidate *c = NULL;
    int rc = flat_oneshot(e, &c);
    episode_submit(e, c, "oneshot");
    return rc;
}

static int play_best_of_n(struct episode *e)
{
    struct flat f = {.e = e};
    const struct candidate *best = NULL;
    struct candidate *c = NULL;
    int rc = 0;
    for (int i = 0; !rc; i++) {
        rc = flat_code(&f, NULL, WARMER * i, &c);
        if (!rc)
            rc = episode_run_python(e, c, NULL);
        if (rc)
            break;
        if (candidate_beats(c, best, 0))
            best = c;
        if (candidate_accepted(best) || !episode_may_iterate(e))
            break;
    }
    episode_submit(e, best ? best : c, "accepted"); /* c: a cap came before it could be run */
    return rc;
}

static int repair_until_it_passes(struct flat *f)
{
    struct episode *e = f->e;
    const struct candidate *best = NULL;
    struct candidate *c = NULL;
    double warmer = 0;
    int stale = 0;
    int rc = flat_code(f, NULL, warmer, &c);
    while (!rc) {
        rc = episode_run_python(e, c, &f->T);
        if (rc)
            break;
        bool better = candidate_beats(c, best, 0);
        if (better)
            best = c;
        stale = better ? 0 : stale + 1;
        if (candidate_accepted(c) || !episode_may_iterate(e))
            break;
        bool afresh = stale >= STALE_ITERATIONS;
        if (afresh) {
            warmer += WARMER;
            stale = 0;
        }
        rc = flat_code(f, afresh ? NULL : best, warmer, &c);
    }
    episode_submit(e, best ? best : c, "accepted");
    return rc;
}

static int play_retry(struct episode *e)
{
    return repair_until_it_passes(&(struct flat){.e = e});
}

static int play_self_plan(struct episode *e)
{
    return repair_until_it_passes(&(struct flat){.e = e, .self_plan = true});
}

const struct strategy flat_strategies[] = {
    {.name = "retry", .play = play_retry},
    {.name = "oneshot", .play = play_oneshot},
    {.name = "best_of_n", .play = play_best_of_n},
    {.name = "self_plan", .play = play_self_plan, .one_context = true},
    {0},
};
