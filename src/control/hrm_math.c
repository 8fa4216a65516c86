/* The hierarchy for math (docs/methods.md, "The arms"), line by line:
 *
 *   for each round while the ledger allows, warmer each time:
 *     P = SUPERVISOR(q)                     one re-ask when the reply is no plan
 *     for g in topological(P): <= 3 tries:
 *       code = SOLVER(q, g, values of deps); r = PY(code)
 *       if r.ok and type ok: val[g] = r.value; break
 *     else if replans < 1: P = SUPERVISOR(q, P, val, error); restart the unresolved
 *     a = val[goal]; v = VERIFIER(q, a)     blind to the code; its own program counts as a tool run
 *     if PASS: submit
 *     else one repair of the named subgoal, re-verify
 *   submit latest PASS else the majority
 *
 * The repair solves the named subgoal anew, and then all that depends on it. Where the verifier
 * names none (a model that cannot hold a dialogue never does), the plan itself is suspected: it is
 * the one replan, with nothing kept; without a supervisor, or after a replan, it is the last
 * subgoal. The majority is over the answers and the verifier's values; a tie goes to the latest
 * answer.
 *
 * Switches: planner off (the whole problem is the one subgoal), verifier off (the first answer is
 * submitted), tool off (values are stated, not computed), as_needed (a flat try first; the rounds
 * begin only where the verifier comes to another answer). */
#include "control/hrm_math.h"

#include <string.h>

#include "base/str.h"
#include "tool/finals.h"
#include "control/flat_math.h"
#include "control/math_supervisor.h"
#include "control/math_value.h"
#include "control/math_verifier.h"

enum { ANSWERS = MATH_CHECKS * MATH_ROUNDS + 1 };

struct hrm_math {
    struct math_work w;                         /* plan and values */
    const struct math_answer *answers[ANSWERS]; /* [n_answers] that stood, oldest first */
    const char *computed[ANSWERS];              /* [n_computed] the verifier's values */
    size_t n_answers, n_computed;
    int in_round;            /* answers of this round */
    int replans;             /* likewise */
    struct math_check check; /* the latest */
    bool passed;             /* it was a PASS, for the latest answer */
};

/* ---- supervisor ---- */

static bool may_replan(const struct hrm_math *h)
{
    return h->w.e->arm->planner && h->replans < MATH_REPLANS;
}

/* Does subgoal g of the new plan ask for what one of the earlier plan has resolved? */
static const char *kept_value(const struct math_work *w, size_t g, const struct math_work *earlier)
{
    const struct math_subgoal *s = &w->P.subgoals[g];
    size_t i = math_plan_find(&earlier->P, s->id, strlen(s->id));
    if (i == earlier->P.n || strcmp(earlier->P.subgoals[i].desc, s->desc) != 0)
        return NULL;
    for (size_t k = 0; k < s->n_deps; k++)
        if (!w->value[s->deps[k]])
            return NULL;
    return earlier->value[i];
}

/* Another plan. If `keep`, the supervisor reads the earlier one, and what they share and is
 * resolved there stays resolved. If not it is only told what happened: a small model that is shown
 * its plan writes it again, and takes its wrong values for numbers of the problem. */
static int replan(struct hrm_math *h, bool keep, const char *failure)
{
    const struct math_work earlier = h->w;
    h->w.e->replans++;
    h->replans++;
    int rc = math_supervise(&h->w, keep ? &earlier : NULL, failure);
    for (size_t k = 0; !rc && keep && k < h->w.P.n; k++)
        h->w.value[h->w.P.order[k]] = kept_value(&h->w, h->w.P.order[k], &earlier);
    return rc;
}

/* ---- solver ---- */

static size_t next_unresolved(const struct math_work *w)
{
    for (size_t k = 0; k < w->P.n; k++)
        if (!w->value[w->P.order[k]])
            return w->P.order[k];
    return w->P.n;
}

static const char *failure_of(const struct math_work *w, size_t g)
{
    return arena_printf(w->e->arena, "Subgoal %s (%s) could not be solved: %s", w->P.subgoals[g].id,
                        w->P.subgoals[g].desc, w->error);
}

/* All that is unresolved, in order; ends with the goal resolved, or not. `hint` is for subgoal
 * `hinted` (P.n = none). */
static int solve(struct hrm_math *h, size_t hinted, const char *hint)
{
    struct math_work *w = &h->w;
    for (size_t g; (g = next_unresolved(w)) < w->P.n;) {
        int rc = math_solve(w, g, g == hinted ? hint : NULL);
        if (rc)
            return rc;
        if (w->value[g])
            continue;
        if (!may_replan(h))
            return 0;
        rc = replan(h, true, failure_of(w, g));
        if (rc)
            return rc;
        hinted = w->P.n;
    }
    return 0;
}

/* The value of the goal, if there is one, stands as the answer. */
static int answer(struct hrm_math *h)
{
    const struct math_work *w = &h->w;
    struct finals f = {0};
    if (w->said)
        f = finals_find(w->said, w->e->arena);
    h->passed = false;
    h->in_round++;
    const char *text = f.n > 0 ? f.text[f.n - 1] : w->value[w->P.goal];
    return episode_answer(w->e, "solver", text, w->said ? "text" : "subgoal", &f,
                          &h->answers[h->n_answers++]);
}

/* ---- verifier ---- */

static int verify(struct hrm_math *h)
{
    const char *answer = h->answers[h->n_answers - 1]->text;
    int rc = math_verify(&h->w, answer, h->in_round < MATH_CHECKS, &h->check);
    if (h->check.computed)
        h->computed[h->n_computed++] = h->check.computed;
    h->passed = h->check.verdict == MATH_PASS;
    return rc;
}

/* Takes back the value of subgoal g and of all that depends on it. */
static void take_back(struct math_work *w, size_t g)
{
    w->value[g] = NULL;
    for (size_t k = 0; k < w->P.n; k++) {
        const struct math_subgoal *s = &w->P.subgoals[w->P.order[k]];
        for (size_t d = 0; d < s->n_deps; d++)
            if (!w->value[s->deps[d]])
                w->value[w->P.order[k]] = NULL;
    }
}

static int repair(struct hrm_math *h)
{
    struct math_work *w = &h->w;
    struct arena *arena = w->e->arena;
    const char *said = h->answers[h->n_answers - 1]->text, *computed = h->check.computed;
    bool named = h->check.suspect < w->P.n;
    if (!named && may_replan(h)) {
        int rc = replan(h, false,
                        "An earlier plan and an independent computation of the whole problem came "
                        "to different answers.");
        return rc ? rc : solve(h, w->P.n, NULL);
    }
    size_t g = named ? h->check.suspect : w->P.goal;
    const char *hint = arena_printf(arena,
                                    "This subgoal came to %s and the whole problem to %s; an "
                                    "independent computation of the whole problem gave %s. Check "
                                    "what this subgoal asks for.",
                                    w->value[g], said, computed);
    int rc = episode_log(
        w->e, "solver", NULL,
        &(struct transcript_event){.kind = EVENT_REPAIR, .repair.id = w->P.subgoals[g].id});
    take_back(w, g);
    return rc ? rc : solve(h, g, hint);
}

/* ---- the episode ---- */

/* A plan from nothing, its answer, and one repair where the verifier's differs. *over: there is an
 * answer and nothing speaks against it. */
static int play_round(struct hrm_math *h, const char *failure, bool *over)
{
    h->in_round = h->replans = 0;
    int rc = episode_begin(h->w.e);
    if (!rc)
        rc = math_supervise(&h->w, NULL, failure);
    if (!rc)
        rc = solve(h, h->w.P.n, NULL);
    if (rc || !h->w.value[h->w.P.goal])
        return rc;
    rc = answer(h);
    *over = !math_verifies(h->w.e);
    if (rc || *over)
        return rc;
    rc = verify(h);
    *over = h->check.verdict != MATH_FAIL;
    if (rc || *over)
        return rc;
    rc = episode_begin(h->w.e);
    if (!rc)
        rc = repair(h);
    if (rc || !h->w.value[h->w.P.goal])
        return rc;
    rc = answer(h);
    if (!rc)
        rc = verify(h);
    *over = h->check.verdict != MATH_FAIL;
    return rc;
}

/* As the supervisor reads it; NULL where there was no first try. */
static const char *disagreement(const struct hrm_math *h)
{
    return h->n_answers == 0
               ? NULL
               : "A first try and an independent computation of the whole problem came to "
                 "different answers.";
}

/* The try of the flat arm, and the verifier's word on it. *over as above. */
static int try_flat_first(struct hrm_math *h, bool *over)
{
    struct episode *e = h->w.e;
    const struct math_answer *a = NULL;
    int rc = flat_math_try(e, 0, &a);
    if (a)
        h->answers[h->n_answers++] = a;
    h->w.P = math_plan_whole(e->task->prompt, e->arena);
    math_work_reset(&h->w);
    if (rc || !a)
        return rc;
    *over = !math_verifies(e);
    h->in_round = MATH_CHECKS; /* nothing that a judge could name */
    if (*over)
        return rc;
    rc = verify(h);
    *over = h->check.verdict != MATH_FAIL;
    return rc;
}

static int play(struct hrm_math *h)
{
    bool over = false;
    const char *failure = NULL;
    int rc = 0;
    if (h->w.e->arm->as_needed) {
        rc = try_flat_first(h, &over);
        failure = disagreement(h);
    }
    for (int round = 0; !rc && !over && round < MATH_ROUNDS; round++) {
        h->w.warmer = WARMER * round;
        rc = play_round(h, failure, &over);
        failure = NULL;
    }
    return rc;
}

/* The latest PASS, else what most of the answers and the verifier's values agree on. */
static int submit(struct hrm_math *h)
{
    struct episode *e = h->w.e;
    const char *values[2 * ANSWERS];
    size_t n = 0;
    for (size_t i = h->n_answers; i-- > 0;)
        values[n++] = h->answers[i]->text;
    for (size_t i = h->n_computed; i-- > 0;)
        values[n++] = h->computed[i];
    if (n == 0) {
        episode_submit_answer(e, NULL, "unsolved");
        return 0;
    }
    size_t best = h->passed ? 0 : math_majority(values, n);
    const struct math_answer *chosen = NULL;
    int rc = 0;
    if (best < h->n_answers)
        chosen = h->answers[h->n_answers - 1 - best];
    else
        rc = episode_answer(e, "verifier", values[best], "vote", NULL, &chosen);
    episode_submit_answer(e, chosen,
                          h->passed            ? "accepted"
                          : !math_verifies(e)  ? "no_verifier"
                          : h->n_computed == 0 ? "unverified"
                                               : "majority");
    return rc;
}

static int hrm_math_play(struct episode *e)
{
    struct hrm_math h = {.w = {.e = e}};
    int rc = play(&h);
    if (rc < 0)
        return rc;
    int submitted = submit(&h);
    return submitted ? submitted : rc;
}

const struct strategy hrm_math_strategies[] = {
    {.name = "hrm", .play = hrm_math_play, .at_cap = STANDS_VERIFIED}, {0}};
