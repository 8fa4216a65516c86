/* hrm report RUN... : the tables of finished (or interrupted) runs. */
#include <stdio.h>
#include <string.h>
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/print_doc.h"
#include "report/report.h"

struct report_args {
    const char *format, *output;
    char **runs; /* [n_runs] */
    int n_runs;
};

static const struct argp_option options[] = {
    {"format", 'f', "FORMAT", 0, "text (default), md or csv"},
    {"output", 'o', "FILE", 0, "write to FILE instead of standard output"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct report_args *args = state->input;
    switch (key) {
    case 'f':
        args->format = value;
        return 0;
    case 'o':
        args->output = value;
        return 0;
    case ARGP_KEY_ARGS:
        args->runs = state->argv + state->next;
        args->n_runs = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name a run: its directory, its run.db, or an experiment");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options, parse_option, "RUN...",
    "Print the tables of finished or interrupted runs.\v"
    "RUN is a run's directory, its run.db, or the name of an experiment (its latest run under "
    "runs/)."};

static int render_run(const char *name, const char *format, struct str *out, struct err *err)
{
    struct report_run run;
    int rc = load_run(name, &run, err);
    if (rc < 0)
        return rc;
    rc = report_render(&run, format, out, err);
    report_run_free(&run);
    return rc;
}

int cmd_report(int argc, char **argv)
{
    struct report_args args = {.format = "text"};
    struct str out CLEANUP_STR = {0};
    struct err err = {0};
    int code = cmd_parse(&argp, argc, argv, &args);
    if (code)
        return code - 1;
    if (!doc_find_writer(args.format, &err))
        return cmd_fail(&err);
    for (int i = 0; i < args.n_runs; i++) {
        if (i > 0 && !str_eq(args.format, "csv"))
            str_addc(&out, '\n');
        if (render_run(args.runs[i], args.format, &out, &err) < 0)
            return cmd_fail(&err);
    }
    if (args.output && !str_eq(args.output, "-"))
        return file_write(args.output, out.p, out.len, &err) < 0 ? cmd_fail(&err) : EXIT_DONE;
    fwrite(str_text(&out), 1, out.len, stdout);
    return EXIT_DONE;
}
