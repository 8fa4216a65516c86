/* S5, S6: the answer of a math task is not of the kind that was asked for, or rests on what the
 * problem does not say. */
#include <ctype.h>
#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "base/str.h"
#include "taxonomy/derived.h"
#include "taxonomy/numbers.h"
#include "taxonomy/python_text.h"
#include "taxonomy/rules.h"
#include "tool/answer.h"
#include "tool/extract.h"
#include "tool/unit.h"

/* ---- S5: type, unit, range, quantity ---- */

static const double FAR = 1000; /* times too large or too small: not the range asked for */

enum { MAX_UNITS = 16, SHORTEST_UNIT = 3 };

/* A unit named alone is easily taken for its neighbour. */
static const char *const neighbours[][2] = {
    {"second", "minute"},   {"minute", "hour"},   {"cent", "dollar"},     {"centimeter", "meter"},
    {"meter", "kilometer"}, {"gram", "kilogram"}, {"milliliter", "liter"}};

/* The units that the problem and the task name. */
static size_t units_named(const struct task *task, struct unit *units)
{
    size_t n = 0;
    const char *texts[] = {task->prompt, evidence_text(task->unit)};
    for (size_t t = 0; t < 2; t++)
        for (const char *p = texts[t]; *p && n < MAX_UNITS;) {
            size_t length = 0;
            while (isalpha((unsigned char)p[length]))
                length++;
            bool word = length >= SHORTEST_UNIT || *p == '$';
            if (word && unit_read(p, &units[n]) && units[n].kind != UNIT_UNKNOWN)
                n++;
            p += length ? length : 1;
        }
    return n;
}

/* Is x the expected value on the scale of b in place of a, or the other way round? */
static bool is_converted(double x, double gold, const struct unit *a, const struct unit *b)
{
    double ratio;
    return unit_compare(a, b, &ratio) == UNITS_CONVERT && ratio != 1 &&
           (numbers_same(x, gold * ratio) || numbers_same(x * ratio, gold));
}

static bool is_other_unit(const struct task *task, double x)
{
    struct unit units[MAX_UNITS], pair[2];
    size_t n = units_named(task, units);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            if (is_converted(x, task->answer, &units[i], &units[k]))
                return true;
        for (size_t k = 0; k < sizeof neighbours / sizeof *neighbours; k++) {
            unit_read(neighbours[k][0], &pair[0]);
            unit_read(neighbours[k][1], &pair[1]);
            bool named = unit_compare(&units[i], &pair[0], NULL) != UNITS_DIFFER &&
                         units[i].kind == pair[0].kind &&
                         (units[i].factor == pair[0].factor || units[i].factor == pair[1].factor);
            if (named && is_converted(x, task->answer, &pair[0], &pair[1]))
                return true;
        }
    }
    return false;
}

static bool was_computed(const struct evidence *e, double x)
{
    struct number_list seen = {0};
    for (size_t i = 0; i < e->n_runs; i++)
        if (e->runs[i].kind == RUN_PROGRAM) {
            numbers_in(evidence_text(e->runs[i].program.out), &seen, e->arena);
            numbers_in(evidence_text(e->runs[i].program.value), &seen, e->arena);
        }
    return numbers_have(&seen, x);
}

/* The expected value was computed, and the value of another gold step was given. */
static bool is_other_quantity(const struct evidence *e, double x)
{
    for (size_t i = 0; i < e->task->n_graph; i++)
        if (numbers_same(e->task->graph[i].value, x) && !numbers_same(x, e->task->answer))
            return was_computed(e, e->task->answer);
    return false;
}

/* What is wrong with the kind of the number; NULL = nothing is. That it is negative is what wrong
 * arithmetic comes to, not a misreading of what was asked. */
static const char *wrong_kind(const struct evidence *e, double x)
{
    double gold = e->task->answer;
    if (floor(gold) == gold && floor(x) != x)
        return "a fraction where the answer is whole";
    if (gold != 0 && x != 0 && is_other_unit(e->task, x))
        return "the right quantity in another unit";
    if (gold != 0 && x != 0 && (fabs(x) > FAR * fabs(gold) || fabs(x) * FAR < fabs(gold)))
        return "a thousandfold off";
    if (is_other_quantity(e, x))
        return "the value of an earlier step, though the one asked for was computed";
    return NULL;
}

enum flag_state rule_s5(const struct evidence *e, const char **why)
{
    if (!e->math)
        return FLAG_NA;
    if (!*e->submission || e->passed)
        return FLAG_NO;
    struct answer_reading given;
    answer_read(e->submission, &given, e->arena);
    switch (answer_compare(&given, e->task->answer, e->task->tolerance, e->task->unit)) {
    case ANSWER_NONE:
        *why = "the answer is no number";
        break;
    case ANSWER_UNIT:
    case ANSWER_CONVERTED:
        *why = arena_printf(e->arena, "'%s' is not in %s", e->submission,
                            e->task->unit ? e->task->unit : "the unit asked for");
        break;
    case ANSWER_FACTOR_100:
        *why = "a hundredfold off, as by a per cent sign";
        break;
    default:
        *why = wrong_kind(e, given.value);
    }
    return flag_if(*why);
}

/* ---- S6: what the problem does not say ---- */

static bool plan_invents(const struct evidence *e, const char **why)
{
    struct number_list stated = {0};
    numbers_in_prose(e->task->prompt, &stated, e->arena);
    for (size_t i = 0; i < e->n_events; i++) {
        const struct transcript_givens *givens = &e->events[i].plan.givens;
        for (size_t k = 0; e->events[i].kind == EVENT_PLAN && k < givens->n; k++) {
            const char *text = givens->v[k].value;
            double x;
            if (!extract_number(text, &x) || derived_stated(&stated, x))
                continue;
            *why = arena_printf(e->arena, "the problem does not state %s", text);
            return true;
        }
    }
    return false;
}

/* A program that only prints a constant is T7; a value that was handed to it and miscopied is P5.
 */
static bool program_invents(const struct evidence *e, const char **why)
{
    double x;
    for (size_t i = 0; i < e->n_runs; i++) {
        const struct transcript_run *r = &e->runs[i];
        if (r->kind != RUN_PROGRAM || python_only_constant(r->row.program, e->arena) ||
            !derived_invented(e, i, &x) || drift_changes_value(e, i))
            continue;
        *why = arena_printf(e->arena, "%.15g in a program for %s is neither given nor computed", x,
                            r->row.role);
        return true;
    }
    return false;
}

enum flag_state rule_s6(const struct evidence *e, const char **why)
{
    bool plans = e->arm->hierarchy && e->arm->planner;
    if (!e->math || (!plans && !e->arm->tool))
        return FLAG_NA;
    return flag_if((plans && plan_invents(e, why)) || (e->arm->tool && program_invents(e, why)));
}
