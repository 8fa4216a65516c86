/* See failures.h. */
#include "analysis/failures.h"
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "analysis/measure.h"
#include "stats/pooled.h"

static const double LEVEL = 0.95;

const char *analysis_category_name(int category)
{
    return category == ANALYSIS_SOLVED     ? "solved"
           : category == ANALYSIS_UNTAGGED ? "not tagged"
                                           : taxonomy_group_name((enum taxonomy_group)category);
}

static int category_of(const struct analysis_episode *e)
{
    if (e->passed)
        return ANALYSIS_SOLVED;
    return e->label == 0 ? ANALYSIS_UNTAGGED : (int)taxonomy_flags[e->label - 1].group;
}

/* ---- one arm against another ---- */

/* The episodes of both arms in the set that starts at i; sets stand together in run->played. */
struct both {
    const struct analysis_episode *a, *b;
};

static bool next_set(const struct analysis_run *run, size_t *i, size_t arm_a, size_t arm_b,
                     struct both *out)
{
    *out = (struct both){0};
    if (*i >= run->n_played)
        return false;
    const struct analysis_episode *first = &run->played[*i];
    for (; *i < run->n_played; ++*i) {
        const struct analysis_episode *e = &run->played[*i];
        if (e->task != first->task || e->sample != first->sample)
            break;
        if (e->arm == arm_a)
            out->a = e;
        if (e->arm == arm_b)
            out->b = e;
    }
    return true;
}

/* Codes that apply to some episode of either arm. */
static taxonomy_set common_codes(const struct analysis_run *run, size_t arm_a, size_t arm_b)
{
    taxonomy_set applies[2] = {0};
    for (size_t i = 0; i < run->n_played; i++) {
        const struct analysis_episode *e = &run->played[i];
        if (e->arm == arm_a)
            applies[0] |= ~e->inapplicable;
        if (e->arm == arm_b)
            applies[1] |= ~e->inapplicable;
    }
    return applies[0] & applies[1] & TAXONOMY_ALL;
}

/* What the failure would be called by these codes alone; -1: it has none of them. */
static int category_among(const struct analysis_episode *e, taxonomy_set codes)
{
    int primary = taxonomy_primary(e->flags & codes);
    if (e->passed || e->label == 0)
        return category_of(e);
    return primary < 0 ? -1 : (int)taxonomy_flags[primary].group;
}

static struct analysis_confusion confusion_of(const struct analysis_run *run, size_t a, size_t b)
{
    struct analysis_confusion c = {0};
    long first[ANALYSIS_CATEGORIES * ANALYSIS_CATEGORIES] = {0};
    taxonomy_set common = common_codes(run, a, b) & taxonomy_of_both();
    struct both set;
    uint32_t task = UINT32_MAX;
    for (size_t i = 0; next_set(run, &i, a, b, &set);) {
        c.sets[category_of(set.a)][category_of(set.b)]++;
        if (set.a->task == task)
            continue;
        task = set.a->task;
        c.tasks++;
        int row = category_among(set.a, common), column = category_among(set.b, common);
        c.own[0] += row < 0;
        c.own[1] += column < 0;
        if (row >= 0 && column >= 0)
            first[row * ANALYSIS_CATEGORIES + column]++;
    }
    c.test = stats_stuart_maxwell(first, ANALYSIS_CATEGORIES);
    if (c.own[0] + c.own[1] > 0)
        c.test.p = NAN; /* a category that one arm alone can have differs by definition */
    return c;
}

taxonomy_set analysis_misuse_codes(const struct analysis_run *run, size_t arm_a, size_t arm_b)
{
    return common_codes(run, arm_a, arm_b) & taxonomy_comparable() &
           (taxonomy_group_codes(GROUP_SPEC) | taxonomy_group_codes(GROUP_TOOL));
}

static struct stats_estimate rate_over_tasks(const double *rate, size_t n, long episodes)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += rate[i];
    return (struct stats_estimate){n ? sum / (double)n : NAN,
                                   stats_wilson_tasks(rate, n, (double)episodes, LEVEL), (long)n};
}

static struct stats_pool pool_of(const struct analysis_episode *e, taxonomy_set codes, size_t unit)
{
    return (struct stats_pool){unit, e->tool_runs, (e->flags & codes) != 0};
}

static struct analysis_misuse misuse_of(const struct analysis_run *run, size_t arm_a, size_t arm_b,
                                        taxonomy_set codes)
{
    struct analysis_misuse m = {.codes = codes};
    double *a CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *a);
    double *b CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *b);
    struct stats_pool *pools_a CLEANUP_FREE = xcalloc(run->n_played + 1, sizeof *pools_a);
    struct stats_pool *pools_b CLEANUP_FREE = xcalloc(run->n_played + 1, sizeof *pools_b);
    size_t n = 0, sets = 0;
    struct both set;
    for (size_t i = 0; next_set(run, &i, arm_a, arm_b, &set); sets++) {
        pools_a[sets] = pool_of(set.a, codes, n);
        pools_b[sets] = pool_of(set.b, codes, n);
        a[n] += (set.a->flags & codes) != 0;
        b[n] += (set.b->flags & codes) != 0;
        if (i < run->n_played && run->played[i].task == set.a->task)
            continue;
        a[n] /= analysis_tally(run, set.a->task, arm_a)->samples;
        b[n] /= analysis_tally(run, set.b->task, arm_b)->samples;
        n++;
    }
    m.rate[0] = rate_over_tasks(a, n, (long)sets);
    m.rate[1] = rate_over_tasks(b, n, (long)sets);
    m.ratio = measure_ratio(a, b, n, 1).e;
    m.per_run[0] = stats_pooled_rate(pools_a, sets, LEVEL);
    m.per_run[1] = stats_pooled_rate(pools_b, sets, LEVEL);
    m.per_run_ratio = stats_pooled_ratio(pools_a, sets, pools_b, sets, LEVEL);
    return m;
}

static struct analysis_confrontation confront(const struct analysis_run *run, size_t a, size_t b)
{
    taxonomy_set codes = analysis_misuse_codes(run, a, b);
    taxonomy_set spec = codes & taxonomy_group_codes(GROUP_SPEC);
    return (struct analysis_confrontation){
        .a = a,
        .b = b,
        .confusion = confusion_of(run, a, b),
        .misuse = {[ANALYSIS_SPEC] = misuse_of(run, a, b, spec),
                   [ANALYSIS_TOOL] = misuse_of(run, a, b, codes & ~spec),
                   [ANALYSIS_EITHER] = misuse_of(run, a, b, codes)}};
}

/* ---- each arm on its own ---- */

/* Samples of one task are not independent: n is divided by the samples per task. */
static struct stats_estimate share(const struct analysis_run *run, long part, long whole)
{
    double n = (double)whole / (run->samples > 1 ? run->samples : 1);
    double rate = whole ? (double)part / (double)whole : NAN;
    struct stats_ci none = {NAN, NAN};
    return (struct stats_estimate){rate, whole ? stats_wilson(rate * n, n, LEVEL) : none, whole};
}

static void count_verdict(struct analysis_verifier *v, const struct analysis_episode *e,
                          taxonomy_set wrongly_accepted, taxonomy_set wrongly_rejected)
{
    if (e->inapplicable & wrongly_accepted) /* there was no verdict */
        return;
    if (e->passed) {
        v->accepted_right += !(e->flags & wrongly_rejected);
        v->rejected_right += (e->flags & wrongly_rejected) != 0;
    } else {
        v->accepted_wrong += (e->flags & wrongly_accepted) != 0;
        v->rejected_wrong += !(e->flags & wrongly_accepted);
    }
}

static void judge_verifier(const struct analysis_run *run, struct analysis_verifier *v)
{
    v->precision = share(run, v->accepted_right, v->accepted_right + v->accepted_wrong);
    v->false_positive_rate = share(run, v->accepted_wrong, v->accepted_wrong + v->rejected_wrong);
    v->mcc =
        stats_binary(v->accepted_right, v->accepted_wrong, v->rejected_right, v->rejected_wrong)
            .mcc;
}

static void count_flags(struct analysis_flag_count *counts, const struct analysis_episode *e)
{
    for (int f = 0; f < N_TAXONOMY_FLAGS; f++) {
        counts[f].holds += e->flags >> f & 1;
        counts[f].applies += !(e->inapplicable >> f & 1);
    }
}

static void count_episodes(const struct analysis_run *run, struct analysis_failures *r)
{
    taxonomy_set v3 = (taxonomy_set)1 << TAXONOMY_V3;
    taxonomy_set v4 = (taxonomy_set)1 << TAXONOMY_V4;
    for (size_t i = 0; i < run->n_played; i++) {
        const struct analysis_episode *e = &run->played[i];
        r->seen |= e->flags;
        if (!e->flags && !e->inapplicable)
            continue; /* not tagged: unknown */
        count_verdict(&r->verifiers[e->arm], e, v3, v4);
        count_flags(r->flags + e->arm * N_TAXONOMY_FLAGS, e);
    }
}

struct analysis_failures analysis_failures(const struct analysis_run *run)
{
    size_t n = run->n_arms;
    struct analysis_failures r = {
        .pairs = arena_alloc(run->arena, n * sizeof *r.pairs),
        .verifiers = arena_alloc(run->arena, n * sizeof *r.verifiers),
        .flags = arena_alloc(run->arena, n * N_TAXONOMY_FLAGS * sizeof *r.flags)};
    count_episodes(run, &r);
    r.any = r.seen != 0;
    for (size_t a = 0; a < n && r.any; a++)
        judge_verifier(run, &r.verifiers[a]);
    for (size_t i = 0; i < n * N_TAXONOMY_FLAGS && r.any; i++)
        r.flags[i].rate = share(run, r.flags[i].holds, r.flags[i].applies);
    for (size_t b = 1; b < n && r.any; b++)
        r.pairs[b - 1] = confront(run, 0, b);
    return r;
}
