/* hrm compare RUN RUN: two models, two prompts, two budgets, on the same tasks. */
#include "cli/cmd.h"
#include "cli/print_doc.h"
#include "report/stats_report.h"

struct compare_args {
    struct print_args print;
    const char *arm, *runs[2];
    int n_runs;
};

static const struct argp_option options[] = {
    {"arm", 'a', "ARM", 0, "only this arm (default: all that both runs have)"}, {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct compare_args *args = state->input;
    switch (key) {
    case 'a':
        args->arm = value;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &args->print;
        return 0;
    case ARGP_KEY_ARG:
        if (args->n_runs == 2)
            argp_error(state, "two runs are compared: '%s' is one too many", value);
        args->runs[args->n_runs++] = value;
        return 0;
    case ARGP_KEY_END:
        if (args->n_runs < 2)
            argp_error(state, "name two runs: directories, run.db files, or experiments");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options, parse_option, "RUN RUN",
    "Compare two runs of the same suite, arm by arm, paired by task: two models, two prompts, two "
    "budgets.\v"
    "The output begins with what differs between the runs. Runs of different suites are refused.",
    print_children};

static int compare(const struct compare_args *args, const struct analysis_run *runs,
                   struct err *err)
{
    struct analysis_run made;
    struct doc *d = compare_doc(&runs[0], &runs[1], args->runs, args->arm, &made, err);
    if (!d)
        return cmd_fail(err);
    int code = print_doc(d, &args->print);
    analysis_run_free(&made);
    return code;
}

int cmd_compare(int argc, char **argv)
{
    struct compare_args args = {.print = {.format = "text"}};
    struct analysis_run runs[2] = {0};
    struct err err = {0};
    int code = cmd_parse(&argp, argc, argv, &args), rc = 0;
    if (code)
        return code - 1;
    if (!doc_find_writer(args.print.format, &err))
        return cmd_fail(&err);
    for (int i = 0; rc == 0 && i < 2; i++)
        rc = load_run(args.runs[i], &runs[i], &err);
    code = rc < 0 ? cmd_fail(&err) : compare(&args, runs, &err);
    for (int i = 0; i < 2; i++)
        if (runs[i].arena)
            analysis_run_free(&runs[i]);
    return code;
}
