/* See keeper.h. hrm may have had threads at fork(), so the keeper only calls what is safe in a
 * signal handler: no allocation, no stdio. */
#include "model/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GRACE_MS = 5000, LEASH = 3, NEWS = 4, LOG = 5 };

static _Noreturn void run_command(const char *command, const sigset_t *inherited)
{
    int nothing = open("/dev/null", O_RDONLY);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* in case the keeper is killed */
    signal(SIGPIPE, SIG_DFL);         /* which hrm ignores */
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_SETMASK, inherited, NULL);
    dup2(nothing, STDIN_FILENO);
    dup2(LOG, STDOUT_FILENO);
    dup2(LOG, STDERR_FILENO);
    close_range(STDERR_FILENO + 1, ~0u, 0);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

/* Looks without reaping: until it is reaped, no other process can take the group's number. */
static bool has_ended(pid_t command)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)command, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == command;
}

static void wait_for(int child_signals, int leash, int ms)
{
    struct signalfd_siginfo info;
    struct pollfd p[] = {{.fd = child_signals, .events = POLLIN}, {.fd = leash, .events = POLLIN}};
    poll(p, 2, ms);
    if (p[0].revents && read(child_signals, &info, sizeof info) < 0)
        return;
}

static bool let_go(void)
{
    struct pollfd p = {.fd = LEASH, .events = POLLIN};
    return poll(&p, 1, 0) == 1;
}

static void end_command(pid_t command, int child_signals)
{
    kill(-command, SIGTERM);
    for (int waited = 0; waited < GRACE_MS && !has_ended(command); waited += 100)
        wait_for(child_signals, -1, 100);
}

/* Moves the three descriptors to fixed numbers and closes all others: a
 * keeper that held the ends of other pipes would keep their readers waiting. */
static void keep_files(int leash, int news, int log)
{
    int from[] = {leash, news, log};
    for (int i = 0; i < 3; i++)
        from[i] = fcntl(from[i], F_DUPFD, 16);
    for (int i = 0; i < 3; i++)
        dup2(from[i], LEASH + i);
    close_range(LOG + 1, ~0u, 0);
    int nothing = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        dup2(nothing, fd);
}

static _Noreturn void keep(const char *command)
{
    sigset_t child, before;
    int status = 0;
    setsid();
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &before);
    int child_signals = signalfd(-1, &child, SFD_NONBLOCK);
    pid_t pid = fork();
    if (pid == 0)
        run_command(command, &before);
    setpgid(pid, pid); /* both processes do it, since either may be first */
    while (pid > 0 && !has_ended(pid) && !let_go())
        wait_for(child_signals, LEASH, -1);
    bool by_itself = pid < 0 || has_ended(pid);
    if (!by_itself)
        end_command(pid, child_signals);
    if (pid > 0) {
        kill(-pid, SIGKILL); /* what is left of the group */
        waitpid(pid, &status, 0);
    }
    if (by_itself && write(NEWS, &status, sizeof status) < 0)
        _exit(1);
    _exit(0);
}

int keeper_start(const char *command, int log_fd, struct keeper *out, struct err *err)
{
    int leash[2], news[2];
    if (pipe2(leash, O_CLOEXEC) < 0)
        return err_errno(err, errno, "pipe");
    if (pipe2(news, O_CLOEXEC | O_NONBLOCK) < 0) {
        int saved = errno;
        close(leash[0]);
        close(leash[1]);
        return err_errno(err, saved, "pipe");
    }
    pid_t pid = fork();
    if (pid == 0) {
        keep_files(leash[0], news[1], log_fd);
        keep(command);
    }
    int saved = errno;
    close(leash[0]);
    close(news[1]);
    *out = (struct keeper){pid, leash[1], news[0]};
    if (pid > 0)
        return 0;
    close(leash[1]);
    close(news[0]);
    return err_errno(err, saved, "fork");
}

bool keeper_ended(const struct keeper *k, int *status)
{
    struct pollfd p = {.fd = k->news, .events = POLLIN};
    if (poll(&p, 1, 0) < 1)
        return false;
    if (read(k->news, status, sizeof *status) != sizeof *status)
        *status = SIGKILL; /* the keeper itself was killed, and the command with it */
    return true;
}

void keeper_stop(struct keeper *k)
{
    close(k->leash);
    while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    close(k->news);
}
