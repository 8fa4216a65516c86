/* hrm compare RUN RUN...: models, prompts, budgets on the same tasks; or the logs of other
 * programs. */
#include "base/mem.h"
#include "cli/cmd.h"
#include "cli/print_doc.h"
#include "cli/read_logs.h"
#include "report/compare_many.h"
#include "report/stats_report.h"

struct compare_args {
    struct print_args print;
    struct logs_args logs;
    const char *arm;
    char **runs; /* [n_runs] */
    int n_runs;
};

enum { OPT_ARMS = 0x300 };

static const struct argp_option options[] = {
    {"arm", 'a', "ARM", 0, "of two runs: only this arm (default: all that both have)"},
    {"arms", OPT_ARMS, "ARM,ARM", 0,
     "of logs: only these systems, the first compared with the others"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct compare_args *args = state->input;
    switch (key) {
    case 'a':
        args->arm = value;
        return 0;
    case OPT_ARMS:
        args->logs.arms = value;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &args->print;
        state->child_inputs[1] = &args->logs;
        return 0;
    case ARGP_KEY_ARGS:
        args->runs = state->argv + state->next;
        args->n_runs = state->argc - state->next;
        return 0;
    case ARGP_KEY_END:
        if (args->n_runs < 1 || (args->n_runs == 1 && !logs_is(args->runs[0])))
            argp_error(state, "name two runs or more (directories, run.db files, capsules, or "
                              "experiments), or logs of another program");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&print_argp, 0, NULL, 0}, {&logs_argp, 0, NULL, 0}, {0}};

const struct argp compare_argp = {
    options, parse_option, "RUN RUN...\nLOG...",
    "Compare two runs of the same suite, arm by arm, paired by task: two models, two prompts, two "
    "budgets; more than two runs as a table and a figure of models and experiments; or the logs of "
    "another program, as 'hrm stats' does.\v"
    "The output for two runs begins with what differs between them. Two runs of different suites "
    "are refused; 'hrm stats --help' says which logs are read.",
    children};

static int compare_logs(const struct compare_args *args, struct err *err)
{
    struct analysis_outcomes outcomes;
    if (args->arm)
        return err_input(err, "--arm: of runs; the systems of logs are chosen with --arms");
    int rc = logs_outcomes(args->runs, args->n_runs, &args->logs, &outcomes, err);
    if (rc < 0)
        return rc;
    const char *title = logs_title(args->runs, args->n_runs, &outcomes);
    int code = print_doc(outcomes_doc(&outcomes, title), &args->print);
    analysis_run_free(&outcomes.run);
    return code;
}

static int compare_runs(const struct compare_args *args, const struct analysis_run *runs,
                        struct err *err)
{
    const char *const *names = (const char *const *)args->runs;
    struct analysis_run made = {0};
    struct doc *d = NULL;
    if (args->n_runs > 2 && args->arm)
        err_input(err, "--arm: of two runs; found %d", args->n_runs);
    else
        d = args->n_runs > 2 ? compare_many_doc(runs, (size_t)args->n_runs, names, err)
                             : compare_doc(&runs[0], &runs[1], names, args->arm, &made, err);
    if (!d)
        return cmd_fail(err);
    int code = print_doc(d, &args->print);
    if (made.arena)
        analysis_run_free(&made);
    return code;
}

static int load_and_compare(const struct compare_args *args, struct err *err)
{
    struct analysis_run *runs CLEANUP_FREE = xcalloc((size_t)args->n_runs, sizeof *runs);
    int rc = 0;
    if (args->logs.arms || args->logs.choice.metric || args->logs.choice.cluster)
        return err_input(err, "--%s: of logs; found runs",
                         args->logs.arms            ? "arms"
                         : args->logs.choice.metric ? "metric"
                                                    : "cluster");
    for (int i = 0; rc == 0 && i < args->n_runs; i++)
        rc = load_run(args->runs[i], &runs[i], err);
    int code = rc < 0 ? cmd_fail(err) : compare_runs(args, runs, err);
    for (int i = 0; i < args->n_runs; i++)
        if (runs[i].arena)
            analysis_run_free(&runs[i]);
    return code;
}

int cmd_compare(int argc, char **argv)
{
    struct compare_args args = {.print = {.format = "text"}};
    struct err err = {0};
    int code = cmd_parse(&compare_argp, argc, argv, &args);
    if (code)
        return code - 1;
    if (!doc_find_writer(args.print.format, &err))
        return cmd_fail(&err);
    code = logs_is(args.runs[0]) ? compare_logs(&args, &err) : load_and_compare(&args, &err);
    return code < 0 ? cmd_fail(&err) : code;
}
