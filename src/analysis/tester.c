/* See tester.h. Candidates and tests of one task are not independent: n of an interval is the
 * number of tasks that they come from. */
#include "analysis/tester.h"
#include <math.h>
#include <stdlib.h>
#include "base/err.h"
#include "base/mem.h"
#include "stats/rate.h"

static const double LEVEL = 0.95;

enum kind { WRONG, RIGHT, TESTS, ANY, KINDS }; /* what a task has had, per arm */

struct reading {
    const struct analysis_run *run;
    struct analysis_tester *arms;
    const struct analysis_episode **by_id; /* [n_played] */
    bool *had[KINDS];                      /* [n_tasks * n_arms] */
    long *passed;                          /* [n_arms] tests that the reference passes */
    long long last;                        /* episode that was counted */
};

static int by_id(const void *a, const void *b)
{
    long long x = (*(const struct analysis_episode *const *)a)->id,
              y = (*(const struct analysis_episode *const *)b)->id;
    return (x > y) - (x < y);
}

/* NULL: it is in no complete set. */
static const struct analysis_episode *find(const struct reading *r, long long id)
{
    struct analysis_episode key = {.id = id};
    const struct analysis_episode *wanted = &key,
                                  **found = bsearch(&wanted, r->by_id, r->run->n_played,
                                                    sizeof *r->by_id, by_id);
    return found ? *found : NULL;
}

static void mark(struct reading *r, enum kind kind, const struct analysis_episode *e)
{
    r->had[kind][e->arm * r->run->n_tasks + e->task] = true;
}

static int note_candidate(void *ctx, long long id, const struct store_tested *t)
{
    struct reading *r = ctx;
    const struct analysis_episode *e = find(r, id);
    if (!e)
        return 0;
    struct analysis_tester *of = &r->arms[e->arm];
    bool accepted = t->passed == t->total;
    of->accepted_right += accepted && t->right;
    of->accepted_wrong += accepted && !t->right;
    of->rejected_right += !accepted && t->right;
    of->rejected_wrong += !accepted && !t->right;
    of->episodes += r->last != id;
    r->last = id;
    mark(r, t->right ? RIGHT : WRONG, e);
    mark(r, ANY, e);
    return 0;
}

static int note_reference(void *ctx, long long id, int tests, int passed)
{
    struct reading *r = ctx;
    const struct analysis_episode *e = find(r, id);
    if (!e)
        return 0;
    r->arms[e->arm].tests += tests;
    r->passed[e->arm] += passed;
    mark(r, TESTS, e);
    return 0;
}

static long tasks_with(const struct reading *r, enum kind kind, size_t arm)
{
    long n = 0;
    for (size_t t = 0; t < r->run->n_tasks; t++)
        n += r->had[kind][arm * r->run->n_tasks + t];
    return n;
}

static struct stats_estimate share(long part, long whole, long tasks)
{
    double n = (double)tasks, rate = whole ? (double)part / (double)whole : NAN;
    struct stats_ci none = {NAN, NAN};
    return (struct stats_estimate){rate, whole ? stats_wilson(rate * n, n, LEVEL) : none, whole};
}

static void judge(const struct reading *r, size_t arm)
{
    struct analysis_tester *t = &r->arms[arm];
    t->tasks = tasks_with(r, ANY, arm);
    t->false_accept =
        share(t->accepted_wrong, t->accepted_wrong + t->rejected_wrong, tasks_with(r, WRONG, arm));
    t->false_reject =
        share(t->rejected_right, t->accepted_right + t->rejected_right, tasks_with(r, RIGHT, arm));
    t->tests_right = share(r->passed[arm], t->tests, tasks_with(r, TESTS, arm));
}

static int measure(const struct analysis_run *run, const struct analysis_tester **out,
                   struct err *err)
{
    struct reading r = {.run = run,
                        .arms = arena_alloc(run->arena, (run->n_arms + 1) * sizeof *r.arms),
                        .by_id = xcalloc(run->n_played + 1, sizeof *r.by_id),
                        .passed = xcalloc(run->n_arms + 1, sizeof *r.passed)};
    for (int k = 0; k < KINDS; k++)
        r.had[k] = xcalloc(run->n_tasks * run->n_arms + 1, sizeof *r.had[k]);
    for (size_t i = 0; i < run->n_played; i++)
        r.by_id[i] = &run->played[i];
    qsort(r.by_id, run->n_played, sizeof *r.by_id, by_id);
    int rc = run->store ? store_tested(run->store, note_candidate, &r, err) : 0;
    if (rc == 0 && run->store)
        rc = store_referred(run->store, note_reference, &r, err);
    for (size_t a = 0; rc == 0 && a < run->n_arms; a++)
        judge(&r, a);
    for (int k = 0; k < KINDS; k++)
        free(r.had[k]);
    free(r.by_id);
    free(r.passed);
    *out = r.arms;
    return rc;
}

int analysis_testers(const struct analysis_run *run, const struct analysis_tester **out,
                     struct err *err)
{
    int rc = 0;
    if (!run->kept)
        return measure(run, out, err);
    *out = run->kept->testers;
    if (!*out) {
        rc = measure(run, out, err);
        run->kept->testers = rc < 0 ? NULL : *out;
    }
    return rc;
}
