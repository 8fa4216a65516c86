/* hrm: finds the command, and has what all of them share: --help, --version, and a non-zero exit
 * when the output could not be written. */
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
#include "cli/commands.h"

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
        commands_print_help(stderr);
        return EXIT_BAD_INPUT;
    }
    const char *word = argv[1];
    if (str_eq(word, "--help") || str_eq(word, "-?") || str_eq(word, "-h")) {
        commands_print_help(stdout);
        return EXIT_DONE;
    }
    if (str_eq(word, "--version") || str_eq(word, "-V")) {
        puts(argp_program_version);
        return EXIT_DONE;
    }
    const struct cmd *cmd = commands_find(commands, word);
    return cmd ? commands_start("hrm", cmd, argc - 1, argv + 1)
               : commands_refuse(commands, "hrm", word);
}
