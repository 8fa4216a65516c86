/* The table of commands: one command = one file cmd_*.c + one row in main.c. A command gets its own
 * argv (argv[0] is "hrm NAME") in which long options are already spelt with '-' ("--max_iters"
 * arrives as "--max-iters"), and returns the exit code. Results go to stdout, messages to stderr.
 */
#pragma once
#include <argp.h>
#include "base/err.h"

/* Exit codes, design.md section 3. */
enum {
    EXIT_DONE = 0,
    EXIT_EPISODES_IN_ERROR = 1,
    EXIT_BAD_INPUT = 2,
    EXIT_ENVIRONMENT = 3,
    EXIT_INTERRUPTED = 130,
};

struct cmd {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
    /* What it takes: parsing, help, manual page and completion are made from this one table. NULL
     * where make_argp gives it, and of a command that only has subcommands. */
    const struct argp *argp;
    const struct cmd *subcommands;         /* ends with {0}; NULL = none */
    const struct argp *also;               /* another command's options that this one takes, too */
    const struct argp *(*make_argp)(void); /* for a table that is chosen from another one */
};

/* Prints "hrm: message" to stderr; the exit code that goes with the kind of error. */
int cmd_fail(const struct err *err);
/* argp_parse with the rules of parse.c: one sentence for a wrong flag, exit 2. 0, or an exit code +
 * 1 to be returned as it is (--help gives EXIT_DONE + 1). */
int cmd_parse(const struct argp *argp, int argc, char **argv, void *input);

/* argp's own options, which every command has. */
extern const struct argp_option cmd_common_options[];

int cmd_calibrate(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_completion(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_exec(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_gen(int argc, char **argv);
int cmd_grade(int argc, char **argv);
int cmd_help(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_label(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_power(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_slurm(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_tag(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_validate(int argc, char **argv);
int cmd_view(int argc, char **argv);

extern const struct argp compare_argp;
extern const struct argp completion_argp;
extern const struct argp doctor_argp;
extern const struct argp exec_argp;
extern const struct argp export_argp;
extern const struct argp extract_argp;
extern const struct argp gen_argp;
extern const struct argp grade_argp;
extern const struct argp help_argp;
extern const struct argp import_argp;
extern const struct argp label_argp;
extern const struct argp list_argp;
extern const struct argp merge_argp;
extern const struct argp power_argp;
extern const struct argp report_argp;
extern const struct argp run_argp;
extern const struct argp show_argp;
extern const struct argp stats_argp;
extern const struct argp tag_argp;
extern const struct argp train_argp;
extern const struct argp validate_argp;
extern const struct argp view_argp;
extern const struct cmd gen_subcommands[], slurm_subcommands[];
