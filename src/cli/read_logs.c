/* See read_logs.h. */
#include "cli/read_logs.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

enum { OPT_METRIC = 0x200, OPT_CLUSTER };

static const struct argp_option options[] = {
    {"metric", OPT_METRIC, "NAME", 0,
     "of logs with several: Inspect's scorer, lm-eval's METRIC,FILTER, EvalPlus' base or plus"},
    {"cluster", OPT_CLUSTER, "KEY", 0,
     "of logs: what of a task's metadata (lm-eval: of its document) names the cluster it is of"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct logs_args *args = state->input;
    switch (key) {
    case OPT_METRIC:
        args->choice.metric = value;
        return 0;
    case OPT_CLUSTER:
        args->choice.cluster = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp logs_argp = {.options = options, .parser = parse_option};

bool logs_is(const char *path)
{
    FILE *f CLEANUP_FILE = str_eq(path, "-") || file_is_dir(path) ? NULL : fopen(path, "re");
    int c = ' ';
    while (f && (c == ' ' || c == '\n' || c == '\r' || c == '\t'))
        c = getc(f);
    return f && (c == '{' || (c == 'P' && getc(f) == 'K' && getc(f) == 3));
}

static int read_all(char *const *files, int n, const struct logs_args *args, struct log *logs,
                    struct err *err)
{
    for (int i = 0; i < n; i++) {
        int rc = log_read(files[i], &args->choice, &logs[i], err);
        if (rc == 0)
            return err_input(err,
                             "%s is no log of another program; a CSV table is read alone, all its "
                             "arms in one file",
                             files[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static void describe(const struct log *logs, int n, struct str *out)
{
    str_addf(out, "Read from logs of %s, score '%s': ", logs[0].tool, logs[0].metric);
    for (int i = 0; i < n; i++) {
        str_addf(out, "%s%s", i ? "; " : "", file_base(logs[i].path));
        if (*logs[i].benchmark)
            str_addf(out, " (%s)", logs[i].benchmark);
    }
    str_add(out, ".");
}

static int of_logs(char *const *files, int n, const struct logs_args *args,
                   struct analysis_outcomes *out, struct err *err)
{
    struct log *logs CLEANUP_FREE = xcalloc((size_t)n + 1, sizeof *logs);
    struct str csv CLEANUP_STR = {0}, source CLEANUP_STR = {0};
    int rc = read_all(files, n, args, logs, err);
    if (rc == 0)
        rc = log_table(logs, (size_t)n, &csv, err);
    if (rc == 0)
        rc = outcomes_parse(n == 1 ? files[0] : "the logs", str_text(&csv), csv.len, args->arms,
                            out, err);
    if (rc == 0) {
        describe(logs, n, &source);
        out->source = arena_strdup(out->run.arena, str_text(&source));
    }
    for (int i = 0; i < n; i++)
        log_free(&logs[i]);
    return rc;
}

int logs_outcomes(char *const *files, int n, const struct logs_args *args,
                  struct analysis_outcomes *out, struct err *err)
{
    bool logs = n > 1 || logs_is(files[0]);
    if (!logs && (args->choice.metric || args->choice.cluster))
        return err_input(err, "--%s: only for logs of other programs; %s is a table",
                         args->choice.metric ? "metric" : "cluster", files[0]);
    return logs ? of_logs(files, n, args, out, err) : outcomes_read(files[0], args->arms, out, err);
}

const char *logs_title(char *const *files, int n, const struct analysis_outcomes *o)
{
    const struct analysis_run *run = &o->run;
    return n == 1 ? files[0]
           : run->n_arms == 2
               ? arena_printf(run->arena, "%s against %s", run->arms[0], run->arms[1])
               : arena_printf(run->arena, "%zu systems of %d logs", run->n_arms, n);
}
