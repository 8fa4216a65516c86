/* What is said of a criterion: the statement, and the finding in plain words; see conclusion.h. */
#include <math.h>
#include <string.h>
#include "base/decimal.h"
#include "base/mem.h"
#include "analysis/seconds.h"
#include "analysis/conclusion_impl.h"

static const double ALPHA = 0.05;

static void add_value(struct str *s, const struct question *q, double value)
{
    if (q->c.ratio)
        decimal_add(s, value, 2, false);
    else
        decimal_add(s, value * q->m->scale, q->m->digits, true);
}

/* "+5.0 pp", "0.80" */
static void add_with_unit(struct str *s, const struct question *q, double value)
{
    add_value(s, q, value);
    if (!q->c.ratio)
        str_addf(s, " %s", q->m->unit);
}

static const char *kept(const struct question *q, const struct str *s)
{
    return arena_strdup(q->run->arena, str_text(s));
}

/* ---- the statement ---- */

static void add_names(struct str *s, const json_t *names)
{
    const json_t *name;
    size_t i;
    json_array_foreach (names, i, name)
        str_addf(s, "%s%s", i ? ", " : "", json_string_value(name) ? json_string_value(name) : "?");
}

const char *conclusion_statement(const struct question *q)
{
    struct str s CLEANUP_STR = {0};
    if (q->all_of) {
        str_add(&s, "all of: ");
        add_names(&s, q->all_of);
        return kept(q, &s);
    }
    if (!q->m)
        return arena_printf(q->run->arena, "%s, %s", q->c.metric, q->c.criterion);
    const char *seconds = strstr(q->m->says, "%g");
    if (seconds)
        str_addf(&s, "%.*s%g%s", (int)(seconds - q->m->says), q->m->says, q->c.seconds,
                 seconds + 2);
    else
        str_add(&s, q->m->says);
    if (q->c.steps[0] && q->c.steps[0] == q->c.steps[1])
        str_addf(&s, ", tasks of %d steps", q->c.steps[0]);
    else if (q->c.steps[0])
        str_addf(&s, ", tasks of %d to %d steps", q->c.steps[0], q->c.steps[1]);
    str_addf(&s, ": %s %s %s %s ", q->c.arms[0], q->c.ratio ? "/" : "-", q->c.arms[1],
             q->c.at_least ? ">=" : "<=");
    add_with_unit(&s, q, q->c.threshold);
    return kept(q, &s);
}

/* ---- the finding ---- */

/* "+12.3 pp [+4.1, +20.5], n = 164 tasks" */
static void add_estimate(struct str *s, const struct question *q, const struct stats_estimate *e)
{
    add_with_unit(s, q, e->value);
    if (isnan(e->ci.low)) {
        str_add(s, " (no interval)");
    } else {
        str_add(s, " [");
        add_value(s, q, e->ci.low);
        str_add(s, ", ");
        add_value(s, q, e->ci.high);
        str_add(s, "]");
    }
    str_addf(s, ", n = %ld %s%s", e->n, q->of_seeds ? "training seed" : "task",
             e->n == 1 ? "" : "s");
}

/* Nothing or everything solved: tasks of another difficulty would tell, more of these would not. */
static void add_at_limit(struct str *s, const struct question *q,
                         const struct analysis_conclusion *v)
{
    str_addf(s, ": %s in either arm, so that these %s say nothing of a difference. %s would tell.",
             v->limit, q->of_seeds ? "trainings" : "tasks",
             str_eq(v->limit, "nothing solved") ? "Easier tasks, or a stronger model,"
                                                : "Harder tasks, or a weaker model,");
}

static void add_open(struct str *s, const struct question *q, const struct analysis_conclusion *v)
{
    const char *units = q->of_seeds ? "seeds" : "tasks", *unit = q->of_seeds ? "seed" : "task";
    if (isnan(v->estimate.ci.low)) {
        str_addf(s, ": too few %s, or no %s differs from another.", units, unit);
    } else if (isnan(v->p) || !(v->p <= ALPHA)) {
        str_add(s, ": the interval contains ");
        add_with_unit(s, q, v->threshold);
        str_add(s, ".");
    } else {
        str_add(s, ": the interval does not contain ");
        add_with_unit(s, q, v->threshold);
        str_add(s,
                ", but with Holm's adjustment for several criteria the test does not reject it.");
    }
    if (v->needed > v->estimate.n)
        str_addf(s, " If the estimate is right, about %ld %s would be enough.", v->needed, units);
    else if (v->needed < 0 && !v->anytime)
        str_addf(s, " The number of %s needed cannot be estimated.", units);
}

/* The claim as a point estimate reads it: nothing about chance. */
static void add_point(struct str *s, const struct question *q, const struct analysis_conclusion *v)
{
    double gap = v->estimate.value - v->threshold;
    bool reached = q->c.at_least ? gap >= -1e-12 : gap <= 1e-12;
    str_add(s, "\nPoint estimate against the claim: ");
    add_with_unit(s, q, v->estimate.value);
    str_addf(s, reached ? " reaches " : " does not reach ");
    str_add(s, q->c.at_least ? ">= " : "<= ");
    add_with_unit(s, q, v->threshold);
    str_add(s, ".");
}

/* Seen from "no difference", whatever the claim. */
static void add_superiority(struct str *s, const struct question *q,
                            const struct analysis_conclusion *v)
{
    double null = q->c.ratio ? 1 : 0;
    if (isnan(v->null_p) || v->threshold == null)
        return;
    bool above = v->estimate.value > null, shown = v->null_p <= ALPHA;
    str_addf(s, "\nSuperiority over %s (%s %s than %s at all): ", q->c.ratio ? "1" : "0",
             q->c.arms[0], q->c.at_least ? "higher" : "lower", q->c.arms[1]);
    if (!shown)
        str_add(s, "not shown");
    else if (above == q->c.at_least)
        str_add(s, "shown");
    else
        str_addf(s, "refuted, %s is %s", q->c.arms[0], above ? "higher" : "lower");
    str_addf(s, v->null_p < 0.0001 ? ", p < 0.0001." : ", p = %.2g.", v->null_p);
}

/* A limit that cut nothing is no limit, and load of the machine is in seconds. */
static void add_seconds(struct str *s, const struct question *q)
{
    if (!q->m || !q->m->needs_seconds)
        return;
    double longest = analysis_longest(q->run);
    const char *caution = analysis_load_caution(q->run);
    if (longest > 0 && q->c.seconds > longest) {
        str_addf(s, "\nThe limit of %g s cut nothing, since the longest episode took %.3g s",
                 q->c.seconds, longest);
        str_add(s, q->m->of_success ? ": this is pass@1. "
                                    : ": the unsolved weigh more than any time. ");
        str_add(s, "'hrm run --pilot RUN' takes the limit from a run played before.");
    }
    if (caution)
        str_addf(s, "\n%s", caution);
}

const char *conclusion_sentence(const struct question *q, const struct analysis_conclusion *v)
{
    struct str s CLEANUP_STR = {0};
    if (q->unknown) {
        str_addf(&s, "%s.", q->unknown);
        return kept(q, &s);
    }
    add_estimate(&s, q, &v->estimate);
    if (v->limit) {
        add_at_limit(&s, q, v);
        add_seconds(&s, q);
        return kept(q, &s);
    }
    if (v->outcome == ANALYSIS_CANNOT_TELL) {
        add_open(&s, q, v);
    } else {
        str_addf(&s, ": the whole interval lies %s ",
                 v->estimate.value > v->threshold ? "above" : "below");
        add_with_unit(&s, q, v->threshold);
        str_add(&s, ".");
    }
    if (v->anytime)
        str_add(&s, " The run stopped on evidence: interval and p are by betting and valid at any "
                    "stopping time.");
    if (v->equivalent)
        str_addf(&s,
                 " The arms are equivalent within 5 pp either way (two one-sided tests, p = %.2g).",
                 v->equivalent_p);
    add_point(&s, q, v);
    add_superiority(&s, q, v);
    add_seconds(&s, q);
    return kept(q, &s);
}

const char *conclusion_joint_sentence(const struct question *q,
                                      const struct analysis_conclusion *all, size_t n)
{
    struct str s CLEANUP_STR = {0};
    const json_t *name;
    size_t i;
    json_array_foreach (q->all_of, i, name)
        for (size_t k = 0; k < n; k++)
            if (str_eq(all[k].name, json_string_value(name)))
                str_addf(&s, "%s%s: %s", i ? "; " : "", all[k].name, all[k].verdict);
    str_add(&s,
            ". Met when all of them are, each at 5 %; p is the larger of theirs, so that they are "
            "one claim among the others.");
    return kept(q, &s);
}

const char *conclusion_verdict(const struct question *q, const struct analysis_conclusion *v)
{
    const char *name = analysis_outcome_name(v->outcome);
    return v->limit ? arena_printf(q->run->arena, "%s (%s)", name, v->limit) : name;
}
