/* See merge_run.h. */
#include "cli/merge_run.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analysis/run.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/results.h"
#include "experiment/rundir.h"

/* ---- the temporary directory ---- */

static void remove_run(const struct rundir *d)
{
    static const char *const files[] = {"run.db",      "run.db-wal",   "run.db-shm",
                                        "run.db.lock", "run.db.new",   "manifest.json",
                                        "results.csv", "summary.json", "report.html"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path CLEANUP_FREE = file_join(d->path, files[i]);
        unlink(path);
    }
    rmdir(d->path);
}

static int make_unborn(const char *output, const char *hash, struct rundir *d, struct err *err)
{
    *d = (struct rundir){.path = xasprintf("%s.merging", output)};
    d->db = file_join(d->path, "run.db");
    snprintf(d->hash, sizeof d->hash, "%s", hash);
    remove_run(d); /* of a merge that was killed */
    int rc = rundir_check(d, err);
    return rc < 0 ? rc : rundir_make(d, err);
}

/* The merged run becomes `latest` if it lies beside its parts. */
static int mark_latest(const char *output, const char *part_db, struct err *err)
{
    char *dir CLEANUP_FREE = file_dir(output), *part CLEANUP_FREE = file_dir(part_db),
              *part_dir CLEANUP_FREE = file_dir(part),
              *latest CLEANUP_FREE = file_join(dir, "latest");
    if (!str_eq(dir, part_dir) || !file_exists(latest))
        return 0;
    return rundir_mark_latest(&(struct rundir){.path = (char *)output}, err);
}

/* ---- the merged run ---- */

struct whole {
    long episodes, done, faults;
    char *missing; /* shards */
};

static int write_whole(struct store *store, const struct rundir *d, json_t *manifest,
                       const char *status, struct whole *w, struct err *err)
{
    struct analysis_run report;
    int rc = manifest_save(manifest, status, d->path, store, err);
    if (rc == 0)
        rc = analysis_load(store, &report, err);
    if (rc < 0)
        return rc;
    rc = results_write(store, &report, d->path, err);
    w->episodes = report.episodes;
    w->done = report.done;
    w->faults = report.faults;
    analysis_run_free(&report);
    return rc;
}

static int add_part(struct store *whole, const char *path, struct err *err)
{
    struct store *part = NULL;
    int rc = store_open(path, STORE_READ, &part, err);
    if (rc == 0)
        rc = store_merge(whole, part, err);
    store_close(part);
    return rc;
}

static int fill(const struct rundir *d, const struct merge_part *parts, size_t n,
                const char *command, json_t *missing, struct whole *w, struct err *err)
{
    struct store *store = NULL;
    const char *status;
    int rc = store_open(d->db, STORE_WRITE, &store, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = add_part(store, parts[i].path, err);
    json_t *manifest CLEANUP_JSON = merge_manifest(parts, n, command, &status, &w->missing);
    if (missing)
        json_object_set(manifest, "missing_shards", missing);
    if (rc == 0)
        rc = write_whole(store, d, manifest, status, w, err);
    store_close(store);
    return rc;
}

int merge_runs(const char *output, const struct merge_part *parts, size_t n, const char *command,
               json_t *missing, struct err *err)
{
    struct whole w = {0};
    struct rundir d;
    int rc = merge_check(parts, n, err);
    if (rc < 0)
        return rc;
    rc = make_unborn(output, parts[0].manifest.config_hash, &d, err);
    if (rc == 0)
        rc = fill(&d, parts, n, command, missing, &w, err);
    if (rc == 0 && rename(d.path, output) < 0)
        rc = err_errno(err, errno, "%s", output);
    if (rc < 0)
        remove_run(&d);
    else
        rc = mark_latest(output, parts[0].path, err);
    if (rc == 0)
        fprintf(stderr, "hrm: %s: %ld of %ld episodes done, %ld in error\n", output, w.done,
                w.episodes, w.faults);
    if (rc == 0 && w.missing)
        fprintf(stderr, "hrm: missing shards: %s\n", w.missing);
    free(w.missing);
    rundir_free(&d);
    return rc;
}
