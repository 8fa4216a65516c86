/* hrm export: a run's record for other programs. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/find_run.h"
#include "cli/values.h"
#include "store/export.h"

struct export_args {
    const char *run, *format, *output;
};

static const struct argp_option options[] = {
    {"format", 'f', "FORMAT", 0,
     "csv: one line per episode (default); jsonl: one object per episode with its calls, tool runs "
     "and events"},
    {"output", 'o', "FILE", 0, "write to FILE instead of standard output"},
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
    default:
        return value_run(key, value, &args->run, NULL, state);
    }
}

static const struct argp argp = {options, parse_option, "RUN",
                                 "Write the record of a run as CSV or JSON lines."};

static int export_to(struct store *s, const char *format, FILE *out, struct err *err)
{
    return str_eq(format, "csv") ? store_export_csv(s, out, err) : store_export_jsonl(s, out, err);
}

static int export_to_file(struct store *s, const char *format, const char *path, struct err *err)
{
    FILE *out = fopen(path, "we");
    if (!out)
        return err_input(err, "%s: cannot be written: %m", path);
    int rc = export_to(s, format, out, err);
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
    int code = cmd_parse(&argp, argc, argv, &args);
    if (code)
        return code - 1;
    int rc = find_run(args.run, &db, &err);
    if (rc == 0)
        rc = store_open(db, STORE_READ, &store, &err);
    if (rc == 0)
        rc = args.output && !str_eq(args.output, "-")
                 ? export_to_file(store, args.format, args.output, &err)
                 : export_to(store, args.format, stdout, &err);
    store_close(store);
    if (rc == -EPIPE) /* hrm export | head: the reader has exited */
        return EXIT_DONE;
    return rc < 0 ? cmd_fail(&err) : EXIT_DONE;
}
