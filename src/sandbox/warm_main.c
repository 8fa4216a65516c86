/* hrm-python ROLE FLAVOUR JAIL SLOT: start, say hello, serve runs until hrm hangs up. Not run by
 * hand. */
#include "sandbox/warm.h"
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MAX_FDS = 5 };

int warm_fail(struct warm *w, int errnum, const char *what)
{
    snprintf(w->text, sizeof w->text, "%s: %s", what, strerror(errnum));
    return -errnum;
}

static void parse_args(struct warm *w, int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "hrm-python is started by hrm; it is not a command of its own.\n");
        exit(2);
    }
    w->checker = strcmp(argv[1], "checker") == 0;
    w->numeric = strcmp(argv[2], "numeric") == 0;
    w->weak = strcmp(argv[3], "weak") == 0;
    w->slot = (unsigned)strtoul(argv[4], NULL, 10);
}

/* How much address space is ours before a run adds to it: RLIMIT_AS counts both. */
static void measure_memory(struct warm *w)
{
    char text[64] = "";
    w->own_memory = 64u << 20;
    if (w->statm_fd >= 0 && pread(w->statm_fd, text, sizeof text - 1, 0) > 0)
        w->own_memory = strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* What start-up has freed is merged and sorted by the next large allocation, which would be one in
 * every run: a hundred page faults each. */
static void tidy_heap(void)
{
    malloc_trim(0);
    void *volatile large = malloc(100000);
    free(large);
}

static int start(struct warm *w)
{
    int rc;
    clearenv();
    if (w->numeric)
        setenv("OPENBLAS_NUM_THREADS", "1", 1); /* its threads would not survive into the run */
    w->landlock_fd = -1;
    w->entered =
        mmap(NULL, sizeof *w->entered, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (w->entered == MAP_FAILED)
        return warm_fail(w, errno, "mmap");
    w->statm_fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    w->proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    mallopt(M_ARENA_MAX, 1); /* an arena reserves 64 MB of a run's address space for each thread */
    if ((rc = warm_enter_jail(w)) < 0 || (rc = warm_build_landlock(w)) < 0 ||
        (rc = warm_start_python(w)) < 0)
        return rc;
    measure_memory(w);
    rc = warm_build_filter(w);
    tidy_heap();
    return rc;
}

static void say_hello(const struct warm *w, int error)
{
    struct box_hello hello = {.version = BOX_PROTO_VERSION,
                              .layers = w->layers,
                              .error = error,
                              .landlock_abi = w->landlock_abi};
    memcpy(hello.text, w->text, sizeof hello.text);
    send(BOX_SOCKET_FD, &hello, sizeof hello, MSG_NOSIGNAL);
}

/* The next request and its descriptors. 1, 0 at hang-up, or a negative errno. */
static int receive(struct box_request *rq, int fds[MAX_FDS], int *n_fds)
{
    union {
        struct cmsghdr align;
        char buf[CMSG_SPACE(sizeof(int) * MAX_FDS)];
    } control;
    struct iovec iov = {rq, sizeof *rq};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = control.buf,
                         .msg_controllen = sizeof control.buf};
    ssize_t n;
    do
        n = recvmsg(BOX_SOCKET_FD, &msg, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n < 0 ? -errno : 0;
    *n_fds = 0;
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
        *n_fds = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(fds, CMSG_DATA(c), (size_t)*n_fds * sizeof(int));
    }
    return (size_t)n == sizeof *rq && !(msg.msg_flags & MSG_CTRUNC) ? 1 : -EPROTO;
}

/* One request. Nonzero ends the program. */
static int serve(struct warm *w)
{
    struct box_request rq;
    int fds[MAX_FDS], n_fds = 0;
    int rc = receive(&rq, fds, &n_fds);
    if (rc <= 0)
        return 1;
    if (rq.verb != BOX_START || n_fds < 4) /* a kill that came too late for its run */
        return rq.verb == BOX_START;
    struct warm_fds run = {fds[0], fds[1], fds[2], fds[3], n_fds > 4 ? fds[4] : -1};
    struct box_reply reply = {.serial = rq.serial};
    rc = warm_run(w, &rq, &run, BOX_SOCKET_FD, &reply);
    for (int i = 0; i < n_fds; i++)
        close(fds[i]);
    if (rc == -EPIPE)
        return 1;
    reply.error = rc;
    if (send(BOX_SOCKET_FD, &reply, sizeof reply, MSG_NOSIGNAL) < 0)
        return 1;
    return warm_clean_tmp(w) < 0;
}

int main(int argc, char **argv)
{
    static struct warm w;
    parse_args(&w, argc, argv);
    int rc = start(&w);
    say_hello(&w, rc);
    while (rc == 0)
        rc = serve(&w);
    return rc < 0;
}
