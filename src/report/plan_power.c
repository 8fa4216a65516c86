/* See plan_power.h. */
#include "report/plan_power.h"
#include <math.h>
#include <stdlib.h>
#include "base/err.h"
#include "base/mem.h"
#include "analysis/outlook.h"

bool power_of_arms(const struct analysis_run *pilot, size_t arm_a, size_t arm_b,
                   struct stats_design *out)
{
    double *a CLEANUP_FREE = xcalloc(pilot->n_tasks + 1, sizeof *a);
    double *b CLEANUP_FREE = xcalloc(pilot->n_tasks + 1, sizeof *b);
    size_t n = 0;
    for (size_t i = 0; i < pilot->n_tasks; i++) {
        const struct analysis_tally *x = analysis_tally(pilot, i, arm_a),
                                    *y = analysis_tally(pilot, i, arm_b);
        if (x->samples != pilot->samples || y->samples != pilot->samples)
            continue;
        a[n] = x->solved;
        b[n++] = y->solved;
    }
    if (n >= 2)
        *out = stats_design_from_pilot(a, b, n, pilot->samples);
    return n >= 2;
}

int power_from_pilot(const struct analysis_run *pilot, struct stats_design *out, struct err *err)
{
    if (pilot->n_arms < 2)
        return err_input(err, "--pilot: the run has fewer than two arms");
    return power_of_arms(pilot, 0, 1, out)
               ? 0
               : err_input(err, "--pilot: the run has fewer than two complete tasks");
}

static const char *plural(long n)
{
    return n == 1 ? "" : "s";
}

static void answer(struct doc *d, const struct power_question *q)
{
    const struct stats_design *v = &q->design;
    doc_add_text(d,
                 "Two-sided test at %.0f %%, power %.0f %%; variance %.4f between tasks, %.4f "
                 "within: %s.",
                 100 * (1 - v->level), 100 * v->power, v->omega2, v->sigma2, q->source);
    double found = stats_detectable(v, q->tasks, q->samples);
    if (q->tasks && isnan(found))
        doc_add_text(
            d, "%ld task%s x %ld sample%s detect%s no difference at all, not even one of 100 pp.",
            q->tasks, plural(q->tasks), q->samples, plural(q->samples), q->tasks == 1 ? "s" : "");
    else if (q->tasks)
        doc_add_text(d, "%ld tasks x %ld sample%s detect a true difference of %.1f pp.", q->tasks,
                     q->samples, plural(q->samples), 100 * found);
    if (q->difference <= 0)
        return;
    long needed = stats_tasks_needed(v, q->difference, q->samples);
    if (needed < 0)
        doc_add_text(d, "A difference of %.2f pp takes more than ten million tasks.",
                     100 * q->difference);
    else
        doc_add_text(d, "A difference of %.2f pp takes %ld tasks x %ld sample%s.",
                     100 * q->difference, needed, q->samples, plural(q->samples));
}

/* The pilot's criteria in a run of so many tasks: how they will come out. */
static void add_outlook(struct doc *d, const struct analysis_run *pilot, long tasks)
{
    static const struct doc_column columns[] = {
        {DOC_TEXT, "criterion", ""},
        {DOC_TEXT, "if the truth is", ""},
        {DOC_WORD, "value", ""},
        {DOC_ESTIMATE, "met", "%", 0, 100},
        {DOC_ESTIMATE, "not met", "%", 0, 100},
        {DOC_ESTIMATE, "cannot tell", "%", 0, 100},
    };
    size_t n;
    const struct outlook *o = outlook_from_pilot(pilot, tasks, &n);
    if (n == 0)
        return;
    struct doc_table *t = doc_add_table(d, "How the criteria will come out", columns,
                                        sizeof columns / sizeof *columns, n);
    for (size_t i = 0; i < n; i++) {
        doc_set_text(t, i, 0, o[i].criterion);
        doc_set_text(t, i, 1, o[i].truth);
        doc_set_text(t, i, 2, o[i].value);
        doc_set_value(t, i, 3, o[i].met);
        doc_set_value(t, i, 4, o[i].not_met);
        doc_set_value(t, i, 5, o[i].cannot_tell);
    }
    t->note =
        arena_printf(d->arena,
                     "Probabilities in a run of %ld %s with the pilot's samples and spread, by "
                     "the noncentral t distribution (ratios: normal), at 5 %% over the number "
                     "of criteria.",
                     tasks, pilot->curriculum ? "seeds" : "tasks");
}

struct doc *power_doc(const struct power_question *q, const struct analysis_run *pilot)
{
    static const long tasks[] = {10, 30, 50, 100, 164, 300, 500, 1000, 3000};
    static const long samples[] = {1, 3, 5, 10};
    enum { ROWS = sizeof tasks / sizeof *tasks, COLUMNS = sizeof samples / sizeof *samples };
    struct doc *d = doc_new("Detectable difference");
    struct doc_column columns[1 + COLUMNS] = {{DOC_TEXT, "tasks", ""}};
    answer(d, q);
    if (pilot)
        add_outlook(d, pilot,
                    q->tasks            ? q->tasks
                    : pilot->curriculum ? pilot->seeds
                                        : (long)pilot->n_tasks);
    for (int k = 0; k < COLUMNS; k++)
        columns[1 + k] = (struct doc_column){
            DOC_ESTIMATE, arena_printf(d->arena, "%ld sample%s", samples[k], plural(samples[k])),
            "pp", 1, 100};
    struct doc_table *t = doc_add_table(d, "True difference found", columns, 1 + COLUMNS, ROWS);
    for (int i = 0; i < ROWS; i++) {
        doc_cell(t, (size_t)i, 0)->text = arena_printf(d->arena, "%ld", tasks[i]);
        for (int k = 0; k < COLUMNS; k++)
            doc_cell(t, (size_t)i, (size_t)k + 1)->e.value =
                stats_detectable(&q->design, tasks[i], samples[k]);
    }
    t->note = "By tasks and samples per task and arm. More samples help until the variance between "
              "tasks is what is left; more tasks always help.";
    return d;
}
