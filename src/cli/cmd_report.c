/* hrm report RUN... : the tables of finished (or interrupted) runs. */
#include <string.h>
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/print_doc.h"
#include "cli/values.h"
#include "experiment/rundir.h"
#include "report/report.h"
#include "store/store.h"

struct report_args {
    struct print_args print;
    char **runs; /* [n_runs] */
    int n_runs;
};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct report_args *args = state->input;
    (void)value;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &args->print;
        return 0;
    default:
        return value_runs(key, &args->runs, &args->n_runs, state);
    }
}

static const struct argp argp = {
    NULL, parse_option, "RUN...",
    "Print the tables of finished or interrupted runs.\v"
    "RUN is a run's directory, its run.db, or the name of an experiment (its latest run under "
    "runs/). With --format latex, FILE may be a directory, for tables.tex, figures.tex and their "
    "data, "
    "or a .tex file for the tables alone.",
    print_children};

struct opened {
    struct store *store;
    struct analysis_run run;
};

static int open_run(const char *name, struct opened *o, struct err *err)
{
    char *db CLEANUP_FREE = NULL;
    int rc = rundir_find(name, &db, err);
    if (rc == 0)
        rc = store_open(db, STORE_READ, &o->store, err);
    return rc == 0 ? analysis_load(o->store, &o->run, err) : rc;
}

static void close_run(struct opened *o)
{
    analysis_run_free(&o->run);
    store_close(o->store);
}

/* All runs in one text. */
static int render(const struct report_args *args, struct str *out, struct err *err)
{
    int rc = 0;
    for (int i = 0; i < args->n_runs && rc == 0; i++) {
        struct opened o = {0};
        if (i > 0 && !str_eq(args->print.format, "csv"))
            str_addc(out, '\n');
        rc = open_run(args->runs[i], &o, err);
        if (rc == 0)
            rc = report_render(&o.run, args->print.format, out, err);
        close_run(&o);
    }
    return rc;
}

static bool is_directory(const struct report_args *args)
{
    return str_eq(args->print.format, "latex") && args->print.output &&
           !str_eq(args->print.output, "-") && !str_ends(args->print.output, ".tex");
}

static int check(const struct report_args *args, struct err *err)
{
    if (!doc_find_writer(args->print.format, err))
        return err->code;
    if (args->n_runs > 1 && (str_eq(args->print.format, "html") || is_directory(args)))
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
        rc = report_write_latex(&o.run, args->print.output, err);
    close_run(&o);
    return rc;
}

int cmd_report(int argc, char **argv)
{
    struct report_args args = {.print = {.format = "text"}};
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
    return print_text(&out, args.print.output);
}
