/* hrm power: what a plan can detect, and how many tasks a difference takes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/decimal.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/print_doc.h"
#include "cli/values.h"
#include "report/plan_power.h"

struct power_args {
    struct print_args print;
    const char *pilot;
    long tasks, samples;
    double difference;
};

enum { OPT_TASKS = 0x100, OPT_SAMPLES, OPT_PILOT, OPT_DIFFERENCE };

static const struct argp_option options[] = {
    {"tasks", OPT_TASKS, "N", 0, "what N tasks find"},
    {"samples", OPT_SAMPLES, "K", 0, "of each task, in each arm (default: 1)"},
    {"difference", OPT_DIFFERENCE, "D", 0, "how many tasks this takes; 0.05 is 5 pp"},
    {"pilot", OPT_PILOT, "RUN", 0, "variances as in this run (default: assumed)"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct power_args *args = state->input;
    switch (key) {
    case OPT_TASKS:
        args->tasks = (long)value_whole(value, "tasks", 1, 100000000, state);
        return 0;
    case OPT_SAMPLES:
        args->samples = (long)value_whole(value, "samples", 1, 100000000, state);
        return 0;
    case OPT_DIFFERENCE:
        if (!decimal_parse(value, &args->difference) ||
            !(args->difference > 0 && args->difference < 1))
            argp_error(state,
                       "--difference: expected a share between 0 and 1 (0.05 is 5 pp), found '%s'",
                       value);
        return 0;
    case OPT_PILOT:
        args->pilot = value;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &args->print;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "there is nothing to do with '%s'; a run is given with --pilot", value);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp power_argp = {
    options, parse_option, NULL,
    "What a plan of tasks and samples can detect between two arms, before anything runs.\v"
    "Detectable: found by a two-sided paired test at 5 % in 80 of 100 runs (Miller 2024). Without "
    "a pilot run "
    "the variances are assumed: 0.02 between tasks, 0.10 within.",
    print_children};

/* Where the variances are from. A pilot without any leaves the assumed ones. Caller frees. */
static char *source_of(const struct power_args *args, const struct analysis_run *pilot,
                       struct stats_design *design)
{
    bool spread = stats_design_has_spread(design);
    if (!spread)
        *design = stats_design_default;
    return xasprintf("%s %s, %s against %s, %zu task%s x %d sample%s%s",
                     spread ? "of" : "assumed, since in", args->pilot, pilot->arms[0],
                     pilot->arms[1], pilot->n_tasks, pilot->n_tasks == 1 ? "" : "s", pilot->samples,
                     pilot->samples == 1 ? "" : "s", spread ? "" : ", every task came out alike");
}

int cmd_power(int argc, char **argv)
{
    struct power_args args = {.print = {.format = "text"}, .samples = 1};
    struct err err = {0};
    int code = cmd_parse(&power_argp, argc, argv, &args);
    if (code)
        return code - 1;
    if (!doc_find_writer(args.print.format, &err))
        return cmd_fail(&err);
    struct power_question q = {.design = stats_design_default,
                               .source = "assumed",
                               .tasks = args.tasks,
                               .samples = args.samples,
                               .difference = args.difference};
    char *source CLEANUP_FREE = NULL;
    struct analysis_run pilot = {0};
    int rc = args.pilot ? load_run(args.pilot, &pilot, &err) : 0;
    if (rc == 0 && args.pilot)
        rc = power_from_pilot(&pilot, &q.design, &err);
    if (rc == 0 && args.pilot)
        q.source = source = source_of(&args, &pilot, &q.design);
    code =
        rc < 0 ? cmd_fail(&err) : print_doc(power_doc(&q, args.pilot ? &pilot : NULL), &args.print);
    if (pilot.arena)
        analysis_run_free(&pilot);
    return code;
}
