/* A criterion in plain words: what one arm did more or less of than another. See headline.h. */
#include <math.h>
#include <string.h>
#include "base/decimal.h"
#include "base/mem.h"
#include "base/str.h"
#include "analysis/headline.h"
#include "experiment/metric.h"

static const double ALPHA = 0.05;

/* ---- names ---- */

static bool is_hierarchy(const struct analysis_run *run, const char *name)
{
    return str_eq(json_get_str(manifest_arm(&run->manifest, name), "controller", ""), "hrm");
}

/* An arm in a sentence: "the hierarchy" where it is the only one played, else its name. */
static const char *headline_arm(const struct analysis_run *run, const char *name)
{
    size_t hierarchies = 0;
    for (size_t a = 0; a < run->n_arms; a++)
        hierarchies += is_hierarchy(run, run->arms[a]);
    return hierarchies == 1 && run->n_arms > 1 && is_hierarchy(run, name) ? "the hierarchy" : name;
}

/* ---- amounts ---- */

/* "points", "s"; what is counted has its unit in the object of the sentence. */
static const char *unit_of(const struct metric *m)
{
    return str_eq(m->unit, "pp") ? " points" : m->uncounted ? " s" : "";
}

/* Without a sign: "5.0 points", "312". */
static void add_amount(struct str *s, const struct metric *m, double value)
{
    decimal_add(s, fabs(value) * m->scale, m->digits, false);
    str_add(s, unit_of(m));
}

static bool shows_zero(const struct metric *m, double value)
{
    struct str text CLEANUP_STR = {0};
    decimal_add(&text, fabs(value) * m->scale, m->digits, false);
    return strspn(text.p, "0.") == text.len;
}

/* "5.9 points fewer", "1.20 times as many", "as many". The word that goes on: "than" or "as". */
static const char *add_compared(struct str *s, const struct metric *m, bool ratio, double value)
{
    const char *same = m->uncounted ? "as much" : "as many";
    if (ratio) {
        decimal_add(s, value, 2, false);
        str_addf(s, " times %s", same);
        return "as";
    }
    if (shows_zero(m, value)) {
        str_add(s, same);
        return "as";
    }
    add_amount(s, m, value);
    str_add(s, value > 0 ? " more" : m->uncounted ? " less" : " fewer");
    return "than";
}

/* The object of the sentence with `compared` in its place. */
static void add_object(struct str *s, const struct metric *m, const char *compared, double seconds)
{
    for (const char *c = m->object; *c; c++) {
        if (*c != '%')
            str_addc(s, *c);
        else if (*++c == 's')
            str_add(s, compared);
        else
            str_addf(s, "%g", seconds);
    }
}

static void add_part(struct str *s, const struct analysis_conclusion *v)
{
    if (v->steps[0] && v->steps[0] == v->steps[1])
        str_addf(s, " on those of %d steps", v->steps[0]);
    else if (v->steps[0])
        str_addf(s, " on those of %d to %d steps", v->steps[0], v->steps[1]);
}

/* ---- the finding ---- */

static void add_level(struct str *s, const struct metric *m, double level)
{
    decimal_add(s, level * m->scale, m->digits, false);
    str_add(s, str_eq(m->unit, "pp") ? " %" : m->uncounted ? " s" : "");
}

/* Left out where they are not of the tasks of the estimate: a run that stopped on evidence. */
static bool levels_fit(const struct analysis_conclusion *v)
{
    double found = v->ratio ? v->level[0] / v->level[1] : v->level[0] - v->level[1];
    return isfinite(v->level[0]) && isfinite(v->level[1]) &&
           (isinf(v->estimate.value) || fabs(found - v->estimate.value) < 1e-6);
}

static double calls_of(const struct analysis_run *run, const char *name)
{
    double calls = 0;
    for (size_t a = 0; a < run->n_arms; a++)
        for (size_t i = 0; str_eq(run->arms[a], name) && i < run->n_tasks; i++) {
            const struct analysis_tally *t = analysis_tally(run, i, a);
            calls += t->samples > 0 ? t->calls / t->samples : 0;
        }
    return calls;
}

/* What it took: ", with twice the calls". */
static void add_cost(struct str *s, const struct analysis_run *run,
                     const struct analysis_conclusion *v)
{
    double ratio = calls_of(run, v->arms[0]) / calls_of(run, v->arms[1]);
    if (v->of_seeds || v->steps[0] || str_eq(v->metric, "calls") || !isfinite(ratio) || ratio <= 0)
        return;
    if (fabs(ratio - 1) < 0.05)
        str_add(s, ", with as many calls");
    else if (fabs(ratio - 2) < 0.05)
        str_add(s, ", with twice the calls");
    else if (fabs(ratio - 0.5) < 0.025)
        str_add(s, ", with half the calls");
    else
        str_addf(s, ", with %.*f times the calls", ratio < 10 ? ratio < 0.1 ? 2 : 1 : 0, ratio);
}

/* "at least 5.0 points more", "at most 0.80 times as many"; "more" where any difference counts.
 * Returns as add_compared. */
static const char *add_asked(struct str *s, const struct metric *m,
                             const struct analysis_conclusion *v)
{
    if (!v->ratio && shows_zero(m, v->threshold)) {
        str_add(s, v->at_least ? "more" : m->uncounted ? "less" : "fewer");
        return "than";
    }
    /* "at most 5.0 points fewer" is what "-5.0 points or more" asks for */
    bool least = v->ratio ? v->at_least : v->at_least == (v->threshold > 0);
    str_add(s, least ? "at least " : "at most ");
    return add_compared(s, m, v->ratio, v->threshold);
}

/* The threshold, where the sentence does not already say enough: another than "no difference", and
 * the estimate is on its side of it, or nobody knows. */
static void add_threshold(struct str *s, const struct metric *m,
                          const struct analysis_conclusion *v)
{
    double null = v->ratio ? 1 : 0;
    bool other_side = (v->estimate.value - null) * (v->threshold - null) <= 0;
    if (v->threshold == null || (v->outcome == ANALYSIS_NOT_MET && other_side))
        return;
    str_add(s, "; asked for: ");
    add_asked(s, m, v);
}

static void add_bound(struct str *s, const struct metric *m, bool ratio, double value)
{
    decimal_add(s, ratio ? value : value * m->scale, ratio ? 2 : m->digits, !ratio);
}

/* " (95 % interval -10.0 to -1.9, 135 tasks)" */
static void add_evidence(struct str *s, const struct metric *m, const struct analysis_conclusion *v)
{
    const struct stats_estimate *e = &v->estimate;
    if (isnan(e->ci.low)) {
        str_add(s, " (no interval, ");
    } else {
        str_addf(s, " (95 %% interval%s ", v->anytime ? " that holds at any stopping time," : "");
        add_bound(s, m, v->ratio, e->ci.low);
        str_add(s, " to ");
        add_bound(s, m, v->ratio, e->ci.high);
        str_add(s, ", ");
    }
    const char *unit = v->of_seeds ? "training seed" : "task";
    str_addf(s, "%ld %s%s", e->n, unit, e->n == 1 ? "" : "s");
    if (v->outcome == ANALYSIS_CANNOT_TELL && v->p <= ALPHA && v->p_adjusted > ALPHA)
        str_add(s, "; not enough for one of several criteria");
    else if (v->outcome == ANALYSIS_CANNOT_TELL && v->needed > e->n && !v->part_of)
        str_addf(s, "; about %ld would tell", v->needed);
    if (v->equivalent && v->outcome != ANALYSIS_MET)
        str_add(s, "; equivalent within 5 points");
    if (v->added)
        str_add(s, "; declared after the first call: exploratory");
    str_addc(s, ')');
}

static void add_at_limit(struct str *s, const struct analysis_run *run,
                         const struct analysis_conclusion *v)
{
    bool nothing = str_eq(v->limit, "nothing solved");
    const char *unit = v->of_seeds ? "training seed" : "task";
    str_addf(s, "%s and %s %s (%ld %s%s); %s would tell", headline_arm(run, v->arms[0]),
             headline_arm(run, v->arms[1]), nothing ? "solved nothing" : "solved everything",
             v->estimate.n, unit, v->estimate.n == 1 ? "" : "s",
             nothing ? "easier tasks, or a stronger model," : "harder tasks, or a weaker model,");
}

static void add_finding(struct str *s, const struct analysis_run *run, const struct metric *m,
                        const struct analysis_conclusion *v, bool again)
{
    struct str compared CLEANUP_STR = {0};
    const char *than, *other = headline_arm(run, v->arms[1]);
    if (isfinite(v->estimate.value)) {
        than = add_compared(&compared, m, v->ratio, v->estimate.value);
    } else { /* the second arm has none: no ratio to name */
        str_add(&compared, "more");
        than = "than";
    }
    str_addf(s, "%s %s ", again ? "it" : headline_arm(run, v->arms[0]), m->verb[1]);
    add_object(s, m, compared.p, v->seconds);
    str_addf(s, " %s %s", than, other);
    add_part(s, v);
    if (levels_fit(v)) {
        str_add(s, ", ");
        add_level(s, m, v->level[0]);
        str_add(s, " against ");
        add_level(s, m, v->level[1]);
    }
    if (!again)
        add_cost(s, run, v);
    add_threshold(s, m, v);
    add_evidence(s, m, v);
}

const char *headline_clause(const struct analysis_run *run, const struct analysis_conclusion *v,
                            bool again)
{
    struct str s CLEANUP_STR = {0};
    const struct metric *m = metric_find(v->metric);
    if (v->unknown || !m)
        str_add(&s, v->unknown ? v->unknown : "this build does not know the metric");
    else if (v->limit)
        add_at_limit(&s, run, v);
    else
        add_finding(&s, run, m, v, again);
    return arena_strdup(run->arena, str_text(&s));
}

/* ---- the question ---- */

const char *headline_question(const struct analysis_run *run, const struct analysis_conclusion *v)
{
    struct str s CLEANUP_STR = {0}, asked CLEANUP_STR = {0};
    const struct metric *m = metric_find(v->metric);
    if (!m)
        return "";
    const char *than = add_asked(&asked, m, v);
    str_addf(&s, "Does %s %s ", headline_arm(run, v->arms[0]), m->verb[0]);
    add_object(&s, m, asked.p, v->seconds);
    str_addf(&s, " %s %s", than, headline_arm(run, v->arms[1]));
    add_part(&s, v);
    str_addc(&s, '?');
    return arena_strdup(run->arena, str_text(&s));
}
