/* See outlook.h. The test is the conclusion's: two-sided at 5 % over the number of criteria, as
 * Holm's first step has it, so that the probabilities of an end are a little too low where other
 * criteria are rejected as well. */
#include "analysis/outlook.h"
#include <math.h>
#include "base/decimal.h"
#include "base/str.h"
#include "experiment/metric.h"

static const double ALPHA = 0.05;
enum { TRUTHS = 4 };

static void fill(struct outlook *o, const struct stats_outlook *p, bool at_least)
{
    o->met = at_least ? p->above : p->below;
    o->not_met = at_least ? p->below : p->above;
    o->cannot_tell = p->open;
}

static const char *shown(struct arena *arena, double value, double scale, const char *unit,
                         bool ratio)
{
    struct str s CLEANUP_STR = {0};
    decimal_add(&s, value * scale, ratio ? 2 : 1, !ratio);
    if (*unit)
        str_addf(&s, " %s", unit);
    return arena_strdup(arena, str_text(&s));
}

/* ---- from a pilot ---- */

static size_t family_of(const struct analysis_conclusion *v, size_t n)
{
    size_t family = 0;
    for (size_t i = 0; i < n; i++)
        family += !v[i].added && !v[i].part_of;
    return family ? family : 1;
}

static void add_pilot_row(struct outlook *o, const struct analysis_run *pilot,
                          const struct analysis_conclusion *v, const char *truth, double value,
                          long tasks, double level)
{
    double gap = v->ratio ? log(value / v->threshold) : value - v->threshold;
    double se = v->se * sqrt((double)v->estimate.n / (double)tasks);
    double df = isinf(v->df) ? INFINITY : (double)tasks - 1;
    struct stats_outlook p = stats_outlook(gap, se, df, level);
    *o = (struct outlook){.criterion = v->name,
                          .truth = truth,
                          .value = shown(pilot->arena, value, v->scale, v->unit, v->ratio)};
    fill(o, &p, v->at_least);
}

const struct outlook *outlook_from_pilot(const struct analysis_run *pilot, long tasks, size_t *n)
{
    size_t n_criteria;
    const struct analysis_conclusion *v = analysis_conclusions(pilot, &n_criteria);
    struct outlook *out = arena_alloc(pilot->arena, (TRUTHS * n_criteria + 1) * sizeof *out);
    double level = 1 - ALPHA / (double)family_of(v, n_criteria);
    *n = 0;
    for (size_t i = 0; i < n_criteria; i++) {
        double none = v[i].ratio ? 1 : 0;
        if (v[i].joint || !(v[i].se > 0) || tasks < 2)
            continue;
        add_pilot_row(&out[(*n)++], pilot, &v[i], "as in the pilot", v[i].estimate.value, tasks,
                      level);
        add_pilot_row(&out[(*n)++], pilot, &v[i], "no difference", none, tasks, level);
        if (v[i].threshold != none)
            add_pilot_row(&out[(*n)++], pilot, &v[i], "as claimed", v[i].threshold, tasks, level);
    }
    return out;
}

/* ---- assumed ---- */

static size_t stated_family(const struct criterion *c, size_t n)
{
    size_t family = n;
    for (size_t i = 0; i < n; i++) {
        bool part = false;
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < c[j].n_all_of; k++)
                part |= str_eq(c[j].all_of[k], c[i].name);
        family -= part;
    }
    return family ? family : 1;
}

const struct outlook *outlook_assumed(const struct criterion *c, size_t n_criteria,
                                      const struct stats_design *design, long tasks, long samples,
                                      struct arena *arena, size_t *n)
{
    struct outlook *out = arena_alloc(arena, (TRUTHS * n_criteria + 1) * sizeof *out);
    double level = 1 - ALPHA / (double)stated_family(c, n_criteria);
    double var = (design->omega2 + 2 * design->sigma2 / (double)samples) / (double)tasks;
    *n = 0;
    for (size_t i = 0; i < n_criteria; i++) {
        const struct metric *m = metric_find(c[i].metric);
        double way = c[i].at_least ? 1 : -1; /* in the claimed direction */
        const struct {
            const char *name;
            double value;
        } truths[TRUTHS] = {{"no difference", 0},
                            {"as claimed", c[i].threshold},
                            {"5 pp beyond the claim", c[i].threshold + way * .05},
                            {"10 pp beyond the claim", c[i].threshold + way * .10}};
        if (c[i].all_of || !m || !m->of_success || c[i].ratio || tasks < 2)
            continue;
        for (size_t k = 0; k < TRUTHS; k++) {
            if (k == 1 && c[i].threshold == 0)
                continue;
            struct stats_outlook p = stats_outlook(truths[k].value - c[i].threshold, sqrt(var),
                                                   (double)tasks - 1, level);
            struct outlook *o = &out[(*n)++];
            *o = (struct outlook){.criterion = c[i].name,
                                  .truth = truths[k].name,
                                  .value = shown(arena, truths[k].value, 100, "pp", false)};
            fill(o, &p, c[i].at_least);
        }
    }
    return out;
}
