/* P: the plan and how it was carried out. A plan can be followed or not only where its steps are
 * carried out one by one: by the solver of a math hierarchy, or by a coder that codes per step. A
 * coder that gets the whole plan at once leaves no trace of what it did with it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "control/math_value.h"
#include "taxonomy/derived.h"
#include "taxonomy/numbers.h"
#include "taxonomy/python_text.h"
#include "taxonomy/rules.h"

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

/* A plan of the model's own: where neither reply held one, the controller put the whole problem in
 * its place. */
static const char *plan_hash(const struct transcript_event *v)
{
    return v->kind == EVENT_PLAN && (v->plan.valid || v->plan.valid_final) ? v->plan.hash : "";
}

enum flag_state rule_p4(const struct evidence *e, const char **why)
{
    if (!has_plan(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_events; i++) {
        const char *hash = plan_hash(&e->events[i]);
        for (size_t k = 0; *hash && k < i; k++) {
            if (strcmp(plan_hash(&e->events[k]), hash) != 0 ||
                evidence_same_question(e, &e->events[k], &e->events[i]))
                continue;
            *why = "a new plan is the old one";
            return FLAG_YES;
        }
    }
    return FLAG_NO;
}

/* The last program that was run for the subgoal of event `at`; e->n_runs = none. */
static size_t program_of(const struct evidence *e, const struct transcript_event *at)
{
    size_t n = e->n_runs;
    if (at->row.tool_runs > 0 && (size_t)at->row.tool_runs < n)
        n = (size_t)at->row.tool_runs;
    while (n-- > 0)
        if (e->runs[n].kind == RUN_PROGRAM && str_eq(e->runs[n].program.subgoal, at->subgoal.id))
            return n;
    return e->n_runs;
}

/* "s1 = 35": the number that the program itself assigns to the subgoal's name; an id that is no
 * name
 * ("1") stands behind a letter. */
static bool assigns(const char *program, const char *id, double *value)
{
    size_t n = strlen(id);
    for (const char *p = program; *p; p += strcspn(p, "\n"), p += *p == '\n') {
        const char *q = p + strspn(p, " \t");
        if (isdigit((unsigned char)*id) && isalpha((unsigned char)*q))
            q++;
        if (strncmp(q, id, n) != 0)
            continue;
        q += n + strspn(q + n, " \t");
        if (*q != '=' || q[1] == '=')
            continue;
        q += 1 + strspn(q + 1, " \t");
        size_t digits = strspn(q, "-0123456789.");
        const char *end = q + digits + strspn(q + digits, " \t\r");
        char *number CLEANUP_FREE = xstrndup(q, digits);
        if (digits > 0 && (!*end || *end == '\n' || *end == '#') && math_number(number, value))
            return true;
    }
    return false;
}

/* Does the program use `recorded` for the subgoal `id`? What it uses in its place is in *text. */
static bool uses_other(const struct evidence *e, size_t run, const char *id, const char *recorded,
                       const char **text)
{
    const char *program = python_bare(e->runs[run].row.program, e->arena);
    double want, got;
    struct number_list literals = {0};
    if (!math_number(recorded, &want))
        return false;
    bool assigned = assigns(program, id, &got);
    numbers_in(program, &literals, e->arena);
    if (assigned ? numbers_same(got, want) : numbers_have(&literals, want))
        return false;
    if (!assigned && !derived_invented(e, run, &got))
        return false; /* worked out from the givens again, or not needed */
    *text = arena_printf(e->arena, "%.15g", got);
    return true;
}

/* Does the program of the step that event i ends change a value it was given? `run` is its program.
 */
static bool changes_value(const struct evidence *e, size_t i, size_t *run, const char **why)
{
    const struct transcript_event *v = &e->events[i];
    if (v->kind != EVENT_SUBGOAL || (*run = program_of(e, v)) == e->n_runs)
        return false;
    for (size_t k = 0; k < v->subgoal.uses.n; k++) {
        const char *id = v->subgoal.uses.v[k].id, *recorded = value_before(e, i, id), *text;
        if (!recorded || !uses_other(e, *run, id, recorded, &text))
            continue;
        *why = arena_printf(e->arena, "used %s for %s, whose value is %s", text, id, recorded);
        return true;
    }
    return false;
}

bool drift_changes_value(const struct evidence *e, size_t run)
{
    const char *ignored;
    size_t of;
    for (size_t i = 0; i < e->n_events; i++)
        if (changes_value(e, i, &of, &ignored) && of == run)
            return true;
    return false;
}

enum flag_state rule_p5(const struct evidence *e, const char **why)
{
    size_t ignored;
    if (!e->math || !e->arm->tool || !has_plan(e))
        return FLAG_NA; /* no program passes values on */
    for (size_t i = 0; i < e->n_events; i++)
        if (changes_value(e, i, &ignored, why))
            return FLAG_YES;
    return FLAG_NO;
}

/* ---- P6 ---- */

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

/* Was the program of the call in event k run? Not if the next event says that it was refused (a
 * reply that held none is another one), or that it had been run before. */
static bool was_run(const struct evidence *e, size_t k)
{
    const struct transcript_event *v = &e->events[k], *next = k + 1 < e->n_events ? v + 1 : NULL;
    if (v->kind != EVENT_TOOL_CALL || !v->tool_call.ok)
        return false;
    bool refused = next && next->kind == EVENT_REFUSED && str_eq(next->refused.part, "program") &&
                   !str_eq(next->refused.reason, "none");
    return !refused && (!next || next->kind != EVENT_REPEATED);
}

/* The event in which the model asked for item i: the candidate, or the call before the run. */
static const struct transcript_event *asked_for(const struct evidence *e, size_t i)
{
    size_t seen = 0;
    if (!e->math)
        return &e->events[i];
    for (size_t k = 0; k < e->n_events; k++)
        if (was_run(e, k) && seen++ == i)
            return &e->events[k];
    return NULL;
}

/* Did the controller take the value of run i? If it asks for the subgoal again, after a repair or
 * with a new plan, then the same program is the right one. */
static bool is_taken(const struct evidence *e, size_t i)
{
    const struct transcript_run *r = &e->runs[i];
    if (!e->math || !str_eq(r->program.purpose, "subgoal"))
        return false;
    for (size_t k = 0; k < e->n_events; k++) {
        const struct transcript_event *v = &e->events[k];
        if (v->kind == EVENT_SUBGOAL && str_eq(v->subgoal.id, evidence_text(r->program.subgoal)) &&
            v->row.tool_runs == (int)i + 1)
            return v->subgoal.ok;
    }
    return false;
}

/* Event `again` (NULL = not in the record) gives the program of item `first` once more: is that the
 * model's doing, and not the controller's? */
static bool is_own_repeat(const struct evidence *e, size_t first,
                          const struct transcript_event *again)
{
    const struct transcript_event *a = asked_for(e, first);
    return !is_taken(e, first) && !(a && again && evidence_same_question(e, a, again));
}

/* Event i says that a program came again and was not run for that. */
static bool is_logged_repeat(const struct evidence *e, size_t i)
{
    const struct transcript_event *v = &e->events[i];
    if (v->kind != EVENT_REPEATED)
        return false;
    size_t n = i, runs = v->row.tool_runs > 0 ? (size_t)v->row.tool_runs : 0;
    if (e->math)
        n = runs < e->n_runs ? runs : e->n_runs;
    for (size_t k = 0; k < n; k++)
        if (strcmp(executed(e, k), v->row.candidate_hash) == 0 &&
            (!e->math || str_eq(e->runs[k].row.role, v->row.role)) && is_own_repeat(e, k, v))
            return true;
    return false;
}

/* Item i of the transcript is a second execution, as in votes and in records of older versions. */
static bool is_second_run(const struct evidence *e, size_t i)
{
    for (size_t k = 0; k < i && *executed(e, i); k++)
        if (strcmp(executed(e, i), executed(e, k)) == 0 && is_own_repeat(e, k, asked_for(e, i)))
            return true;
    return false;
}

/* Code: a candidate comes again. Math: a program for a subgoal or an answer. Both arms. */
enum flag_state rule_p6(const struct evidence *e, const char **why)
{
    static const char came_again[] = "the program %.12s came again";
    if (!e->arm->tool)
        return FLAG_NA; /* nothing is executed */
    for (size_t i = 0; i < e->n_events; i++)
        if (is_logged_repeat(e, i)) {
            *why = arena_printf(e->arena, came_again, e->events[i].row.candidate_hash);
            return FLAG_YES;
        }
    for (size_t i = 0; i < (e->math ? e->n_runs : e->n_events); i++)
        if (is_second_run(e, i)) {
            *why = arena_printf(e->arena, came_again, executed(e, i));
            return FLAG_YES;
        }
    return FLAG_NO;
}
