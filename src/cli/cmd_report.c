/* hrm report RUN... : the tables of finished (or interrupted) runs. */
#include <stdio.h>
#include <string.h>
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "experiment/rundir.h"
#include "report/report.h"
#include "store/store.h"

struct report_args {
    const char *format, *output;
    char **runs; /* [n_runs] */
    int n_runs;
};

static const struct argp_option options[] = {
    {"format", 'f', "FORMAT", 0, "text (default), md, csv, latex or html"},
    {"output", 'o', "FILE", 0,
     "write to FILE instead of standard output; with latex, a directory for tables.tex, "
     "figures.tex "
     "and their data, or a .tex file for the tables alone"},
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

struct opened {
    struct store *store;
    struct report_run run;
};

static int open_run(const char *name, struct opened *o, struct err *err)
{
    char *db CLEANUP_FREE = NULL;
    int rc = rundir_find(name, &db, err);
    if (rc == 0)
        rc = store_open(db, STORE_READ, &o->store, err);
    return rc == 0 ? report_load(o->store, &o->run, err) : rc;
}

static void close_run(struct opened *o)
{
    report_run_free(&o->run);
    store_close(o->store);
}

/* All runs in one text. */
static int render(const struct report_args *args, struct str *out, struct err *err)
{
    int rc = 0;
    for (int i = 0; i < args->n_runs && rc == 0; i++) {
        struct opened o = {0};
        if (i > 0 && !str_eq(args->format, "csv"))
            str_addc(out, '\n');
        rc = open_run(args->runs[i], &o, err);
        if (rc == 0)
            rc = report_render(&o.run, args->format, out, err);
        close_run(&o);
    }
    return rc;
}

static bool is_directory(const struct report_args *args)
{
    return str_eq(args->format, "latex") && args->output && !str_eq(args->output, "-") &&
           !str_ends(args->output, ".tex");
}

static int check(const struct report_args *args, struct err *err)
{
    if (!doc_find_writer(args->format, err))
        return err->code;
    if (args->n_runs > 1 && (str_eq(args->format, "html") || is_directory(args)))
        return err_input(err, "%s: one RUN at a time; found %d",
                         is_directory(args) ? "a directory of LaTeX files" : "an HTML page",
                         args->n_runs);
    return 0;
}

static int write_directory(const struct report_args *args, struct err *err)
{
    struct opened o = {0};
    int rc = open_run(args->runs[0], &o, err);
    if (rc == 0)
        rc = report_write_latex(&o.run, args->output, err);
    close_run(&o);
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
    if (check(&args, &err) < 0)
        return cmd_fail(&err);
    if (is_directory(&args))
        return write_directory(&args, &err) < 0 ? cmd_fail(&err) : EXIT_DONE;
    if (render(&args, &out, &err) < 0)
        return cmd_fail(&err);
    if (args.output && !str_eq(args.output, "-"))
        return file_write(args.output, out.p, out.len, &err) < 0 ? cmd_fail(&err) : EXIT_DONE;
    fwrite(str_text(&out), 1, out.len, stdout);
    return EXIT_DONE;
}
