/* hrm merge: joins the parts of a run, which were run separately. The merged run is written under a
 * temporary name and renamed, so that it is complete when it appears. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/command_line.h"
#include "cli/results.h"
#include "cli/values.h"
#include "experiment/merge.h"
#include "experiment/rundir.h"
#include "analysis/run.h"

struct merge_args {
    const char *output;
    char **runs; /* [n_runs] */
    int n_runs;
};

static const struct argp_option options[] = {
    {"output", 'o', "DIR", 0, "the directory of the merged run; it must not exist yet"}, {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct merge_args *args = state->input;
    switch (key) {
    case 'o':
        for (size_t n = strlen(value); n > 1 && value[n - 1] == '/'; n--)
            value[n - 1] = '\0';
        args->output = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return 0;
    case ARGP_KEY_END:
        if (args->n_runs < 2)
            argp_error(state, "name two or more runs to merge");
        if (!args->output)
            argp_error(state, "name the directory of the merged run: -o DIR");
        return 0;
    default:
        return value_runs(key, &args->runs, &args->n_runs, state);
    }
}

static const struct argp argp = {
    options, parse_option, "-o DIR RUN...",
    "Merge the parts of a run: shards, or other selections of the same experiment.\v"
    "RUN is a part's directory or its run.db. The parts must have the same configuration and share "
    "no finished episode; they are only read. The merged run is a run like any other. If DIR is "
    "the "
    "directory that the same command without --shard would use, that command continues it."};

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
                const char *command, struct whole *w, struct err *err)
{
    struct store *store = NULL;
    const char *status;
    int rc = store_open(d->db, STORE_WRITE, &store, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = add_part(store, parts[i].path, err);
    json_t *manifest CLEANUP_JSON = merge_manifest(parts, n, command, &status, &w->missing);
    if (rc == 0)
        rc = write_whole(store, d, manifest, status, w, err);
    store_close(store);
    return rc;
}

static int merge(const char *output, const struct merge_part *parts, size_t n, const char *command,
                 struct err *err)
{
    struct whole w = {0};
    struct rundir d;
    int rc = merge_check(parts, n, err);
    if (rc < 0)
        return rc;
    rc = make_unborn(output, parts[0].manifest.config_hash, &d, err);
    if (rc == 0)
        rc = fill(&d, parts, n, command, &w, err);
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

static int read_parts(const struct merge_args *args, struct merge_part *parts, char **paths,
                      struct err *err)
{
    int rc = 0;
    for (int i = 0; rc == 0 && i < args->n_runs; i++) {
        rc = rundir_find(args->runs[i], &paths[i], err);
        if (rc == 0)
            rc = merge_read(paths[i], &parts[i], err);
    }
    return rc;
}

int cmd_merge(int argc, char **argv)
{
    struct merge_args args = {0};
    struct err err = {0};
    char *command CLEANUP_FREE = command_line(argc, argv);
    int code = cmd_parse(&argp, argc, argv, &args);
    if (code)
        return code - 1;
    size_t n = (size_t)args.n_runs;
    struct merge_part *parts = xcalloc(n, sizeof *parts);
    char **paths = xcalloc(n, sizeof *paths);
    int rc = file_exists(args.output)
                 ? err_input(&err, "%s exists already; name a new directory", args.output)
                 : read_parts(&args, parts, paths, &err);
    if (rc == 0)
        rc = merge(args.output, parts, n, command, &err);
    for (size_t i = 0; i < n; i++) {
        manifest_free(&parts[i].manifest);
        free(paths[i]);
    }
    free(parts);
    free(paths);
    return rc < 0 ? cmd_fail(&err) : EXIT_DONE;
}
