/* hrm: the table of commands and what they share: --help, --version, the nearest name after a
 * misspelt one, and a non-zero exit when the output could not be written. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/str.h"
#include "cli/cmd.h"

/* In the order of the help text. A new command is cmd_NAME.c, its line in meson.build, and its row
 * here. */
static const struct cmd commands[] = {
    {"run", "run an experiment, or continue a run", cmd_run},
    {"calibrate", "see whether a server reproduces its model's published value", cmd_calibrate},
    {"show", "list a run's episodes, or print one transcript", cmd_show},
    {"view", "show runs in the browser: verdicts, tasks, transcripts, labels", cmd_view},
    {"export", "write a run's record as CSV or JSON lines", cmd_export},
    {"merge", "merge the parts of a run", cmd_merge},
    {"slurm", "submit an experiment to a cluster, watch it, merge it", cmd_slurm},
    {"report", "print the answer, the tables and the page of runs", cmd_report},
    {"compare", "compare runs of one suite, or logs of other programs", cmd_compare},
    {"stats", "paired statistics of any table of outcomes", cmd_stats},
    {"power", "which difference a plan can detect", cmd_power},
    {"label", "label how episodes failed, with the arm hidden", cmd_label},
    {"tag", "tag a run's failures again, or explain one episode's tags", cmd_tag},
    {"list", "list experiments and suites, or the runs and what they found", cmd_list},
    {"validate", "check suites: references pass, empty programs fail, ...", cmd_validate},
    {"gen", "generate tasks, as a suite or as JSON lines", cmd_gen},
    {"import", "convert a public benchmark's file into a suite", cmd_import},
    {"grade", "judge programs against tests, one per JSON line", cmd_grade},
    {"exec", "run programs in the sandbox, one per JSON line", cmd_exec},
    {"extract", "extract programs or answers from replies, one per JSON line", cmd_extract},
    {"train", "train the embedded model", cmd_train},
    {"doctor", "show what this machine offers: sandbox, Python, servers", cmd_doctor},
    {0},
};

int cmd_fail(const struct err *err)
{
    fflush(stdout); /* where both go to one file, what came first stands first */
    fprintf(stderr, "hrm: %s\n", err->msg);
    switch (err->kind) {
    case ERR_INPUT:
        return EXIT_BAD_INPUT;
    case ERR_ENV:
        return EXIT_ENVIRONMENT;
    case ERR_FAULT:
        break;
    }
    return EXIT_EPISODES_IN_ERROR;
}

/* Is stdout a pipe whose reader has exited (hrm list | head)? Then there is no error message. errno
 * of the failed write is lost by now, so poll is asked. */
static bool reader_left(void)
{
    struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&p, 1, 0) == 1 && (p.revents & POLLERR) != 0;
}

/* Runs at every exit: the exit code must not be 0 when output was lost. */
static void close_stdout(void)
{
    bool left = reader_left();
    int lost = ferror(stdout);
    errno = 0;
    if (fclose(stdout) != 0)
        lost = 1;
    if (!lost || left || errno == EPIPE) /* the exit status stays that of the command */
        return;
    fprintf(stderr, "hrm: cannot write to standard output: %s\n",
            errno ? strerror(errno) : "the output is incomplete");
    _exit(EXIT_EPISODES_IN_ERROR);
}

/* A closed stdin, stdout or stderr would hand its number to the next file opened, and a message
 * could land in run.db. */
static void open_standard_files(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

static void print_help(FILE *f)
{
    fputs("Usage: hrm COMMAND [OPTION...] [ARGUMENT...]\n"
          "Does explicit hierarchy pay? Same model, same tools, same budget, paired statistics.\n\n"
          "Commands:\n",
          f);
    for (const struct cmd *c = commands; c->name; c++)
        fprintf(f, "  %-10s %s\n", c->name, c->summary);
    fputs("\n'hrm COMMAND --help' lists a command's options; '_' and '-' are the same in them.\n"
          "Exit codes: 0 complete, 1 finished with episodes in error, 2 usage or bad input,\n"
          "3 environment (no server, no sandbox), 130 interrupted (the same command continues).\n",
          f);
}

static const struct cmd *find_command(const char *name)
{
    for (const struct cmd *c = commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

static int refuse_command(const char *word)
{
    const char *names[sizeof commands / sizeof *commands];
    size_t n = 0;
    for (const struct cmd *c = commands; c->name; c++)
        names[n++] = c->name;
    const char *near = str_nearest(word, names, n);
    const char *what = word[0] == '-' ? "option" : "command";
    if (near)
        fprintf(stderr, "hrm: there is no %s '%s'; did you mean 'hrm %s'?\n", what, word, near);
    else
        fprintf(stderr, "hrm: there is no %s '%s'; 'hrm --help' lists the commands\n", what, word);
    return EXIT_BAD_INPUT;
}

int main(int argc, char **argv)
{
    open_standard_files();
    /* A closed connection or pipe is an error return, not a signal that ends the program. */
    signal(SIGPIPE, SIG_IGN);
    atexit(close_stdout);
    argp_err_exit_status = EXIT_BAD_INPUT;
    setenv("ARGP_HELP_FMT", "no-dup-args-note",
           0); /* drops argp's note about arguments of options */
    if (argc < 2) {
        print_help(stderr);
        return EXIT_BAD_INPUT;
    }
    const char *word = argv[1];
    if (str_eq(word, "--help") || str_eq(word, "-?") || str_eq(word, "-h") ||
        (str_eq(word, "help") && argc == 2)) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (str_eq(word, "--version") || str_eq(word, "-V")) {
        puts(argp_program_version);
        return EXIT_DONE;
    }
    bool help = str_eq(word, "help"); /* hrm help CMD = hrm CMD --help */
    const struct cmd *cmd = find_command(help ? argv[2] : word);
    if (!cmd)
        return refuse_command(help ? argv[2] : word);
    char *name = xasprintf("hrm %s", cmd->name);
    char help_word[] = "--help";
    char *help_argv[] = {name, help_word, NULL};
    argv[1] = name;
    int code = help ? cmd->run(2, help_argv) : cmd->run(argc - 1, argv + 1);
    free(name);
    return code;
}
