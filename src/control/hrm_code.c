/* The hierarchy for code (docs/methods.md, "The arms"), line by line:
 *
 *   T = TESTER(spec, public)               blind to the code
 *   P = PLANNER(spec, public)
 *   c = CODER(spec, P)
 *   for each iteration while the ledger allows:
 *     if c was run already: ask the same again, warmer; then afresh     (pace.h)
 *     r = RUN(c, public then T)
 *     best = max(best, c) by (public, self, earliest)
 *     if r.public all: break
 *     if no new best in 2 iterations, or still the same program:
 *       if replans < 2: P = PLANNER(spec, P, failure)
 *       c = CODER(spec, P), warmer
 *     else:
 *       f = REVIEWER(spec, best, failure)  where the arm has one
 *       c = CODER(spec, P, best, failure, f)
 *   submit best
 *
 * Self-written tests choose among candidates with equal public tests; they accept and reject
 * nothing.
 *
 * Switches: planner off (P stays empty), tester execute (T stays empty) or off (the first candidate
 * is submitted), coder per_step, reviewer on, as_needed (a flat try first; where it fails, its
 * program and what was wrong with it go to the planner). */
#include "control/hrm_code.h"

#include <string.h>

#include "control/flat.h"
#include "control/code_per_step.h"
#include "control/code_planner.h"
#include "control/code_tester.h"
#include "control/pace.h"
#include "tool/reply_text.h"

struct hrm_code {
    struct episode *e;
    struct code_plan P;  /* .n = 0: no plan */
    struct self_tests T; /* .n = 0: none */
    struct arm_pace p;
    const char *findings; /* of the reviewer, on the best program; NULL = none */
};

static bool codes_per_step(const struct episode *e)
{
    enum arm_coder c = e->arm->coder;
    return (c == ARM_CODER_PROFILE ? prompt_set_coder(e->env->prompts) : c) == ARM_CODER_PER_STEP;
}

/* Reads the best program and what the public tests said, and says what is wrong. */
static int reviewer(struct hrm_code *h)
{
    struct episode *e = h->e;
    if (!e->arm->reviewer)
        return 0;
    struct ask ask = {
        .role = "reviewer", .prompt = "reviewer", .vars = episode_vars(e), .warmer = h->p.warmer};
    ask.vars.v[PROMPT_CANDIDATE] = h->p.best->program;
    ask.vars.v[PROMPT_FEEDBACK] = h->p.best->feedback;
    struct model_reply reply;
    int rc = episode_ask(e, &ask, &reply);
    if (!rc)
        h->findings = reply_spoken(reply.text, e->arena);
    return rc;
}

/* The first program of a plan (repair = false), or a repair of the best one so far. */
static int coder(struct hrm_code *h, bool repair, struct candidate **out)
{
    struct episode *e = h->e;
    if (!repair && codes_per_step(e) && h->P.n > 0)
        return per_step_code(e, &h->P, h->p.warmer, out);
    struct ask ask = {
        .role = "coder", .prompt = "coder", .vars = episode_vars(e), .warmer = h->p.warmer};
    ask.vars.v[PROMPT_PLAN] = h->P.text;
    ask.vars.v[PROMPT_SIGNATURE] = h->P.signature;
    ask.vars.v[PROMPT_CONSTRAINTS] = h->P.constraints;
    if (repair) {
        ask.vars.v[PROMPT_CANDIDATE] = h->p.best->program;
        ask.vars.v[PROMPT_FEEDBACK] = h->p.best->feedback;
        ask.vars.v[PROMPT_FINDINGS] = h->findings;
    }
    struct model_reply reply;
    int rc = episode_ask(e, &ask, &reply);
    if (!rc)
        rc = episode_candidate(e, "coder", reply.text, out);
    return rc;
}

/* The same question again; or a repair; or, afresh, a program of a new plan, if there may be one.
 */
static int next(struct hrm_code *h, struct candidate **out)
{
    struct episode *e = h->e;
    int rc = 0;
    if (h->p.same)
        return coder(h, !h->p.afresh, out);
    if (!h->p.afresh) {
        rc = reviewer(h);
    } else if (e->arm->planner && e->replans < CODE_REPLANS) {
        e->replans++;
        rc = code_planner_ask(e, h->p.best, h->p.warmer, &h->P);
    }
    return rc ? rc : coder(h, !h->p.afresh, out);
}

/* The loop over candidates, from the first one on. */
static int solve(struct hrm_code *h, struct candidate *c)
{
    for (;;) {
        bool over = false;
        int rc = pace_take(&h->p, h->e, c, &h->T, &over);
        if (rc || over)
            return rc;
        rc = next(h, &c);
        if (rc)
            return rc;
    }
}

/* One flat try. *over: no hierarchy is needed, or none is allowed. */
static int try_flat_first(struct hrm_code *h, bool *over)
{
    struct candidate *c;
    int rc = flat_ask(h->e, NULL, 0, &c);
    return rc ? rc : pace_take(&h->p, h->e, c, NULL, over);
}

static int play(struct hrm_code *h)
{
    struct episode *e = h->e;
    struct candidate *c;
    bool over = false;
    int rc = e->arm->as_needed ? try_flat_first(h, &over) : 0;
    if (rc || over)
        return rc;
    rc = code_tester_ask(e, &h->T);
    if (!rc)
        rc = code_planner_ask(e, h->p.best, h->p.warmer, &h->P);
    h->p.afresh = true;
    if (!rc)
        rc = coder(h, false, &c);
    if (rc)
        return rc;
    if (code_tester_of(e) == ARM_TESTER_OFF) {
        h->p.best = c;
        e->stop = "no_tester";
        return 0;
    }
    return solve(h, c);
}

static int hrm_code_play(struct episode *e)
{
    struct hrm_code h = {.e = e};
    int rc = play(&h);
    episode_submit(e, h.p.best, "accepted");
    return rc;
}

const struct strategy hrm_code_strategies[] = {{.name = "hrm", .play = hrm_code_play}, {0}};
