/* P: the plan, and what became of it. A plan can be followed or not only where its steps are
 * carried out one by one: by the solver of a math hierarchy, or by a coder that codes per step. A
 * coder that gets the whole plan at once leaves no trace of what it did with it. */
#include <string.h>
#include "base/str.h"
#include "control/math_value.h"
#include "taxonomy/rules.h"
#include "tool/extract.h"

static const char *id_of(const struct evidence *e, const json_t *object)
{
    return tx_text(e, json_object_get(object, "id"));
}

/* The step of that id; NULL = not in the list. */
static const json_t *find_step(const struct evidence *e, const json_t *steps, const char *id)
{
    const json_t *step;
    size_t i;
    json_array_foreach (steps, i, step) {
        if (strcmp(id_of(e, step), id) == 0)
            return step;
    }
    return NULL;
}

static bool has_plan(const struct evidence *e)
{
    for (size_t i = 0; i < e->n_events; i++)
        if (tx_is(&e->events[i], "plan") && tx_plan_steps(&e->events[i]))
            return e->arm->hierarchy && e->arm->planner;
    return false;
}

/* ---- code, per step: the n-th call of the coder after a plan is for its n-th step ---- */

/* Calls between a plan and the event after it. */
static size_t coded_steps(const struct evidence *e, size_t at)
{
    if (at + 1 >= e->n_events)
        return 0;
    int n = e->events[at + 1].calls - e->events[at].calls;
    return n > 0 ? (size_t)n : 0;
}

/* Two calls for one program, or a call and no program: only a coder that takes the steps one by one
 * does that. */
static bool codes_per_step(const struct evidence *e)
{
    if (e->arm->per_step)
        return true;
    for (size_t i = 0; i + 1 < e->n_events; i++) {
        const struct tx_event *next = &e->events[i + 1];
        size_t n = tx_is(&e->events[i], "plan") ? coded_steps(e, i) : 0;
        if (n > 1 && (tx_is(next, "candidate") || tx_is(next, "submit")))
            return true;
        if (n == 1 && tx_is(next, "submit") && !*next->hash)
            return true;
    }
    return false;
}

/* Are steps carried out one by one, and is there a plan? */
static bool follows_plan(const struct evidence *e)
{
    return has_plan(e) && (e->math || codes_per_step(e));
}

static const struct tx_event *last_plan(const struct evidence *e, size_t *at)
{
    for (size_t i = e->n_events; i-- > 0;)
        if (tx_is(&e->events[i], "plan") && tx_plan_steps(&e->events[i])) {
            *at = i;
            return &e->events[i];
        }
    return NULL;
}

/* Was this subgoal tried at any time? One that an earlier plan solved keeps its value. */
static bool was_tried(const struct evidence *e, const char *id)
{
    for (size_t i = 0; i < e->n_events; i++)
        if (tx_is(&e->events[i], "subgoal") && strcmp(id_of(e, e->events[i].detail), id) == 0)
            return true;
    return false;
}

enum flag_state rule_p1(const struct evidence *e, const char **why)
{
    if (!follows_plan(e))
        return FLAG_NA;
    size_t at = 0, i;
    const json_t *steps = tx_plan_steps(last_plan(e, &at)), *step;
    size_t coded = e->math ? 0 : coded_steps(e, at);
    json_array_foreach (steps, i, step) {
        const char *id = id_of(e, step);
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
        const struct tx_event *v = &e->events[i], *plan = tx_plan_before(e, i);
        const char *id = id_of(e, v->detail);
        bool executes = tx_is(v, "subgoal") || tx_is(v, "repair");
        if (!executes || !plan || find_step(e, tx_plan_steps(plan), id))
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
        const json_t *d = e->events[at].detail;
        if (tx_is(&e->events[at], "subgoal") && json_get_bool(d, "ok", false) &&
            strcmp(id_of(e, d), id) == 0)
            return tx_text(e, json_object_get(d, "value"));
    }
    return NULL;
}

/* Code: the steps are coded in the order of the list. */
static bool listed_before(const struct evidence *e, const json_t *steps, size_t i, const char *id)
{
    while (i-- > 0)
        if (strcmp(id_of(e, json_array_get(steps, i)), id) == 0)
            return true;
    return false;
}

/* The first dependency of `step` that was not there yet; NULL = all were. */
static const char *missing_dependency(const struct evidence *e, const json_t *steps, size_t i,
                                      const json_t *step, size_t at)
{
    const json_t *dep;
    size_t k;
    json_array_foreach (json_object_get(step, "deps"), k, dep) {
        const char *id = tx_text(e, dep);
        if (*id && (e->math ? !value_before(e, at, id) : !listed_before(e, steps, i, id)))
            return id;
    }
    return NULL;
}

static bool order_broken(const struct evidence *e, size_t at, const char **why)
{
    const struct tx_event *v = &e->events[at], *plan = tx_plan_before(e, at);
    const json_t *steps = e->math ? plan ? tx_plan_steps(plan) : NULL : tx_plan_steps(v), *step;
    size_t i;
    json_array_foreach (steps, i, step) {
        bool done_now =
            e->math ? strcmp(id_of(e, step), id_of(e, v->detail)) == 0 : i < coded_steps(e, at);
        const char *dep = done_now ? missing_dependency(e, steps, i, step, at) : NULL;
        if (!dep)
            continue;
        *why =
            arena_printf(e->arena, "step %s before step %s, which it needs", id_of(e, step), dep);
        return true;
    }
    return false;
}

enum flag_state rule_p3(const struct evidence *e, const char **why)
{
    if (!follows_plan(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_events; i++)
        if (tx_is(&e->events[i], e->math ? "subgoal" : "plan") && order_broken(e, i, why))
            return FLAG_YES;
    return FLAG_NO;
}

enum flag_state rule_p4(const struct evidence *e, const char **why)
{
    if (!has_plan(e))
        return FLAG_NA;
    for (size_t i = 0; i < e->n_events; i++) {
        const char *hash =
            tx_is(&e->events[i], "plan") ? json_get_str(e->events[i].detail, "hash", "") : "";
        for (size_t k = 0; *hash && k < i; k++) {
            if (!tx_is(&e->events[k], "plan") ||
                strcmp(json_get_str(e->events[k].detail, "hash", ""), hash) != 0)
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
        return FLAG_NA; /* steps of code hand no values on */
    for (size_t i = 0; i < e->n_events; i++) {
        json_t *uses =
            tx_is(&e->events[i], "subgoal") ? json_object_get(e->events[i].detail, "uses") : NULL;
        const char *id;
        json_t *used;
        json_object_foreach (uses, id, used) {
            const char *text = tx_text(e, used), *recorded = value_before(e, i, id);
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
        return tx_is(&e->events[i], "candidate") ? e->events[i].hash : "";
    const struct tx_run *r = &e->runs[i];
    return strcmp(r->kind, "run") == 0 && strcmp(r->purpose, "verify") != 0 ? r->hash : "";
}

/* Code: a candidate comes again. Math: a program for a subgoal or an answer runs again. Both arms.
 */
enum flag_state rule_p6(const struct evidence *e, const char **why)
{
    if (!e->arm->tool)
        return FLAG_NA; /* nothing is executed */
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
