/* hrm export: a run's record for other programs. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/export_capsule.h"
#include "cli/find_run.h"
#include "cli/values.h"
#include "store/capsule.h"
#include "store/export.h"

struct export_args {
    const char *run, *format, *output;
    const char *part; /* of a capsule; NULL = the record */
    struct capsule_args capsule;
};

enum { OPT_CAPSULE = 1, OPT_WITHOUT_TEXTS, OPT_SUITE, OPT_PROMPTS, OPT_PART };

static const struct argp_option options[] = {
    {"format", 'f', "csv|jsonl", 0,
     "csv: one line per episode (default); jsonl: one object per episode with its calls, tool runs "
     "and events"},
    {"output", 'o', "FILE", 0, "write to FILE instead of standard output"},
    {"capsule", OPT_CAPSULE, "FILE", 0,
     "pack the run into one file: record, suite, prompts, experiment and report"},
    {"without-texts", OPT_WITHOUT_TEXTS, 0, 0,
     "leave the suite's texts (prompts, tests, outputs) out of the capsule, as for publishing a "
     "run "
     "on a benchmark"},
    {"suite", OPT_SUITE, "FILE", 0, "where the suite of the run is now, for a capsule"},
    {"prompts", OPT_PROMPTS, "PROFILE", 0, "the prompts of the run, for a capsule"},
    {"part", OPT_PART, "NAME", 0,
     "a file that is packed in a capsule: suite.yaml, experiment.yaml, report.html, prompts/NAME"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct export_args *args = state->input;
    switch (key) {
    case 'f':
        if (!str_eq(value, "csv") && !str_eq(value, "jsonl"))
            argp_error(state, "--format: expected csv or jsonl, found '%s'", value);
        args->format = value;
        return 0;
    case 'o':
        args->output = value;
        return 0;
    case OPT_CAPSULE:
        args->capsule.path = value;
        return 0;
    case OPT_WITHOUT_TEXTS:
        args->capsule.without_texts = true;
        return 0;
    case OPT_SUITE:
        args->capsule.suite = value;
        return 0;
    case OPT_PROMPTS:
        args->capsule.prompts = value;
        return 0;
    case OPT_PART:
        args->part = value;
        return 0;
    case ARGP_KEY_SUCCESS:
        if (!args->capsule.path &&
            (args->capsule.without_texts || args->capsule.suite || args->capsule.prompts))
            argp_error(state, "--%s: only with --capsule FILE",
                       args->capsule.without_texts ? "without-texts"
                       : args->capsule.suite       ? "suite"
                                                   : "prompts");
        return 0;
    default:
        return value_run(key, value, &args->run, NULL, state);
    }
}

const struct argp export_argp = {
    options, parse_option, "RUN",
    "Write the record of a run as CSV or JSON lines, or pack the run into a "
    "capsule.\v"
    "A capsule is one file that 'hrm report', 'hrm show', 'hrm compare' "
    "and 'hrm run --model_backend replay --replay FILE' read like a "
    "run's directory."};

static int add_name(void *ctx, const char *name)
{
    str_addf(ctx, " %s", name);
    return 0;
}

/* A file of a capsule. */
static int export_part(struct store *s, const struct export_args *args, FILE *out, struct err *err)
{
    struct str names CLEANUP_STR = {0};
    char *bytes CLEANUP_FREE = NULL;
    size_t n;
    int rc = capsule_file(s, args->part, &bytes, &n, err);
    if (rc == 1)
        return fwrite(bytes, 1, n, out) == n ? 0 : err_errno(err, errno, "%s", args->part);
    if (rc == 0)
        rc = capsule_names(s, "", add_name, &names, err);
    return rc < 0 ? rc
                  : err_input(err, "--part: %s has no file '%s'; found:%s", args->run, args->part,
                              names.len ? str_text(&names) : " none, as it is no capsule");
}

static int export_to(struct store *s, const struct export_args *args, FILE *out, struct err *err)
{
    const char *format = args->format;
    if (args->part)
        return export_part(s, args, out, err);
    return str_eq(format, "csv") ? store_export_csv(s, out, err) : store_export_jsonl(s, out, err);
}

static int export_to_file(struct store *s, const struct export_args *args, struct err *err)
{
    const char *path = args->output;
    FILE *out = fopen(path, "we");
    if (!out)
        return err_input(err, "%s: cannot be written: %m", path);
    int rc = export_to(s, args, out, err);
    if (fclose(out) != 0 && rc == 0)
        rc = err_errno(err, errno, "%s", path);
    return rc;
}

int cmd_export(int argc, char **argv)
{
    struct export_args args = {.format = "csv"};
    struct store *store = NULL;
    struct err err = {0};
    char *db CLEANUP_FREE = NULL;
    int code = cmd_parse(&export_argp, argc, argv, &args);
    if (code)
        return code - 1;
    int rc = find_run(args.run, &db, &err);
    if (rc == 0)
        rc = store_open(db, STORE_READ, &store, &err);
    if (rc == 0)
        rc = store_check(store, true, &err);
    if (rc == 0 && args.capsule.path)
        rc = export_capsule(store, &args.capsule, &err);
    else if (rc == 0)
        rc = args.output && !str_eq(args.output, "-") ? export_to_file(store, &args, &err)
                                                      : export_to(store, &args, stdout, &err);
    store_close(store);
    if (rc == -EPIPE) /* hrm export | head: the reader has exited */
        return EXIT_DONE;
    return rc < 0 ? cmd_fail(&err) : EXIT_DONE;
}
