/* hrm merge: joins the parts of a run, which were run separately. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/mem.h"
#include "cli/cmd.h"
#include "cli/command_line.h"
#include "cli/merge_run.h"
#include "cli/values.h"
#include "experiment/merge.h"
#include "experiment/rundir.h"

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

const struct argp merge_argp = {
    options, parse_option, "-o DIR RUN...",
    "Merge the parts of a run: shards, or other selections of the same experiment.\v"
    "RUN is a part's directory or its run.db. The parts must have the same configuration and share "
    "no finished episode; they are only read. The merged run is a run like any other. If DIR is "
    "the "
    "directory that the same command without --shard would use, that command continues it."};

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
    int code = cmd_parse(&merge_argp, argc, argv, &args);
    if (code)
        return code - 1;
    size_t n = (size_t)args.n_runs;
    struct merge_part *parts = xcalloc(n, sizeof *parts);
    char **paths = xcalloc(n, sizeof *paths);
    int rc = file_exists(args.output)
                 ? err_input(&err, "%s exists already; name a new directory", args.output)
                 : read_parts(&args, parts, paths, &err);
    if (rc == 0)
        rc = merge_runs(args.output, parts, n, command, NULL, &err);
    for (size_t i = 0; i < n; i++) {
        manifest_free(&parts[i].manifest);
        free(paths[i]);
    }
    free(parts);
    free(paths);
    return rc < 0 ? cmd_fail(&err) : EXIT_DONE;
}
