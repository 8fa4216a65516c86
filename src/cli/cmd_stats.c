/* hrm stats outcomes.csv: paired statistics of any table of outcomes. */
#include <errno.h>
#include "cli/cmd.h"
#include "cli/print_doc.h"
#include "report/stats_report.h"

struct stats_args {
    struct print_args print;
    const char *arms, *file;
};

static const struct argp_option options[] = {
    {"arms", 'a', "A,B", 0, "only these arms, the first compared with the others"}, {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct stats_args *args = state->input;
    switch (key) {
    case 'a':
        args->arms = value;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &args->print;
        return 0;
    case ARGP_KEY_ARG:
        if (args->file)
            argp_error(state, "one table at a time: '%s' is one too many", value);
        args->file = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name a CSV file, or - for standard input");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options, parse_option, "OUTCOMES.csv",
    "Compare the arms of a table of outcomes, paired by task.\v"
    "One row per attempt, with a header; columns in any order: task, arm, passed (0/1, true/false, "
    "pass/fail), and where known sample, seconds, tokens, cluster (tasks of one template or "
    "topic). Other columns are ignored, rows without "
    "an outcome and tasks without every arm are left out and counted. results.csv of a run is such "
    "a table.",
    print_children};

int cmd_stats(int argc, char **argv)
{
    struct stats_args args = {.print = {.format = "text"}};
    struct analysis_outcomes outcomes;
    struct err err = {0};
    int code = cmd_parse(&argp, argc, argv, &args);
    if (code)
        return code - 1;
    if (!doc_find_writer(args.print.format, &err))
        return cmd_fail(&err);
    if (outcomes_read(args.file, args.arms, &outcomes, &err) < 0)
        return cmd_fail(&err);
    code = print_doc(outcomes_doc(&outcomes, args.file), &args.print);
    analysis_run_free(&outcomes.run);
    return code;
}
