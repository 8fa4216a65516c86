/* hrm view: the runs of a directory as a local web page, until Ctrl-C. */
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/stop_signals.h"
#include "cli/values.h"
#include "view/view.h"

enum { KEY_ANNOTATOR = 1000, KEY_OPEN };

struct view_args {
    const char *dir, *annotator;
    int port;
    bool open;
};

static const struct argp_option options[] = {
    {"port", 'p', "P", 0, "listen on this port of 127.0.0.1 (default: one that is free)"},
    {"open", KEY_OPEN, 0, 0, "show the page in the browser"},
    {"annotator", KEY_ANNOTATOR, "NAME", 0,
     "who labels, until the page says otherwise (default: "
     "your user name)"},
    {0}};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct view_args *args = state->input;
    switch (key) {
    case 'p':
        args->port = (int)value_whole(value, "port", 1, 65535, state);
        return 0;
    case KEY_OPEN:
        args->open = true;
        return 0;
    case KEY_ANNOTATOR:
        args->annotator = value;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            argp_error(state, "one directory is shown: '%s' is one too many", value);
        args->dir = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp view_argp = {
    options, parse_option, "[DIR]",
    "Show runs in the browser: verdicts, every task and arm, where two arms part, every prompt and "
    "reply; label failures there, too.\v"
    "DIR is a directory of runs (default runs), one run, or an experiment. The page is served on "
    "this machine only, and only to who has the printed address. Ctrl-C ends it. Records are read, "
    "never changed, but for labels; runs may go on meanwhile."};

/* A directory, or an experiment's under runs/. Caller frees. */
static int find_dir(const char *arg, char **out, struct err *err)
{
    char *below CLEANUP_FREE = file_join("runs", arg);
    const char *found = file_is_dir(arg) ? arg : file_is_dir(below) ? below : NULL;
    char *up CLEANUP_FREE = file_dir(arg);
    if (!found && file_exists(arg) && str_eq(file_base(arg), "run.db"))
        found = up;
    if (!found)
        return err_input(err, "there is no directory '%s': expected one of runs, or one run", arg);
    *out = xstrdup(found);
    return 0;
}

/* The browser is nobody's child: it may stay open, and Ctrl-C is not meant for it. */
static void show_in_browser(const char *url, const sigset_t *blocked)
{
    pid_t child = fork();
    if (child < 0)
        return;
    if (child > 0) {
        waitpid(child, NULL, 0);
        return;
    }
    pid_t browser = fork();
    if (browser != 0)
        _exit(0);
    setsid();
    pthread_sigmask(SIG_UNBLOCK, blocked, NULL);
    execlp("xdg-open", "xdg-open", url, (char *)NULL);
    _exit(127);
}

static int block_signals(sigset_t *waited)
{
    stop_signals_set(waited);
    signal(SIGPIPE, SIG_IGN);
    return pthread_sigmask(SIG_BLOCK, waited, NULL); /* also in the threads to come */
}

int cmd_view(int argc, char **argv)
{
    const struct passwd *user = getpwuid(getuid());
    const char *name = getenv("USER");
    struct view_args args = {.dir = "runs",
                             .annotator = name && *name ? name
                                          : user        ? user->pw_name
                                                        : "somebody"};
    struct view *view = NULL;
    struct err err = {0};
    char *dir CLEANUP_FREE = NULL;
    sigset_t waited;
    int code = cmd_parse(&view_argp, argc, argv, &args), caught;
    if (code)
        return code - 1;
    block_signals(&waited);
    int rc = find_dir(args.dir, &dir, &err);
    if (rc == 0)
        rc = view_open(&(struct view_options){dir, args.port, args.annotator}, &view, &err);
    if (rc < 0)
        return cmd_fail(&err);
    puts(view_url(view));
    fflush(stdout);
    fprintf(stderr, "hrm: showing %s; Ctrl-C ends it\n", dir);
    if (args.open)
        show_in_browser(view_url(view), &waited);
    sigwait(&waited, &caught);
    view_close(view);
    return EXIT_DONE;
}
