/* hrm report RUN... : the answer of finished (or interrupted) runs on a screen; all tables when
 * asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "analysis/money.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/find_run.h"
#include "cli/print_doc.h"
#include "cli/print_screen.h"
#include "cli/values.h"
#include "model/price_table.h"
#include "report/report.h"
#include "store/capsule.h"
#include "store/store.h"

struct report_args {
    struct print_args print;
    char **runs; /* [n_runs] */
    int n_runs;
    const char *prices; /* a table of them; NULL = those of the runs */
    bool full, answer;
};

enum { OPT_FULL = 256, OPT_ANSWER, OPT_PRICES };

static const struct argp_option options[] = {
    {"full", OPT_FULL, 0, 0, "print all tables"},
    {"answer", OPT_ANSWER, 0, 0, "print the sentence that answers, and nothing else"},
    {"prices", OPT_PRICES, "FILE", 0,
     "what tokens cost, by model, in place of the prices recorded with the run"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct report_args *args = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &args->print;
        return 0;
    case OPT_FULL:
        args->full = true;
        return 0;
    case OPT_PRICES:
        args->prices = value;
        return 0;
    case OPT_ANSWER:
        args->answer = true;
        return 0;
    default:
        return value_runs(key, &args->runs, &args->n_runs, state);
    }
}

const struct argp report_argp = {
    options, parse_option, "RUN...",
    "Print the answer of finished or interrupted runs, or all their tables.\v"
    "RUN is a run's directory, its run.db, a capsule, or the name of an experiment (its latest run "
    "under runs/). Without --full, --format and --output the answer fits a screen. With --format "
    "latex, FILE may be a directory, for tables.tex, figures.tex and their "
    "data, "
    "or a .tex file for the tables alone.",
    print_children};

struct opened {
    char *db;
    struct store *store;
    struct analysis_run run;
};

/* The run with the prices of this table; of a replay, those of the model that it replays. */
static int price_anew(struct analysis_run *run, const char *path, const char *name, struct err *err)
{
    const json_t *model = run->manifest.model.identity, *was = json_object_get(model, "recorded");
    struct price_table *table = NULL;
    int rc = price_table_load(path, &table, err);
    if (rc < 0)
        return rc;
    json_t *prices = price_table_find(table, was ? was : model);
    price_table_free(table);
    if (!prices)
        return err_input(err, "--prices: %s has no price for the model of %s, %s at %s", path, name,
                         json_get_str(was ? was : model, "name", "?"),
                         json_get_str(was ? was : model, "base_url", "no server"));
    json_object_set_new(prices, "instead", json_true());
    json_object_set_new(run->manifest.json, "prices", prices);
    analysis_price(run);
    return 0;
}

static int open_run(const struct report_args *args, int i, struct opened *o, struct err *err)
{
    const char *name = args->runs[i];
    int rc = find_run(name, &o->db, err);
    if (rc == 0)
        rc = store_open(o->db, STORE_READ, &o->store, err);
    if (rc == 0) /* rows in any case, once; the trails of a small record, too */
        rc = store_check(o->store, store_is_small(o->store), err);
    if (rc == 0)
        rc = analysis_load_checked(o->store, &o->run, err);
    return rc == 0 && args->prices ? price_anew(&o->run, args->prices, name, err) : rc;
}

static void close_run(struct opened *o)
{
    analysis_run_free(&o->run);
    store_close(o->store);
    free(o->db);
}

/* Neither a format nor a file is named: for people at a terminal. */
static bool is_screen(const struct report_args *args)
{
    return !args->full && !args->print.format && !args->print.output;
}

static int show_screens(const struct report_args *args, struct err *err)
{
    int rc = 0;
    for (int i = 0; i < args->n_runs && rc == 0; i++) {
        struct opened o = {0};
        rc = open_run(args, i, &o, err);
        if (rc == 0 && i > 0)
            putchar('\n');
        char *dir CLEANUP_FREE = rc == 0 && !capsule_facts(o.store) ? file_dir(o.db) : NULL;
        if (rc == 0 && args->answer)
            print_answer(&o.run);
        else if (rc == 0)
            print_screen(&o.run, dir, args->runs[i]);
        close_run(&o);
    }
    return rc;
}

/* All runs in one text. */
static int render(const struct report_args *args, struct str *out, struct err *err)
{
    int rc = 0;
    for (int i = 0; i < args->n_runs && rc == 0; i++) {
        struct opened o = {0};
        if (i > 0 && !str_eq(args->print.format, "csv"))
            str_addc(out, '\n');
        rc = open_run(args, i, &o, err);
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
    bool html = str_eq(args->print.format, "html"), json = str_eq(args->print.format, "json");
    if (args->n_runs > 1 && (html || json || is_directory(args)))
        return err_input(err, "%s: one RUN at a time; found %d",
                         html   ? "an HTML page"
                         : json ? "a JSON document"
                                : "a directory of LaTeX files",
                         args->n_runs);
    return 0;
}

static int write_directory(const struct report_args *args, struct err *err)
{
    struct opened o = {0};
    int rc = open_run(args, 0, &o, err);
    if (rc == 0)
        rc = report_write_latex(&o.run, args->print.output, err);
    close_run(&o);
    return rc;
}

int cmd_report(int argc, char **argv)
{
    struct report_args args = {0};
    struct str out CLEANUP_STR = {0};
    struct err err = {0};
    int code = cmd_parse(&report_argp, argc, argv, &args);
    if (code)
        return code - 1;
    bool screen = args.answer || is_screen(&args);
    if (!args.print.format)
        args.print.format = "text";
    if (check(&args, &err) < 0)
        return cmd_fail(&err);
    if (screen)
        return show_screens(&args, &err) < 0 ? cmd_fail(&err) : EXIT_DONE;
    if (is_directory(&args))
        return write_directory(&args, &err) < 0 ? cmd_fail(&err) : EXIT_DONE;
    if (render(&args, &out, &err) < 0)
        return cmd_fail(&err);
    return print_text(&out, args.print.output);
}
