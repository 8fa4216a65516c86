/* See show_filter.h. */
#include "cli/show_filter.h"
#include <stdlib.h>
#include <string.h>
#include "analysis/analysis.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "taxonomy/taxonomy.h"

bool show_filter_any(const struct show_filter *f)
{
    return f->failed || f->parts || f->arm || f->label || f->task;
}

static bool is_listed(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(name, names[i]))
            return true;
    return false;
}

static int refuse_arm(const struct show_filter *f, const struct analysis_run *run, const char *of,
                      struct err *err)
{
    struct str names CLEANUP_STR = {0};
    for (size_t a = 0; a < run->n_arms; a++)
        str_addf(&names, "%s%s", a ? ", " : "", run->arms[a]);
    return err_input(err, "%s has no arm '%s'; it has %s", of, f->arm, str_text(&names));
}

static int check_task(const struct show_filter *f, const struct analysis_run *run, const char *of,
                      struct err *err)
{
    const char **ids CLEANUP_FREE = xcalloc(run->n_tasks + 1, sizeof *ids);
    for (size_t i = 0; i < run->n_tasks; i++)
        ids[i] = run->tasks[i].id;
    if (is_listed(f->task, ids, run->n_tasks))
        return 0;
    const char *near = str_nearest(f->task, ids, run->n_tasks);
    return near ? err_input(err, "%s has no task '%s'; did you mean '%s'?", of, f->task, near)
                : err_input(err, "%s has no task '%s'; 'hrm show %s' lists them", of, f->task, of);
}

static int check_label(const struct show_filter *f, struct err *err)
{
    struct str codes CLEANUP_STR = {0};
    for (int i = 0; i < N_TAXONOMY_FLAGS; i++) {
        const char *code = taxonomy_flags[i].code;
        if (str_eq(code, f->label) || (code[0] == f->label[0] && !f->label[1]))
            return 0;
        str_addf(&codes, "%s%s", i ? " " : "", code);
    }
    return err_input(err, "there is no label '%s'; there are %s, or their first letters", f->label,
                     str_text(&codes));
}

/* ---- where the arms part ---- */

static bool arms_part(const struct analysis_run *run, size_t task)
{
    if (!run->tasks[task].sets)
        return false;
    bool first = analysis_majority(analysis_tally(run, task, 0));
    for (size_t a = 1; a < run->n_arms; a++)
        if (analysis_majority(analysis_tally(run, task, a)) != first)
            return true;
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find_parted(struct show_filter *f, const struct analysis_run *run)
{
    f->parted = xcalloc(run->n_tasks + 1, sizeof *f->parted);
    for (size_t i = 0; i < run->n_tasks; i++)
        if (arms_part(run, i))
            f->parted[f->n_parted++] = xstrdup(run->tasks[i].id);
    qsort(f->parted, f->n_parted, sizeof *f->parted, by_text);
}

int show_filter_open(struct show_filter *f, struct store *s, const char *of, struct err *err)
{
    struct analysis_run run;
    int rc = f->label ? check_label(f, err) : 0;
    if (rc < 0 || (!f->arm && !f->task && !f->parts))
        return rc;
    rc = analysis_load(s, &run, err);
    if (rc < 0)
        return rc;
    if (f->arm && !is_listed(f->arm, run.arms, run.n_arms))
        rc = refuse_arm(f, &run, of, err);
    if (rc == 0 && f->task)
        rc = check_task(f, &run, of, err);
    if (rc == 0 && f->parts)
        find_parted(f, &run);
    analysis_run_free(&run);
    return rc;
}

bool show_filter_takes(const struct show_filter *f, const struct store_episode *row)
{
    if (f->failed && (row->status != STORE_DONE || row->passed))
        return false;
    if ((f->arm && !str_eq(f->arm, row->arm)) || (f->task && !str_eq(f->task, row->task)))
        return false;
    if (f->label && !str_eq(f->label, row->label) &&
        !(!f->label[1] && row->label[0] == f->label[0]))
        return false;
    return !f->parts || bsearch(&row->task, f->parted, f->n_parted, sizeof *f->parted, by_text);
}

void show_filter_close(struct show_filter *f)
{
    for (size_t i = 0; i < f->n_parted; i++)
        free(f->parted[i]);
    free(f->parted);
}
