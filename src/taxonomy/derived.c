/* See derived.h. */
#include "taxonomy/derived.h"
#include <math.h>
#include <string.h>
#include "base/str.h"
#include "taxonomy/python_text.h"

/* More outputs than these are a table, and any number is a sum of some of its rows. */
enum { MAX_OUTPUTS = 100 };

/* Half of the last digit of the number as it is written. */
static double rounding_of(const char *text)
{
    const char *point = strrchr(text, '.');
    size_t n = point ? strspn(point + 1, "0123456789") : 0;
    double half = 0.5;
    while (n-- > 0)
        half /= 10;
    return half * 1.000001;
}

static bool near(double a, double b, double rounding)
{
    return numbers_same(a, b) || fabs(a - b) < rounding;
}

static bool is_share(double output, const struct number_list *percentages, double final, double r)
{
    if (near(100 * output, final, r) || near(output / 100, final, r))
        return true;
    for (size_t i = 0; i < percentages->n; i++) {
        double part = output * percentages->v[i] / 100;
        if (near(part, final, r) || near(output - part, final, r) || near(output + part, final, r))
            return true;
    }
    return false;
}

/* Sums are not rounded to whole numbers: of many pairs one is within a half of anything. */
static bool is_sum(const struct number_list *outputs, double final, double r)
{
    double exact = r < 0.1 ? r : 0;
    if (outputs->n > MAX_OUTPUTS)
        return false;
    for (size_t i = 0; i < outputs->n; i++) {
        double run = outputs->v[i];
        for (size_t k = i + 1; k < outputs->n; k++) {
            double a = outputs->v[i], b = outputs->v[k];
            run += b;
            if (near(run, final, exact) || near(a + b, final, exact) ||
                near(fabs(a - b), fabs(final), exact))
                return true;
        }
    }
    return false;
}

bool derived_from(const struct number_list *outputs, const struct number_list *percentages,
                  double final, const char *text)
{
    double r = rounding_of(text);
    for (size_t i = 0; i < outputs->n; i++)
        if (near(outputs->v[i], final, r) || is_share(outputs->v[i], percentages, final, r))
            return true;
    return is_sum(outputs, final, r);
}

/* ---- givens ---- */

bool derived_stated(const struct number_list *stated, double x)
{
    return numbers_have(stated, x) || numbers_have(stated, -x) || numbers_have(stated, 100 * x) ||
           numbers_have(stated, x / 100);
}

static bool is_variant(const struct number_list *stated, double x)
{
    return derived_stated(stated, 1 - x) || derived_stated(stated, x - 1) ||
           numbers_have(stated, 100 - x) || numbers_have(stated, x - 100) ||
           numbers_have(stated, x + 1) || (x != 0 && numbers_have(stated, 1 / x));
}

static bool is_one_step(const struct number_list *stated, double x)
{
    for (size_t i = 0; i < stated->n; i++)
        for (size_t k = 0; k < stated->n; k++) {
            double a = stated->v[i], b = stated->v[k];
            if (i != k && (numbers_same(a + b, x) || numbers_same(a - b, x) ||
                           numbers_same(a * b, x) || (b != 0 && numbers_same(a / b, x))))
                return true;
        }
    return false;
}

/* Is it a given of the problem: stated, also as a percentage and as its complement, one more or
 * less (the bound of a range), its inverse, or one operation on two stated numbers? */
static bool derived_given(const struct number_list *stated, double x)
{
    return derived_stated(stated, x) || is_variant(stated, x) || is_one_step(stated, x);
}

static bool is_common(double x)
{
    static const double known[] = {0,     1,   2,   0.5, 10,  100, 1000, 1e6,    7,
                                   12,    24,  28,  29,  30,  31,  52,   60,     3600,
                                   86400, 365, 366, 90,  180, 360, 3.14, 3.1416, 3.14159};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (numbers_same(known[i], fabs(x)))
            return true;
    return fabs(x) < 1e-3; /* a tolerance */
}

/* Values that the controller had recorded, and givens of plans. */
static void add_recorded(const struct evidence *e, struct number_list *out)
{
    for (size_t i = 0; i < e->n_events; i++) {
        const struct transcript_event *v = &e->events[i];
        if (v->kind == EVENT_SUBGOAL && v->subgoal.ok)
            numbers_in(evidence_text(v->subgoal.value), out, e->arena);
        for (size_t k = 0; v->kind == EVENT_PLAN && k < v->plan.givens.n; k++)
            numbers_in(evidence_text(v->plan.givens.v[k].value), out, e->arena);
    }
}

bool derived_invented(const struct evidence *e, size_t run, double *x)
{
    struct number_list stated = {0}, known = {0}, literals = {0};
    numbers_in_prose(e->task->prompt, &stated, e->arena);
    add_recorded(e, &known);
    for (size_t i = 0; i < run; i++) {
        if (e->runs[i].kind != RUN_PROGRAM)
            continue;
        numbers_in(evidence_text(e->runs[i].program.out), &known, e->arena);
        numbers_in(evidence_text(e->runs[i].program.value), &known, e->arena);
    }
    numbers_in(python_bare(e->runs[run].row.program, e->arena), &literals, e->arena);
    for (size_t i = 0; i < literals.n; i++) {
        *x = literals.v[i];
        if (!is_common(*x) && !derived_given(&stated, *x) && !derived_stated(&known, *x))
            return true;
    }
    return false;
}
