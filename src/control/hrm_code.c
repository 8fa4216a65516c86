/* E1-HRM of methods.md, line by line:
 *
 *   T = TESTER(spec, public)               blind to the code
 *   P = PLANNER(spec, public)
 *   c = CODER(spec, P)
 *   for each iteration while the ledger allows:
 *     r = RUN(c, public then T)
 *     best = max(best, c) by (public, anchors, self, earliest)
 *     if r.public all and r.self >= ceil(.6 |T|): break
 *     if hash(c) seen or no new best in 2 iterations:
 *       if replans < 2: P = PLANNER(spec, P, failure); c = CODER(spec, P)  else break
 *     else: anchors |= self-tests passed by best
 *           c = CODER(spec, P, best, first failing test + stderr)
 *   submit best
 *
 * Switches: planner off (P stays empty), tester execute (T stays empty) or off (the first candidate
 * is submitted), coder per_step, as_needed (a flat one-shot first; the hierarchy starts only if it
 * fails). */
#include "control/hrm_code.h"

#include <string.h>

#include "control/flat.h"
#include "control/code_per_step.h"
#include "control/code_planner.h"
#include "control/code_tester.h"

struct hrm_code {
    struct episode *e;
    struct code_plan P;  /* .n = 0: no plan */
    struct self_tests T; /* .n = 0: none */
    const struct candidate *best;
    uint32_t anchors; /* self-tests that a best candidate has passed */
    int stale;        /* iterations without a new best */
};

static bool codes_per_step(const struct episode *e)
{
    enum arm_coder c = e->arm->coder;
    return (c == ARM_CODER_PROFILE ? prompt_set_coder(e->env->prompts) : c) == ARM_CODER_PER_STEP;
}

/* The first program of a plan (repair = false), or a repair of the best one so far. */
static int coder(struct hrm_code *h, bool repair, struct candidate **out)
{
    struct episode *e = h->e;
    if (!repair && codes_per_step(e) && h->P.n > 0)
        return per_step_code(e, &h->P, out);
    struct ask ask = {.role = "coder", .prompt = "coder", .vars = episode_vars(e)};
    ask.vars.v[PROMPT_PLAN] = h->P.text;
    ask.vars.v[PROMPT_SIGNATURE] = h->P.signature;
    ask.vars.v[PROMPT_CONSTRAINTS] = h->P.constraints;
    if (repair) {
        ask.vars.v[PROMPT_CANDIDATE] = h->best->program;
        ask.vars.v[PROMPT_FEEDBACK] = h->best->feedback;
    }
    struct model_reply reply;
    int rc = episode_ask(e, &ask, &reply);
    if (!rc)
        *out = episode_candidate(e, "coder", reply.text);
    return rc;
}

/* Keeps the better of c and the best so far. */
static void keep_best(struct hrm_code *h, const struct candidate *c)
{
    bool better = candidate_beats(c, h->best, h->anchors);
    if (better)
        h->best = c;
    h->stale = better ? 0 : h->stale + 1;
}

static int replan(struct hrm_code *h, struct candidate **out)
{
    h->e->replans++;
    h->stale = 0;
    int rc = code_planner_ask(h->e, h->best->feedback, &h->P);
    return rc ? rc : coder(h, false, out);
}

/* The loop over candidates, from the first one on. Ends with h->best set. */
static int solve(struct hrm_code *h, struct candidate *c)
{
    struct episode *e = h->e;
    for (;;) {
        int rc = episode_run_python(e, c, &h->T);
        if (rc == EPISODE_CAP && !h->best)
            h->best = c; /* not run, but all there is */
        if (rc)
            return rc;
        keep_best(h, c);
        if (candidate_accepted(c) || !episode_may_iterate(e))
            return 0;
        if (c->repeated || h->stale >= STALE_ITERATIONS) {
            if (h->e->replans >= CODE_REPLANS) {
                e->stop = "stale";
                return 0;
            }
            rc = replan(h, &c);
        } else {
            h->anchors |= h->best->self_passed;
            rc = coder(h, true, &c);
        }
        if (rc)
            return rc;
    }
}

/* One flat call. True when its program passes the public tests, so that no hierarchy is needed. */
static int try_flat_first(struct hrm_code *h, bool *solved)
{
    struct candidate *c = NULL;
    int rc = flat_oneshot(h->e, &c);
    if (c)
        keep_best(h, c);
    *solved = !rc && candidate_accepted(c);
    return rc;
}

static int play(struct hrm_code *h)
{
    struct episode *e = h->e;
    struct candidate *c;
    bool solved = false;
    int rc = e->arm->as_needed ? try_flat_first(h, &solved) : 0;
    if (rc || solved || (h->best && !episode_may_iterate(e)))
        return rc;
    rc = code_tester_ask(e, &h->T);
    if (!rc)
        rc = code_planner_ask(e, h->best ? h->best->feedback : NULL, &h->P);
    if (!rc)
        rc = coder(h, false, &c);
    if (rc)
        return rc;
    if (code_tester_of(e) == ARM_TESTER_OFF) {
        h->best = c;
        e->stop = "no_tester";
        return 0;
    }
    return solve(h, c);
}

static int hrm_code_play(struct episode *e)
{
    struct hrm_code h = {.e = e};
    int rc = play(&h);
    episode_submit(e, h.best, "accepted");
    return rc;
}

const struct strategy hrm_code_strategies[] = {{.name = "hrm", .play = hrm_code_play}, {0}};
