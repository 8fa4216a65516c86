/* hrm stats FILE...: paired statistics of any table of outcomes, or of other programs' logs. */
#include <errno.h>
#include "cli/cmd.h"
#include "cli/print_doc.h"
#include "cli/read_logs.h"
#include "report/stats_report.h"

struct stats_args {
    struct print_args print;
    struct logs_args logs;
    char **files; /* [n_files] */
    int n_files;
};

static const struct argp_option options[] = {
    {"arms", 'a', "ARM,ARM", 0, "only these arms, the first compared with the others"}, {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct stats_args *args = state->input;
    switch (key) {
    case 'a':
        args->logs.arms = value;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &args->print;
        state->child_inputs[1] = &args->logs;
        return 0;
    case ARGP_KEY_ARGS:
        args->files = state->argv + state->next;
        args->n_files = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name a CSV file, - for standard input, or logs of another program");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    {&print_argp, 0, NULL, 0}, {&logs_argp, 0, NULL, 0}, {0}};

const struct argp stats_argp = {
    options, parse_option, "OUTCOMES.csv\nLOG...",
    "Compare the arms of a table of outcomes, or the systems of other programs' logs, paired by "
    "task.\v"
    "A table has one row per attempt, with a header; columns in any order: task, arm, passed (0/1, "
    "true/false, pass/fail), and where known sample, seconds, tokens, cluster (tasks of one "
    "template or topic). Other columns are ignored, rows without an outcome and tasks without "
    "every arm are left out and counted. results.csv of a run is such a table.\n\n"
    "A LOG is of Inspect (.eval, .json), lm-eval (samples_*.jsonl), EvalPlus (eval_results.json), "
    "promptfoo (.json, .jsonl) or HAL (*_UPLOAD.json), told by its content. Several of one program "
    "are paired by the ids of their tasks, or refused with the reason.",
    children};

int cmd_stats(int argc, char **argv)
{
    struct stats_args args = {.print = {.format = "text"}};
    struct analysis_outcomes outcomes;
    struct err err = {0};
    int code = cmd_parse(&stats_argp, argc, argv, &args);
    if (code)
        return code - 1;
    if (!doc_find_writer(args.print.format, &err))
        return cmd_fail(&err);
    if (logs_outcomes(args.files, args.n_files, &args.logs, &outcomes, &err) < 0)
        return cmd_fail(&err);
    const char *title = logs_title(args.files, args.n_files, &outcomes);
    code = print_doc(outcomes_doc(&outcomes, title), &args.print);
    analysis_run_free(&outcomes.run);
    return code;
}
