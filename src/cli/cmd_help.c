/* hrm help: what a command does and takes: its options, or its manual page through man(1), a pager,
 * or as plain text. */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/commands.h"
#include "cli/man_page.h"
#include "cli/print_screen.h"

struct help_args {
    const char *words[2]; /* of a command and of its subcommand */
    size_t n;
    bool man, roff;
};

enum { OPT_MAN = 256, OPT_ROFF };

static const struct argp_option options[] = {
    {"man", OPT_MAN, 0, 0,
     "the manual page: on a terminal through man or a pager, else as plain text"},
    {"roff", OPT_ROFF, 0, 0, "the source of the manual page, for man -l and groff -man"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct help_args *args = state->input;
    switch (key) {
    case OPT_MAN:
        args->man = true;
        return 0;
    case OPT_ROFF:
        args->roff = true;
        return 0;
    case ARGP_KEY_ARG:
        if (args->n == 2)
            argp_error(state, "expected a command and its subcommand: '%s' is one too many", value);
        args->words[args->n++] = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp help_argp = {options, parse_option, "[CMD [SUBCMD]]",
                               "Show what a command does and takes: 'hrm help CMD' is 'hrm CMD "
                               "--help'. Without CMD: the list of commands."};

/* ---- showing a page ---- */

/* Runs a program with the text as its standard input. Whether it ended well. */
static bool pipe_through(const char *const *argv, const struct str *text)
{
    extern char **environ;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t usual;
    pid_t pid;
    int status = -1, fd = memfd_create("page", MFD_CLOEXEC);
    if (fd < 0 || write(fd, text->p, text->len) != (ssize_t)text->len || lseek(fd, 0, SEEK_SET)) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, fd, STDIN_FILENO);
    posix_spawnattr_init(&attr);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE); /* which hrm ignores */
    posix_spawnattr_setsigdefault(&attr, &usual);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
    if (posix_spawnp(&pid, argv[0], &files, &attr, (char *const *)argv, environ) == 0) {
        signal(SIGINT, SIG_IGN); /* Ctrl-C is the pager's */
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        signal(SIGINT, SIG_DFL);
    }
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    close(fd);
    return status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void write_page(const char *name, const struct cmd *c, const struct man_writer *w,
                       struct str *out)
{
    struct man_page page = {w, out, print_columns()};
    man_page_write(&page, name, c);
}

static void show_page(const char *name, const struct cmd *c)
{
    static const char *const man[] = {"man", "-l", "-", NULL}, *const less[] = {"less", NULL};
    const char *own = getenv("PAGER");
    const char *const pager[] = {"/bin/sh", "-c", own, NULL};
    struct str roff CLEANUP_STR = {0}, text CLEANUP_STR = {0};
    bool terminal = isatty(STDOUT_FILENO);
    write_page(name, c, &man_roff, &roff);
    if (terminal && pipe_through(man, &roff))
        return;
    write_page(name, c, &man_text, &text);
    if (terminal && pipe_through(own && *own ? pager : less, &text))
        return;
    fwrite(text.p, 1, text.len, stdout);
}

static void print_source(const char *name, const struct cmd *c)
{
    struct str roff CLEANUP_STR = {0};
    write_page(name, c, &man_roff, &roff);
    fwrite(roff.p, 1, roff.len, stdout);
}

/* ---- which command ---- */

/* Follows the words down the tables; *out stays NULL where there are none. *name: "hrm slurm
 * submit", caller frees. 0, or an exit code + 1. */
static int find(const struct help_args *args, char **name, const struct cmd **out)
{
    const struct cmd *table = commands, *c = NULL;
    *name = xstrdup("hrm");
    for (size_t i = 0; i < args->n; i++) {
        const char *word = args->words[i];
        if (!table) {
            fprintf(stderr, "hrm help: '%s' has no commands of its own; '%s' is one too many\n",
                    *name, word);
            return EXIT_BAD_INPUT + 1;
        }
        c = commands_find(table, word);
        if (!c)
            return commands_refuse(table, *name, word) + 1;
        table = c->subcommands;
        char *longer = xasprintf("%s %s", *name, word);
        free(*name);
        *name = longer;
    }
    *out = c;
    return 0;
}

int cmd_help(int argc, char **argv)
{
    struct help_args args = {0};
    const struct cmd *c = NULL;
    char *name CLEANUP_FREE = NULL, help[] = "--help";
    int code = cmd_parse(&help_argp, argc, argv, &args);
    if (code == 0)
        code = find(&args, &name, &c);
    if (code)
        return code - 1;
    if (args.roff) {
        print_source(name, c);
    } else if (args.man) {
        show_page(name, c);
    } else if (!c) {
        commands_print_help(stdout);
    } else {
        char *parent CLEANUP_FREE = xstrndup(name, strlen(name) - strlen(c->name) - 1);
        char *of_command[] = {NULL, help, NULL};
        return commands_start(parent, c, 2, of_command);
    }
    return EXIT_DONE;
}
