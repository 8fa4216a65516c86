/* See run_power.h. Without a pilot (--pilot) the variances are assumed ones (stats/power.h). */
#include "cli/run_power.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "experiment/metric.h"
#include "analysis/outlook.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/print_doc.h"
#include "report/plan_power.h"
#include "stats/power.h"

enum { SMOKE_TASKS = 30, SMOKE_SEEDS = 4 }; /* methods.md: 10-30 tasks are a smoke test */

/* The smallest difference of success rates that a criterion names; 0 when none does. */
static double difference_asked(const struct run_job *job)
{
    const struct experiment *x = &job->experiment;
    double least = 0;
    for (size_t i = 0; i < x->n_criteria; i++) {
        const struct criterion *c = &x->criteria[i];
        double d = fabs(c->threshold);
        if (c->all_of)
            continue;
        if (metric_find(c->metric)->of_success && !c->ratio && d > 0 && (least <= 0 || d < least))
            least = d;
    }
    return least;
}

/* The variances: those of the pilot, where there is one with two arms to compare, and they differ
 * somewhere. */
struct basis {
    struct stats_design design;
    const char *word; /* "assuming", "as in the pilot:" */
};

static struct basis basis_of(const struct run_job *job)
{
    struct basis b = {stats_design_default, "assuming"};
    struct err ignored = {0};
    if (!job->pilot_run || job->experiment.curriculum ||
        power_from_pilot(job->pilot_run, &b.design, &ignored) < 0)
        return b;
    if (stats_design_has_spread(&b.design))
        return (struct basis){b.design, "as in the pilot:"};
    return (struct basis){stats_design_default, "assuming, as the pilot's arms never differ:"};
}

/* In a curriculum the unit is the training seed, and the variance between seeds is not known in
 * advance. */
static double detectable(const struct run_job *job, const struct basis *b)
{
    if (job->experiment.curriculum)
        return INFINITY;
    return stats_detectable(&b->design, (long)job->plan.n_tasks, job->experiment.samples);
}

/* ---- how the criteria will come out ---- */

struct plan_outlook {
    const struct outlook *rows; /* [n] */
    size_t n;
    const char *source; /* of the variances */
    struct arena *arena;
    struct analysis_run latest; /* where there is no --pilot */
};

/* The run that --pilot names, else the latest of this experiment that was finished, of the same
 * arms, whatever its tasks. */
static bool find_pilot(const struct run_job *job, struct plan_outlook *look)
{
    char *dir CLEANUP_FREE = job->dir.path ? file_dir(job->dir.path) : NULL;
    char *latest CLEANUP_FREE = dir ? file_join(dir, "latest") : NULL;
    const struct analysis_run *pilot = job->pilot_run ? job->pilot_run : &look->latest;
    struct err err = {0};
    if (!job->pilot_run && (!latest || !file_exists(latest)))
        return false;
    if (!job->pilot_run && load_run(latest, &look->latest, &err) < 0)
        return false;
    look->rows = outlook_from_pilot(
        pilot, job->experiment.curriculum ? job->experiment.samples : (long)job->plan.n_tasks,
        &look->n);
    look->source = arena_printf(look->arena, "with the spread of %s (%zu tasks x %d samples)",
                                job->pilot ? job->pilot : latest, pilot->n_tasks, pilot->samples);
    return look->n > 0;
}

static struct plan_outlook look_ahead(const struct run_job *job)
{
    struct plan_outlook look = {.arena = arena_new()};
    const struct experiment *x = &job->experiment;
    if (find_pilot(job, &look) || x->curriculum)
        return look;
    look.source = "with assumed variances";
    look.rows = outlook_assumed(x->criteria, x->n_criteria, &stats_design_default,
                                (long)job->plan.n_tasks, x->samples, look.arena, &look.n);
    return look;
}

static void end_look(struct plan_outlook *look)
{
    if (look->latest.arena)
        analysis_run_free(&look->latest);
    arena_free(look->arena);
}

void run_power_show(const struct run_job *job)
{
    const struct experiment *x = &job->experiment;
    struct basis b = basis_of(job);
    double found = detectable(job, &b), asked = difference_asked(job);
    if (x->curriculum)
        printf("unit      the training seed: %d for each order and number of problems\n",
               x->samples);
    if (isfinite(found))
        printf("detects   a true difference of %.1f pp between two arms with power %.0f %% (%s "
               "variance %.2f between tasks, %.2f within)\n",
               100 * found, 100 * b.design.power, b.word, b.design.omega2, b.design.sigma2);
    else if (!x->curriculum)
        printf("detects   no difference between two arms, not even one of 100 pp (%s variance "
               "%.2f between tasks, %.2f within)\n",
               b.word, b.design.omega2, b.design.sigma2);
    if (asked > 0)
        printf("needs     %ld tasks x %d samples to find %.1f pp\n",
               stats_tasks_needed(&b.design, asked, x->samples), x->samples, 100 * asked);
    for (size_t i = 0; i < x->n_criteria; i++) {
        const struct criterion *c = &x->criteria[i];
        if (c->all_of) {
            printf("criterion %s: all of", c->name);
            for (size_t k = 0; k < c->n_all_of; k++)
                printf("%s %s", k ? "," : "", c->all_of[k]);
            putchar('\n');
            continue;
        }
        printf("criterion %s: %s of %s and %s, %s", c->name, c->metric, c->arms[0], c->arms[1],
               c->criterion);
        if (c->seconds > 0)
            printf(", seconds %g", c->seconds);
        if (c->steps[0])
            printf(", steps %d-%d", c->steps[0], c->steps[1]);
        putchar('\n');
    }
    struct plan_outlook look = look_ahead(job);
    if (look.n)
        printf("outlook   of these criteria, %s:\n", look.source);
    for (size_t i = 0; i < look.n; i++)
        printf("  %s, %s (%s): met %.0f %%, not met %.0f %%, cannot tell %.0f %%\n",
               look.rows[i].criterion, look.rows[i].truth, look.rows[i].value,
               100 * look.rows[i].met, 100 * look.rows[i].not_met, 100 * look.rows[i].cannot_tell);
    end_look(&look);
}

json_t *run_power_json(const struct run_job *job)
{
    struct basis b = basis_of(job);
    double found = detectable(job, &b), asked = difference_asked(job);
    json_t *rows = json_array();
    struct plan_outlook look = look_ahead(job);
    for (size_t k = 0; k < look.n; k++)
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:f, s:f, s:f}", "criterion",
                                              look.rows[k].criterion, "truth", look.rows[k].truth,
                                              "value", look.rows[k].value, "met", look.rows[k].met,
                                              "not_met", look.rows[k].not_met, "cannot_tell",
                                              look.rows[k].cannot_tell));
    end_look(&look);
    return json_pack(
        "{s:o, s:o, s:f, s:f, s:f, s:o, s:o}", "outlook", rows, "difference",
        isfinite(found) ? json_real(found) : json_null(), "power", b.design.power,
        "variance_between", b.design.omega2, "variance_within", b.design.sigma2, "asked",
        asked > 0 ? json_real(asked) : json_null(), "tasks_needed",
        asked > 0 ? json_integer(stats_tasks_needed(&b.design, asked, job->experiment.samples))
                  : json_null());
}

void run_power_warn(const struct run_job *job)
{
    struct basis b = basis_of(job);
    double found = detectable(job, &b), asked = difference_asked(job);
    long tasks = (long)job->plan.n_tasks;
    if (job->experiment.curriculum) {
        if (job->experiment.samples <= SMOKE_SEEDS)
            fprintf(stderr, "hrm: a smoke test: %d training seeds detect only large differences\n",
                    job->experiment.samples);
        return;
    }
    if (tasks > SMOKE_TASKS && !(asked > 0 && found > asked))
        return;
    fprintf(stderr, "hrm: %s: %ld task%s x %d sample%s ",
            tasks > SMOKE_TASKS ? "a small run" : "a smoke test", tasks, tasks == 1 ? "" : "s",
            job->experiment.samples, job->experiment.samples == 1 ? "" : "s");
    if (isfinite(found))
        fprintf(stderr, "can detect a true difference of %.1f pp", 100 * found);
    else
        fprintf(stderr, "can detect no difference");
    if (asked > 0)
        fprintf(stderr, "; for the %.1f pp of the criterion, %ld tasks are needed", 100 * asked,
                stats_tasks_needed(&b.design, asked, job->experiment.samples));
    fprintf(stderr, "\n");
}
