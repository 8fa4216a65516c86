/* See headline.h. headline_words.c has what is said of one criterion. */
#include "analysis/headline.h"
#include <math.h>
#include <stdlib.h>
#include "base/decimal.h"
#include "base/mem.h"
#include "base/str.h"

static const char *kept(const struct analysis_run *run, const struct str *s)
{
    return arena_strdup(run->arena, str_text(s));
}

/* ---- which criteria answer ---- */

struct claims {
    const struct analysis_conclusion *all;      /* [n_all] */
    const struct analysis_conclusion **claimed; /* [n] of their own: no parts, declared in time */
    const struct analysis_conclusion *primary;  /* the one that decides; NULL = all together */
    size_t n_all, n, met, not_met;
};

static bool counts(const struct analysis_conclusion *v, bool added)
{
    return !v->part_of && (v->added != NULL) == added;
}

/* Criteria added after the first call answer only where there are no others. */
static struct claims find_claims(const struct analysis_run *run)
{
    struct claims c = {0};
    c.all = analysis_conclusions(run, &c.n_all);
    c.claimed = arena_alloc(run->arena, (c.n_all + 1) * sizeof *c.claimed);
    for (int added = 0; added < 2 && c.n == 0; added++)
        for (size_t i = 0; i < c.n_all; i++)
            if (counts(&c.all[i], added))
                c.claimed[c.n++] = &c.all[i];
    for (size_t i = 0; i < c.n; i++) {
        c.met += c.claimed[i]->outcome == ANALYSIS_MET;
        c.not_met += c.claimed[i]->outcome == ANALYSIS_NOT_MET;
        if (!c.primary && str_eq(c.claimed[i]->name, "primary"))
            c.primary = c.claimed[i];
    }
    if (c.n == 1)
        c.primary = c.claimed[0];
    return c;
}

static enum analysis_outcome outcome_of(const struct claims *c)
{
    if (c->primary)
        return c->primary->outcome;
    return c->met == c->n       ? ANALYSIS_MET
           : c->not_met == c->n ? ANALYSIS_NOT_MET
                                : ANALYSIS_CANNOT_TELL;
}

static bool is_over(const struct analysis_run *run)
{
    return run->pending + run->faults == 0 || run->manifest.decided;
}

static const char *word_of(const struct analysis_run *run, const struct claims *c)
{
    static const char *const words[2][4] = {
        {"So far yes", "So far no", "Cannot tell yet", "So far partly"},
        {"Yes", "No", "Cannot tell", "Partly"}};
    bool partly = !c->primary && c->met > 0 && c->met < c->n;
    return words[is_over(run)][partly ? 3 : outcome_of(c)];
}

/* ---- sentences ---- */

/* " (326 of 810 episodes done)", of a run that is not over. */
static void add_done(struct str *s, const struct analysis_run *run)
{
    if (!is_over(run))
        str_addf(s, " (%ld of %ld episodes done)", run->done, run->episodes);
}

/* "2 met, 1 not met, 1 cannot be told" */
static void add_counts(struct str *s, size_t met, size_t not_met, size_t open)
{
    const char *comma = "";
    const struct {
        size_t n;
        const char *what;
    } parts[] = {{met, "met"}, {not_met, "not met"}, {open, "not decided"}};
    for (size_t i = 0; i < 3; i++)
        if (parts[i].n) {
            str_addf(s, "%s%zu %s", comma, parts[i].n, parts[i].what);
            comma = ", ";
        }
}

/* Several parts, each with its conclusion; first those that decide. Of more than two, as where a
 * hierarchy must beat every flat arm, one is told and all are counted. */
static void add_joint(struct str *s, const struct analysis_run *run, const struct claims *c,
                      const struct analysis_conclusion *joint)
{
    const struct analysis_conclusion *before = NULL;
    size_t n = 0, met = 0, not_met = 0;
    for (size_t i = 0; i < c->n_all; i++) {
        const struct analysis_conclusion *v = &c->all[i];
        bool part = str_eq(v->part_of, joint->name);
        n += part;
        met += part && v->outcome == ANALYSIS_MET;
        not_met += part && v->outcome == ANALYSIS_NOT_MET;
    }
    for (size_t i = 0; i < 2 * c->n_all && !(n > 2 && before); i++) {
        const struct analysis_conclusion *v = &c->all[i % c->n_all];
        bool decides = v->outcome == joint->outcome;
        if (!str_eq(v->part_of, joint->name) || decides != (i < c->n_all))
            continue;
        bool again =
            before && str_eq(before->arms[0], v->arms[0]) && str_eq(before->arms[1], v->arms[1]);
        str_addf(s, "%s%s: %s", before ? "; and " : "", headline_clause(run, v, again),
                 analysis_outcome_name(v->outcome));
        before = v;
    }
    if (!before) /* its parts are not there */
        str_add(s, joint->sentence);
    if (n > 2) {
        str_addf(s, "; of its %zu parts ", n);
        add_counts(s, met, not_met, n - met - not_met);
    }
}

static void add_claim(struct str *s, const struct analysis_run *run, const struct claims *c,
                      const struct analysis_conclusion *v)
{
    if (v->joint)
        add_joint(s, run, c, v);
    else
        str_add(s, headline_clause(run, v, false));
}

/* Of all criteria: "all 2 criteria are met", "of 4 criteria 1 met, 3 not decided". */
static void add_tally(struct str *s, const struct claims *c)
{
    if (c->met == c->n) {
        str_addf(s, "all %zu criteria are met", c->n);
    } else if (c->not_met == c->n || c->met + c->not_met == 0) {
        str_addf(s, "none of %zu criteria is %s", c->n, c->not_met ? "met" : "decided");
    } else {
        str_addf(s, "of %zu criteria ", c->n);
        add_counts(s, c->met, c->not_met, c->n - c->met - c->not_met);
    }
}

/* The criteria beside the primary one, in a line. */
static void add_others(struct str *s, const struct claims *c)
{
    size_t met = c->met - (c->primary->outcome == ANALYSIS_MET);
    size_t not_met = c->not_met - (c->primary->outcome == ANALYSIS_NOT_MET), n = c->n - 1;
    if (n == 0)
        return;
    str_addf(s, "; %zu further criteri%s: ", n, n > 1 ? "a" : "on");
    add_counts(s, met, not_met, n - met - not_met);
}

/* The arm that solves most, where the criterion compares others. */
static void add_best(struct str *s, const struct analysis_run *run,
                     const struct analysis_conclusion *v)
{
    if (run->n_arms < 3 || run->curriculum || v->joint)
        return;
    struct analysis_slice all = analysis_slice(run, -1, -1);
    size_t best = 0;
    for (size_t a = 1; a < run->n_arms; a++)
        if (all.arms[a].pass_1.value > all.arms[best].pass_1.value)
            best = a;
    const char *name = run->arms[best];
    if (!str_eq(name, v->arms[0]) && !str_eq(name, v->arms[1]))
        str_addf(s, "; of all %zu arms %s solved most, %.1f %%", run->n_arms, name,
                 100 * all.arms[best].pass_1.value);
}

static const char *sentence_of(const struct analysis_run *run, const struct claims *c)
{
    struct str s CLEANUP_STR = {0};
    str_add(&s, word_of(run, c));
    add_done(&s, run);
    str_add(&s, ": ");
    if (c->primary) {
        add_claim(&s, run, c, c->primary);
        add_others(&s, c);
        add_best(&s, run, c->primary);
    } else {
        add_tally(&s, c);
        str_add(&s, "; the first: ");
        add_claim(&s, run, c, c->claimed[0]);
    }
    str_addc(&s, '.');
    return kept(run, &s);
}

static const char *question_of(const struct analysis_run *run, const struct claims *c)
{
    const struct analysis_conclusion *v = c->primary ? c->primary : c->claimed[0];
    struct str s CLEANUP_STR = {0};
    if (!v->joint)
        str_add(&s, headline_question(run, v));
    for (size_t i = 0; i < c->n_all && v->joint; i++)
        if (str_eq(c->all[i].part_of, v->name))
            str_addf(&s, "%s%s", s.len ? " And: " : "", headline_question(run, &c->all[i]));
    if (!c->primary)
        str_addf(&s, " And %zu more.", c->n - 1);
    return kept(run, &s);
}

/* ---- runs without a criterion, or without two arms ---- */

static void add_rate(struct str *s, const struct analysis_arm *a)
{
    decimal_add(s, 100 * a->pass_1.value, 1, false);
    str_add(s, " % of tasks");
}

static void add_rate_with_interval(struct str *s, const struct analysis_arm *a)
{
    add_rate(s, a);
    str_add(s, " (95 % interval ");
    decimal_add(s, 100 * a->pass_1.ci.low, 1, false);
    str_add(s, " to ");
    decimal_add(s, 100 * a->pass_1.ci.high, 1, false);
    str_addf(s, ", %ld task%s)", a->tasks, a->tasks == 1 ? "" : "s");
}

static struct analysis_headline without(const struct analysis_run *run, const char *word,
                                        const struct str *s)
{
    return (struct analysis_headline){ANALYSIS_CANNOT_TELL, word, kept(run, s), ""};
}

static struct analysis_headline of_one_arm(const struct analysis_run *run)
{
    struct str s CLEANUP_STR = {0};
    struct analysis_slice all = analysis_slice(run, -1, -1);
    str_add(&s, "No comparison");
    add_done(&s, run);
    str_addf(&s, ": only %s was played; it solved ", run->arms[0]);
    add_rate_with_interval(&s, &all.arms[0]);
    str_addc(&s, '.');
    return without(run, "No comparison", &s);
}

/* Many arms: the range; two: the difference. */
static struct analysis_headline of_no_criterion(const struct analysis_run *run)
{
    struct str s CLEANUP_STR = {0};
    str_add(&s, "No criterion was declared");
    add_done(&s, run);
    str_add(&s, ": ");
    if (run->curriculum) {
        str_addf(&s, "the curves of %zu arms are below", run->n_arms);
    } else {
        struct analysis_slice all = analysis_slice(run, -1, -1);
        size_t best = 0, worst = 0;
        for (size_t a = 1; a < run->n_arms; a++) {
            if (all.arms[a].pass_1.value > all.arms[best].pass_1.value)
                best = a;
            if (all.arms[a].pass_1.value < all.arms[worst].pass_1.value)
                worst = a;
        }
        if (best == worst) {
            str_addf(&s, "all %zu arms solved ", run->n_arms);
            add_rate_with_interval(&s, &all.arms[0]);
        } else {
            str_addf(&s, "of %zu arms %s solved most, ", run->n_arms, run->arms[best]);
            add_rate_with_interval(&s, &all.arms[best]);
            str_addf(&s, ", and %s least, ", run->arms[worst]);
            add_rate(&s, &all.arms[worst]);
        }
    }
    str_addc(&s, '.');
    return without(run, "No criterion", &s);
}

static struct analysis_headline of_nothing(const struct analysis_run *run)
{
    struct str s CLEANUP_STR = {0};
    str_addf(&s,
             "Nothing to compare yet: no task is finished by every arm (%ld of %ld episodes done).",
             run->done, run->episodes);
    return without(run, "Nothing to compare yet", &s);
}

struct analysis_headline analysis_headline(const struct analysis_run *run)
{
    if (run->sets == 0 || run->n_arms == 0)
        return of_nothing(run);
    if (run->n_arms == 1)
        return of_one_arm(run);
    struct claims c = find_claims(run);
    if (c.n == 0)
        return of_no_criterion(run);
    return (struct analysis_headline){outcome_of(&c), word_of(run, &c), sentence_of(run, &c),
                                      question_of(run, &c)};
}
