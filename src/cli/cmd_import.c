/* hrm import: public benchmarks as suites. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/values.h"
#include "experiment/plan.h"
#include "import/import.h"
#include "label/mast_import.h"
#include "suite/suite.h"

enum { KEY_PRELUDE = 1000, KEY_LIMIT, KEY_STEPS, KEY_SKIP_BAD };

struct import_args {
    const char *path, *output;
    struct import_options opt;
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "write to FILE instead of standard output"},
    {"prelude", KEY_PRELUDE, "typing|CODE", 0,
     "code put before every program, recorded in the suite; 'typing' is 'from typing import *'"},
    {"limit", KEY_LIMIT, "N|A-B", 0, "only the first N rows, or rows A to B"},
    {"steps", KEY_STEPS, "N|A-B", 0,
     "only rows of N steps, or of A to B; --limit then counts those (gsm8k, svamp)"},
    {"skip-bad", KEY_SKIP_BAD, 0, 0, "leave out rows that cannot be imported, and name them"},
    {0}};

static error_t parse_limit(const char *value, struct import_options *opt, struct argp_state *state)
{
    struct plan_selection rows;
    struct err err = {0};
    if (plan_parse_limit(value, &rows, &err) < 0) {
        argp_error(state, "%s", err.msg);
        return EINVAL;
    }
    opt->first = rows.first;
    opt->last = rows.last;
    return 0;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct import_args *args = state->input;
    char *names CLEANUP_FREE = import_names(", ");
    switch (key) {
    case 'o':
        args->output = value;
        return 0;
    case KEY_PRELUDE:
        args->opt.prelude = str_eq(value, "typing") ? "from typing import *" : value;
        return 0;
    case KEY_LIMIT:
        return parse_limit(value, &args->opt, state);
    case KEY_STEPS:
        value_steps(value, 1000, &args->opt.steps_min, &args->opt.steps_max, state);
        return 0;
    case KEY_SKIP_BAD:
        args->opt.skip_bad = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0 && !import_knows(value) && !str_eq(value, "mast"))
            argp_error(state, "there is no benchmark '%s'; available: %s, mast", value, names);
        if (state->arg_num > 1)
            argp_error(state, "one file at a time; found '%s' too", value);
        *(state->arg_num == 0 ? &args->opt.benchmark : &args->path) = value;
        return 0;
    case ARGP_KEY_END:
        if (!args->path)
            argp_error(state, "name a benchmark (%s) and its file ('-' reads standard input)",
                       names);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static char *help_filter(int key, const char *text, void *input)
{
    (void)input;
    char *names CLEANUP_FREE = import_names("|");
    return key == ARGP_KEY_HELP_ARGS_DOC ? xasprintf("%s|mast %s", names, text) : (char *)text;
}

const struct argp import_argp = {
    options, parse_option, "FILE",
    "Make a suite of a public benchmark's file: JSON lines or a JSON array, plain or gzip.\v"
    "HumanEval, also with sample_io or as HumanEval-ET; MBPP, full, sanitized or MultiPL-E's; "
    "GSM8K, "
    "SVAMP and GSM-Hard as math suites. What is shown to the model and what is hidden is said in "
    "docs/suites.md. The same file gives the same suite, byte for byte.\n"
    "mast reads human-labelled traces of MAST or Who & When and makes a record in the directory "
    "named by -o, for hrm label --agreement (docs/labelling.md).",
    .help_filter = help_filter};

static void print_notes(const struct import_report *r)
{
    for (size_t i = 0; i < r->n_notes; i++)
        fprintf(stderr, "hrm: %s%s\n", r->notes[i].text, r->notes[i].skipped ? "; skipped" : "");
}

static void print_code_sum(const struct suite *s)
{
    size_t public = 0, hidden = 0, checks = 0;
    for (size_t i = 0; i < s->n_tasks; i++) {
        public += s->tasks[i].n_public;
        hidden += s->tasks[i].n_hidden;
        checks += s->tasks[i].check != NULL;
    }
    fprintf(stderr, "; %zu public tests, %zu hidden tests", public, hidden);
    if (checks > 0)
        fprintf(stderr, ", %zu check functions", checks);
}

/* How many tasks there are of each number of steps; 0 stands for "not known". */
static void print_math_sum(const struct suite *s)
{
    size_t n[16] = {0}, n_references = 0, most = sizeof n / sizeof n[0] - 1;
    for (size_t i = 0; i < s->n_tasks; i++) {
        size_t steps = (size_t)s->tasks[i].steps;
        n[steps < most ? steps : most]++;
        n_references += s->tasks[i].reference != NULL;
    }
    if (n_references > 0)
        fprintf(stderr, "; %zu reference programs", n_references);
    if (n[0] == s->n_tasks)
        return;
    fputs("; steps:", stderr);
    const char *comma = "";
    for (size_t i = 1; i <= most; i++) {
        if (n[i] == 0)
            continue;
        fprintf(stderr, "%s %zu%s x %zu", comma, i, i == most ? " or more" : "", n[i]);
        comma = ",";
    }
    if (n[0] > 0)
        fprintf(stderr, ", not known x %zu", n[0]);
}

static void print_sum(const struct suite *s, const struct import_report *r)
{
    fprintf(stderr, "hrm: %s: %zu tasks, %zu rows skipped", s->name, s->n_tasks, r->n_skipped);
    if (r->n_other_steps > 0)
        fprintf(stderr, ", %zu rows of other steps passed over", r->n_other_steps);
    (s->domain == SUITE_MATH ? print_math_sum : print_code_sum)(s);
    if (r->n_repeated > 0)
        fprintf(stderr, "; left out as repeated or given away by another test: %zu", r->n_repeated);
    fputc('\n', stderr);
}

static int write_suite(const struct suite *s, const char *output, struct err *err)
{
    char *text CLEANUP_FREE = suite_yaml(s);
    if (output && !str_eq(output, "-"))
        return file_write(output, text, strlen(text), err);
    fputs(text, stdout);
    return 0;
}

static int import_traces(const struct import_args *args)
{
    struct mast_import sum;
    struct err err = {0};
    int rc = args->output
                 ? mast_import(args->path, args->output, &sum, &err)
                 : err_input(&err, "hrm import mast: name a directory for the record (-o)");
    if (rc < 0)
        return cmd_fail(&err);
    fprintf(stderr,
            "hrm: %zu traces in %s/run.db, %zu programs in them; %ld modes named, %ld of them "
            "(%.1f %%) without a code of ours",
            sum.traces, args->output, sum.runs, sum.modes, sum.unmapped,
            sum.modes ? 100.0 * (double)sum.unmapped / (double)sum.modes : 0);
    if (sum.solved > 0)
        fprintf(stderr, "; %zu solved ones left out", sum.solved);
    fputc('\n', stderr);
    return EXIT_DONE;
}

int cmd_import(int argc, char **argv)
{
    struct import_args args = {0};
    int code = cmd_parse(&import_argp, argc, argv, &args);
    if (code)
        return code - 1;
    if (str_eq(args.opt.benchmark, "mast"))
        return import_traces(&args);
    struct import_report report;
    struct suite suite;
    struct err err = {0};
    if (suite_import(args.path, &args.opt, &suite, &report, &err) < 0)
        return cmd_fail(&err);
    print_notes(&report);
    int rc = write_suite(&suite, args.output, &err);
    if (rc == 0)
        print_sum(&suite, &report);
    import_report_free(&report);
    suite_free(&suite);
    return rc < 0 ? cmd_fail(&err) : EXIT_DONE;
}
