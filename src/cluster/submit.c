/* See submit.h. */
#include "cluster/submit.h"
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "cluster/arrays.h"

enum { SPARE_JOBS = 50 }; /* of MaxJobCount, for the merge and for other people */

struct submission {
    struct study *study;
    const unsigned *shards; /* [n] */
    struct array_cut *cuts; /* [n_cuts] */
    size_t n_cuts;
    json_t *arrays;  /* of study.json */
    struct str jobs; /* ":12:13" */
    bool print;
    struct str *shown;
};

static void show(struct str *shown, const char *const *argv)
{
    for (size_t i = 0; argv[i]; i++)
        str_addf(shown, "%s%s", i ? " " : "", argv[i]);
    str_addc(shown, '\n');
}

static int run(struct submission *u, const char *const *argv, char **job, struct err *err)
{
    show(u->shown, argv);
    if (!u->print)
        return slurm_submit(argv, job, err);
    *job = xstrdup("JOB");
    return 0;
}

static int submit_array(struct submission *u, const struct array_cut *c, struct err *err)
{
    char *script CLEANUP_FREE = study_path(u->study, "array.sbatch");
    char *array CLEANUP_FREE = xasprintf("--array=%s", c->list), *job CLEANUP_FREE = NULL;
    char *offset CLEANUP_FREE = xasprintf("%u", c->offset);
    const char *const argv[] = {"sbatch", "--parsable", array, script, offset, NULL};
    int rc = run(u, argv, &job, err);
    if (rc < 0)
        return rc;
    json_t *of = json_array();
    for (size_t i = 0; i < c->n; i++)
        json_array_append_new(of, json_integer(u->shards[c->first + i]));
    json_array_append_new(u->arrays,
                          json_pack("{s:s, s:I, s:s, s:o}", "job", job, "offset",
                                    (json_int_t)c->offset, "array", c->list, "shards", of));
    str_addf(&u->jobs, ":%s", job);
    return 0;
}

static int submit_merge(struct submission *u, char **job, struct err *err)
{
    char *script CLEANUP_FREE = study_path(u->study, "merge.sbatch");
    char *after CLEANUP_FREE = xasprintf("--dependency=afterany%s", str_text(&u->jobs));
    const char *const argv[] = {"sbatch", "--parsable", after, "--kill-on-invalid-dep=yes",
                                script,   NULL};
    return run(u, argv, job, err);
}

static void take_back(const struct submission *u)
{
    const json_t *array;
    struct err ignored;
    size_t i;
    json_array_foreach (u->arrays, i, array) {
        const char *job = json_get_str(array, "job", "");
        slurm_cancel(&job, 1, &ignored);
    }
}

static int check_limits(size_t n, const struct slurm_limits *l, struct err *err)
{
    if (n + SPARE_JOBS <= l->max_jobs)
        return 0;
    return err_input(
        err,
        "%zu shards: this cluster holds %u jobs at a time (MaxJobCount), of all users; "
        "cut the experiment into fewer shards",
        n, l->max_jobs);
}

int submit_shards(struct study *s, const unsigned *shards, size_t n,
                  const struct slurm_limits *limits, bool print, struct str *shown, struct err *err)
{
    struct submission u = {
        .study = s, .shards = shards, .arrays = json_array(), .print = print, .shown = shown};
    char *merge CLEANUP_FREE = NULL, *now CLEANUP_FREE = clock_utc_now();
    unsigned at_once = (unsigned)json_get_int(s->json, "at_once", 0);
    u.n_cuts = arrays_cut(shards, n, limits->max_array_size, at_once, &u.cuts);
    int rc = check_limits(n, limits, err);
    for (size_t i = 0; rc == 0 && i < u.n_cuts; i++)
        rc = submit_array(&u, &u.cuts[i], err);
    if (rc == 0)
        rc = submit_merge(&u, &merge, err);
    if (rc < 0 && !print)
        take_back(&u);
    if (rc == 0 && !print)
        rc = study_add_submission(
            s, json_pack("{s:s, s:O, s:s}", "at", now, "arrays", u.arrays, "merge", merge), err);
    json_decref(u.arrays);
    arrays_free(u.cuts, u.n_cuts);
    str_free(&u.jobs);
    return rc;
}
