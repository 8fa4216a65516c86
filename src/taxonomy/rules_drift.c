/* P: the plan and how it was carried out. A plan can be followed or not only where its steps are
 * carried out one by one: by the solver of a math hierarchy, or by a coder that codes per step. A
 * coder that gets the whole plan at once leaves no trace of what it did with it. */
#include <string.h>
#include "base/str.h"
#include "control/math_value.h"
#include "taxonomy/rules.h"
#include "tool/extract.h"

/* Where the step of that id stands in the list; n = nowhere. */
static size_t find_step(struct transcript_steps steps, const char *id)
{
    size_t i = 0;
    while (i < steps.n && strcmp(steps.v[i].id, id) != 0)
        i++;
    return i;
}

static bool has_plan(const struct evidence *e)
{
    for (size_t i = 0; i < e->n_events; i++)
        if (e->events[i].kind == EVENT_PLAN && evidence_steps(&e->events[i]).n)
            return e->arm->hierarchy && e->arm->planner;
    return false;
}

/* ---- code, per step: the n-th call of the coder after a plan is for its n-th step ---- */

/* Calls between a plan and the event after it. */
static size_t coded_steps(const struct evidence *e, size_t at)
{
    if (at + 1 >= e->n_events)
        return 0;
    int n = e->events[at + 1].row.calls - e->events[at].row.calls;
    return n > 0 ? (size_t)n : 0;
}

/* Two calls for one program, or a call and no program: only a coder that takes the steps one by one
 * does that. */
static bool codes_per_step(const struct evidence *e)
{
    if (e->arm->per_step)
        return true;
    for (size_t i = 0; i + 1 < e->n_events; i++) {
        const struct transcript_event *next = &e->events[i + 1];
        size_t n = e->events[i].kind == EVENT_PLAN ? coded_steps(e, i) : 0;
        if (n > 1 && (next->kind == EVENT_CANDIDATE || next->kind == EVENT_SUBMIT))
            return true;
        if (n == 1 && next->kind == EVENT_SUBMIT && !*next->row.candidate_hash)
            return true;
    }
    return false;
}

/* Are steps carried out one by one, and is there a plan? */
static bool follows_plan(const struct evidence *e)
{
    return has_plan(e) && (e->math || codes_per_step(e));
}

/* The last plan that holds steps; there is one. */
static size_t last_plan(const struct evidence *e)
{
    size_t i = e->n_events - 1;
    while (e->events[i].kind != EVENT_PLAN || !evidence_steps(&e->events[i]).n)
        i--;
    return i;
}

/* Was this subgoal tried at any time? One that an earlier plan solved keeps its value. */
static bool was_tried(const struct evidence *e, const char *id)
{
    for (size_t i = 0; i < e->n_events; i++)
        if (e->events[i].kind == EVENT_SUBGOAL && strcmp(e->events[i].subgoal.id, id) == 0)
            return true;
    return false;
}

enum flag_state rule_p1(const struct evidence *e, const char **why)
{
    if (!follows_plan(e))
        return FLAG_NA;
    size_t at = last_plan(e), coded = e->math ? 0 : coded_steps(e, at);
    const struct transcript_steps steps = evidence_steps(&e->events[at]);
    for (size_t i = 0; i < steps.n; i++) {
        const char *id = steps.v[i].id;
        if (e->math ? was_tried(e, id) : i < coded)
            continue;
        *why = arena_printf(e->arena, "step %s was never carried out", id);
        return FLAG_YES;
    }
    return FLAG_NO;
}

enum flag_state rule_p2(const struct evidence *e, const char **why)
{
    if (!follows_plan(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_events; i++) {
        const struct transcript_event *v = &e->events[i], *plan = evidence_plan_before(e, i);
        const char *id = v->kind == EVENT_SUBGOAL  ? v->subgoal.id
                         : v->kind == EVENT_REPAIR ? v->repair.id
                                                   : NULL;
        const struct transcript_steps steps =
            plan ? evidence_steps(plan) : (struct transcript_steps){0};
        if (!id || !plan || find_step(steps, id) < steps.n)
            continue;
        *why = arena_printf(e->arena, "step %s is not in the plan", id);
        return FLAG_YES;
    }
    return FLAG_NO;
}

/* The value of a subgoal as last recorded before event `at`; NULL = none. */
static const char *value_before(const struct evidence *e, size_t at, const char *id)
{
    while (at-- > 0) {
        const struct transcript_event *v = &e->events[at];
        if (v->kind == EVENT_SUBGOAL && v->subgoal.ok && strcmp(v->subgoal.id, id) == 0)
            return evidence_text(v->subgoal.value);
    }
    return NULL;
}

/* The first dependency of step i that was not there yet; NULL = all were. Code is written in the
 * order of the list. */
static const char *missing_dependency(const struct evidence *e, struct transcript_steps steps,
                                      size_t i, size_t at)
{
    for (size_t k = 0; k < steps.v[i].deps.n; k++) {
        const char *id = steps.v[i].deps.v[k];
        if (*id && (e->math ? !value_before(e, at, id) : find_step(steps, id) >= i))
            return id;
    }
    return NULL;
}

static bool order_broken(const struct evidence *e, size_t at, const char **why)
{
    const struct transcript_event *v = &e->events[at];
    const struct transcript_event *plan = e->math ? evidence_plan_before(e, at) : v;
    const struct transcript_steps steps =
        plan ? evidence_steps(plan) : (struct transcript_steps){0};
    for (size_t i = 0; i < steps.n; i++) {
        const char *id = steps.v[i].id;
        bool done_now = e->math ? strcmp(id, v->subgoal.id) == 0 : i < coded_steps(e, at);
        const char *dep = done_now ? missing_dependency(e, steps, i, at) : NULL;
        if (!dep)
            continue;
        *why = arena_printf(e->arena, "step %s before step %s, which it needs", id, dep);
        return true;
    }
    return false;
}

enum flag_state rule_p3(const struct evidence *e, const char **why)
{
    if (!follows_plan(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_events; i++)
        if (e->events[i].kind == (e->math ? EVENT_SUBGOAL : EVENT_PLAN) && order_broken(e, i, why))
            return FLAG_YES;
    return FLAG_NO;
}

enum flag_state rule_p4(const struct evidence *e, const char **why)
{
    if (!has_plan(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_events; i++) {
        const char *hash = e->events[i].kind == EVENT_PLAN ? e->events[i].plan.hash : "";
        for (size_t k = 0; *hash && k < i; k++) {
            if (e->events[k].kind != EVENT_PLAN || strcmp(e->events[k].plan.hash, hash) != 0)
                continue;
            *why = "a new plan is the old one";
            return FLAG_YES;
        }
    }
    return FLAG_NO;
}

enum flag_state rule_p5(const struct evidence *e, const char **why)
{
    if (!e->math || !has_plan(e))
        return FLAG_NA; /* steps of a program pass no values to later ones */
    for (size_t i = 0; i < e->n_events; i++) {
        const struct transcript_uses *uses = &e->events[i].subgoal.uses;
        for (size_t k = 0; e->events[i].kind == EVENT_SUBGOAL && k < uses->n; k++) {
            const char *id = uses->v[k].id, *text = uses->v[k].value;
            const char *recorded = value_before(e, i, id);
            if (!recorded || math_same(text, recorded))
                continue;
            *why = arena_printf(e->arena, "used %s for %s, whose value is %s", text, id, recorded);
            return FLAG_YES;
        }
    }
    return FLAG_NO;
}

/* The candidate that item i of the transcript executes; "" = none. A verifier's program is none: it
 * may well be the solver's. */
static const char *executed(const struct evidence *e, size_t i)
{
    if (!e->math)
        return e->events[i].kind == EVENT_CANDIDATE ? e->events[i].row.candidate_hash : "";
    const struct transcript_run *r = &e->runs[i];
    return r->kind == RUN_PROGRAM && strcmp(r->program.purpose, "verify") != 0 ? r->row.program_hash
                                                                               : "";
}

/* A program that was run comes again, in both arms: it is logged, and in records of older versions
 * (and in votes) run once more. */
enum flag_state rule_p6(const struct evidence *e, const char **why)
{
    if (!e->arm->tool)
        return FLAG_NA; /* nothing is executed */
    for (size_t i = 0; i < e->n_events; i++)
        if (e->events[i].kind == EVENT_REPEATED) {
            *why = arena_printf(e->arena, "the program %.12s came again",
                                e->events[i].row.candidate_hash);
            return FLAG_YES;
        }
    size_t n = e->math ? e->n_runs : e->n_events;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i && *executed(e, i); k++) {
            if (strcmp(executed(e, i), executed(e, k)) != 0)
                continue;
            *why = arena_printf(e->arena, "the program %.12s came again", executed(e, i));
            return FLAG_YES;
        }
    return FLAG_NO;
}
