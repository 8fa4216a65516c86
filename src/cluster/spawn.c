/* See spawn.h. */
#include "cluster/spawn.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"

extern char **environ;

static int start(const char *const *argv, int out, int errs, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, errs, STDERR_FILENO);
    sigemptyset(&none); /* a task blocks the signals that it waits for */
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setpgroup(&how, 0); /* a TERM for the task's group must not end it */
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    int rc = posix_spawnp(pid, argv[0], &files, &how, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    return rc;
}

/* False when the pipe has ended. */
static bool read_some(int fd, struct str *to)
{
    char bytes[4096];
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n > 0 && to)
        str_addn(to, bytes, (size_t)n);
    return n > 0 || (n < 0 && errno == EINTR);
}

/* Until both have ended; false when that takes too long. */
static bool read_both(int out, int errs, double until, struct str *to_out, struct str *to_errs)
{
    struct pollfd p[] = {{.fd = out, .events = POLLIN}, {.fd = errs, .events = POLLIN}};
    struct str *to[] = {to_out, to_errs};
    while (p[0].fd >= 0 || p[1].fd >= 0) {
        double left = until - clock_seconds();
        if (left <= 0)
            return false;
        poll(p, 2, (int)(left * 1000) + 1);
        for (int i = 0; i < 2; i++)
            if (p[i].revents && !read_some(p[i].fd, to[i]))
                p[i].fd = -1;
    }
    return true;
}

int spawn_read(const char *const *argv, double limit_s, struct str *out, struct str *errs,
               struct err *err)
{
    int pipes[2][2] = {{-1, -1}, {-1, -1}}, status = 0;
    pid_t pid = -1;
    if (pipe2(pipes[0], O_CLOEXEC) < 0)
        return err_errno(err, errno, "pipe");
    int rc = pipe2(pipes[1], O_CLOEXEC) < 0 ? errno : start(argv, pipes[0][1], pipes[1][1], &pid);
    for (int i = 0; i < 2; i++)
        if (pipes[i][1] >= 0)
            close(pipes[i][1]);
    bool whole =
        rc == 0 && read_both(pipes[0][0], pipes[1][0], clock_seconds() + limit_s, out, errs);
    if (rc == 0 && !whole)
        kill(-pid, SIGKILL);
    while (rc == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    for (int i = 0; i < 2; i++)
        if (pipes[i][0] >= 0)
            close(pipes[i][0]);
    if (rc == ENOENT) {
        err_env(err, "there is no program '%s' on this machine", argv[0]);
        return -ENOENT;
    }
    if (rc)
        return err_errno(err, rc, "%s", argv[0]);
    if (!whole) {
        err_env(err, "%s did not answer within %.0f s", argv[0], limit_s);
        return -ETIMEDOUT;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
