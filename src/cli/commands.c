/* See commands.h. */
#include "cli/commands.h"
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "cli/run_args.h"
#include "doc/doc.h"

enum { HELP_COLUMNS = 88 };

/* A new command is cmd_NAME.c, its lines in cmd.h and meson.build, and its row here. */
const struct cmd commands[] = {
    {"run", "run an experiment, or continue a run", cmd_run, &run_argp},
    {"calibrate", "see whether a server reproduces its model's published value", cmd_calibrate,
     .make_argp = run_args_calibration},
    {"show", "list a run's episodes, or print one transcript", cmd_show, &show_argp},
    {"view", "show runs in the browser: verdicts, tasks, transcripts, labels", cmd_view,
     &view_argp},
    {"export", "write a run's record as CSV or JSON lines", cmd_export, &export_argp},
    {"merge", "merge the parts of a run", cmd_merge, &merge_argp},
    {"slurm", "submit an experiment to a cluster, watch it, merge it", cmd_slurm, NULL,
     slurm_subcommands},
    {"report", "print the answer, the tables and the page of runs", cmd_report, &report_argp},
    {"compare", "compare runs of one suite, or logs of other programs", cmd_compare, &compare_argp},
    {"stats", "paired statistics of any table of outcomes", cmd_stats, &stats_argp},
    {"power", "which difference a plan can detect", cmd_power, &power_argp},
    {"label", "label how episodes failed, with the arm hidden", cmd_label, &label_argp},
    {"tag", "tag a run's failures again, or explain one episode's tags", cmd_tag, &tag_argp},
    {"list", "list experiments and suites, or the runs and what they found", cmd_list, &list_argp},
    {"validate", "check suites: references pass, empty programs fail, ...", cmd_validate,
     &validate_argp},
    {"gen", "generate tasks, as a suite or as JSON lines", cmd_gen, &gen_argp, gen_subcommands},
    {"import", "convert a public benchmark's file into a suite", cmd_import, &import_argp},
    {"grade", "judge programs against tests, one per JSON line", cmd_grade, &grade_argp},
    {"exec", "run programs in the sandbox, one per JSON line", cmd_exec, &exec_argp},
    {"extract", "extract programs or answers from replies, one per JSON line", cmd_extract,
     &extract_argp},
    {"train", "train the embedded model", cmd_train, &train_argp},
    {"doctor", "show what this machine offers: sandbox, Python, servers", cmd_doctor, &doctor_argp},
    {"help", "show what a command does and takes, or its manual page", cmd_help, &help_argp},
    {"completion", "print what makes bash, zsh or fish complete hrm's words", cmd_completion,
     &completion_argp},
    {0},
};

const struct exit_meaning exit_meanings[] = {
    {EXIT_DONE, "complete"},
    {EXIT_EPISODES_IN_ERROR, "finished with episodes in error"},
    {EXIT_BAD_INPUT, "usage or bad input"},
    {EXIT_ENVIRONMENT, "environment (no server, no sandbox)"},
    {EXIT_INTERRUPTED, "interrupted (the same command continues)"},
};
const size_t n_exit_meanings = sizeof exit_meanings / sizeof *exit_meanings;

const struct cmd *commands_find(const struct cmd *table, const char *name)
{
    for (const struct cmd *c = table; c && c->name; c++)
        if (str_eq(c->name, name))
            return c;
    return NULL;
}

const struct argp *commands_argp(const struct cmd *c)
{
    return c->make_argp ? c->make_argp() : c->argp;
}

int commands_start(const char *parent, const struct cmd *c, int argc, char **argv)
{
    char *name CLEANUP_FREE = xasprintf("%s %s", parent, c->name);
    if (strchr(parent, ' ')) /* argp breaks "Try `hrm slurm submit --help' ..." at 79 otherwise */
        setenv("ARGP_HELP_FMT", "no-dup-args-note,rmargin=100", 1);
    argv[0] = name;
    return c->run(argc, argv);
}

int commands_refuse(const struct cmd *table, const char *parent, const char *word)
{
    const char *names[64];
    size_t n = 0;
    for (const struct cmd *c = table; c->name && n < sizeof names / sizeof *names; c++)
        names[n++] = c->name;
    const char *near = str_nearest(word, names, n);
    fprintf(stderr, "%s: there is no %s '%s'; ", parent, word[0] == '-' ? "option" : "command",
            word);
    if (near)
        fprintf(stderr, "did you mean '%s %s'?\n", parent, near);
    else
        fprintf(stderr, "'%s --help' lists the commands\n", parent);
    return EXIT_BAD_INPUT;
}

void commands_print(const struct cmd *table, FILE *f)
{
    for (const struct cmd *c = table; c->name; c++)
        fprintf(f, "  %-10s %s\n", c->name, c->summary);
}

void commands_print_help(FILE *f)
{
    struct str codes CLEANUP_STR = {0}, lines CLEANUP_STR = {0};
    fputs("Usage: hrm COMMAND [OPTION...] [ARGUMENT...]\n"
          "Does explicit hierarchy pay? Same model, same tools, same budget, paired statistics.\n\n"
          "Commands:\n",
          f);
    commands_print(commands, f);
    fputs("\n'hrm COMMAND --help' lists a command's options; '_' and '-' are the same in them.\n",
          f);
    for (size_t i = 0; i < n_exit_meanings; i++)
        str_addf(&codes, "%s%d %s", i ? ", " : "Exit codes: ", exit_meanings[i].code,
                 exit_meanings[i].meaning);
    str_addc(&codes, '.');
    doc_wrap_text(&lines, codes.p, HELP_COLUMNS);
    fputs(lines.p, f);
}
