/* The table of commands, and finding one by its name. hrm help, the manual pages and shell
 * completion read it, too. */
#pragma once
#include <stdio.h>
#include "base/str.h"
#include "cli/cmd.h"

extern const struct cmd commands[]; /* in the order of the help text; ends with {0} */

/* Tables end with {0}. NULL = there is none, also in no table (NULL). */
const struct cmd *commands_find(const struct cmd *table, const char *name);
/* What the command takes; NULL = only subcommands. */
const struct argp *commands_argp(const struct cmd *c);
/* Runs it with argv[0] = "<parent> <name>"; argv[0] of the caller is overwritten. An exit code. */
int commands_start(const char *parent, const struct cmd *c, int argc, char **argv);
/* There is no command or option of this name: one sentence, with the nearest name. An exit code. */
int commands_refuse(const struct cmd *table, const char *parent, const char *word);
/* A line for each command: its name and what it does. */
void commands_print(const struct cmd *table, FILE *f);
/* All that `hrm --help` prints. */
void commands_print_help(FILE *f);

/* What an exit code means. */
struct exit_meaning {
    int code;
    const char *meaning;
};
extern const struct exit_meaning exit_meanings[];
extern const size_t n_exit_meanings;
