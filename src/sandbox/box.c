/* Starting and stopping hrm-python. */
#include "sandbox/box.h"
#include "sandbox/box_impl.h"
#include "sandbox/cgroup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/installed.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HELLO_MS = 30000 };

/* hrm-python: $HRM_PYTHON, beside this executable, in the build tree or the installed tree that
 * this executable stands in, or where it was to be installed when it was built. Caller frees. */
static char *find_program(void)
{
    const char *named = getenv("HRM_PYTHON");
    char *dir CLEANUP_FREE = file_program_dir();
    char *places[] = {named ? xstrdup(named) : NULL, file_join(dir, "hrm-python"),
                      file_find_near("src/sandbox/hrm-python", HRM_PYTHON),
                      xstrdup(HRM_PYTHON_INSTALLED)};
    char *found = NULL;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!found && places[i] && access(places[i], X_OK) == 0)
            found = places[i];
        else
            free(places[i]);
    }
    return found;
}

/* A group of its own, so that Ctrl-C at the terminal reaches hrm alone; default signals; no
 * descriptors but ours. */
static int spawn(const char *program, const struct box_config *cfg, int sock, pid_t *pid)
{
    char slot[16];
    snprintf(slot, sizeof slot, "%u", cfg->slot);
    char *argv[] = {"hrm-python",
                    cfg->checker ? "checker" : "candidate",
                    cfg->numeric ? "numeric" : "plain",
                    cfg->weak ? "weak" : "full",
                    slot,
                    NULL};
    char *env[] = {NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    for (int fd = 0; fd < 3; fd++)
        posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&files, sock, BOX_SOCKET_FD);
    posix_spawn_file_actions_addclosefrom_np(&files, BOX_SOCKET_FD + 1);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                        POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    int rc = posix_spawn(pid, program, &files, &attr, argv, env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return -rc;
}

static int read_hello(struct box *b, struct err *err)
{
    struct pollfd p = {.fd = b->sock, .events = POLLIN};
    int rc;
    do
        rc = poll(&p, 1, HELLO_MS);
    while (rc < 0 && errno == EINTR);
    ssize_t n = rc > 0 ? recv(b->sock, &b->hello, sizeof b->hello, 0) : 0;
    if (n != (ssize_t)sizeof b->hello || b->hello.version != BOX_PROTO_VERSION)
        return err_env(err, "hrm-python does not start (no hello%s)",
                       rc == 0 ? " in 30 s" : ": it died, or is of another version");
    b->hello.text[BOX_TEXT - 1] = 0;
    return 0;
}

/* Checks that all layers of the sandbox are in place; the error names the missing one. */
static int check_layers(const struct box *b, const struct box_config *cfg, struct err *err)
{
    uint32_t have = b->hello.layers;
    if (b->hello.error)
        return err_env(
            err,
            "the sandbox cannot be built here: %s. Enable user namespaces or run as root; "
            "--sandbox=weak accepts Landlock, seccomp and limits alone",
            b->hello.text);
    if (!(have & BOX_LAYER_SECCOMP))
        return err_env(err, "the sandbox cannot be built here: no seccomp");
    if (!(have & BOX_LAYER_LANDLOCK) && !((have & BOX_LAYER_ROOT) && cfg->weak))
        return err_env(err,
                       "the sandbox cannot be built here: the kernel has no Landlock (Linux 5.13 "
                       "or later, and 'landlock' among the active security modules)%s",
                       have & BOX_LAYER_ROOT ? "; --sandbox=weak goes on without it" : "");
    return 0;
}

int box_open(const struct box_config *cfg, struct box **out, struct err *err)
{
    char *program CLEANUP_FREE = find_program();
    int ends[2];
    if (!program)
        return err_env(err,
                       "hrm-python is missing; it belongs beside hrm (or name it in HRM_PYTHON)");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return err_errno(err, errno, "socketpair");
    struct box *b = xcalloc(1, sizeof *b);
    b->sock = ends[0];
    b->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    b->pid = -1;
    int rc = spawn(program, cfg, ends[1], &b->pid);
    close(ends[1]);
    if (rc < 0) {
        b->pid = -1;
        rc = err_env(err, "%s: %s", program, strerror(-rc));
    } else {
        b->cgroup = cgroup_enclose(b->pid);
        if ((rc = read_hello(b, err)) == 0)
            rc = check_layers(b, cfg, err);
        if (b->cgroup)
            b->hello.layers |= BOX_LAYER_CGROUP;
    }
    if (rc < 0) {
        box_close(b);
        return rc;
    }
    *out = b;
    return 0;
}

void box_close(struct box *b)
{
    if (!b)
        return;
    mem_cleanup_fd(&b->sock);
    mem_cleanup_fd(&b->null_fd);
    if (b->pid > 0) {
        kill(b->pid, SIGKILL);
        while (waitpid(b->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    cgroup_remove(b->cgroup);
    free(b);
}

const struct box_hello *box_hello(const struct box *b)
{
    return &b->hello;
}

int box_pid(const struct box *b)
{
    return b->pid;
}
