/* One run: a child in a pid namespace of its own puts on every layer, in order, and becomes the
 * program; the parent watches its CPU and wall clock. CPU is the limit that is meant to be hit: it
 * scores alike on fast and slow hosts. Wall time is the backstop against sleeping.
 *
 * The child comes from a bare clone3, not fork(): no at-fork handlers run, which halves the page
 * faults. That is sound because this process has one thread and Python's main thread keeps its
 * identity. */
#include "sandbox/warm.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_SIGNALS = 256,
    ANSWER_MS = 200,      /* for a run to say where it is, before it is killed for its time */
    LOOK_MS = 20,         /* how often the memory of a run is looked at */
    PAGE_TABLE_SHARE = 16 /* of a run's memory, so much may be page tables */
};
static const uint64_t STACK_BYTES = 8u << 20;

static double now(clockid_t clock)
{
    struct timespec t;
    return clock_gettime(clock, &t) < 0 ? 0 : (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- the child ---- */

/* stdin, stdout, stderr to 0, 1, 2; rpc to 3; everything else closed. The blob is mapped, its
 * descriptor gone. */
static struct box_blob *place_descriptors(const struct warm_fds *fds)
{
    struct stat st;
    if (fstat(fds->blob, &st) < 0)
        return NULL;
    void *blob = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fds->blob, 0);
    if (blob == MAP_FAILED || dup2(fds->in, 0) < 0 || dup2(fds->out, 1) < 0 ||
        dup2(fds->err, 2) < 0)
        return NULL;
    unsigned first = 3;
    if (fds->rpc >= 0) {
        if (dup2(fds->rpc, BOX_RPC_FD) < 0)
            return NULL;
        first = BOX_RPC_FD + 1;
    }
    return syscall(SYS_close_range, first, ~0u, 0) < 0 ? NULL : blob;
}

/* Soft and hard alike, so that no program can raise its own. The C library would use prlimit64,
 * which programs may call; this one they may not. */
static int set_limit(int what, uint64_t value)
{
    struct rlimit limit = {value, value};
    return (int)syscall(SYS_setrlimit, what, &limit);
}

static int set_limits(const struct warm *w, const struct box_request *rq)
{
    const struct {
        int what;
        uint64_t value;
    } limits[] = {
        /* Far behind the parent's finer watch: the kernel counts whole ticks, some per cent off. */
        {RLIMIT_CPU, 2 * (uint64_t)ceil(rq->cpu_s) + 1},
        {RLIMIT_AS, w->own_memory + rq->memory_bytes},
        {RLIMIT_FSIZE, rq->file_bytes},
        {RLIMIT_NOFILE, rq->max_files},
        {RLIMIT_NPROC, rq->max_threads + 2}, /* this process and its parent count too */
        {RLIMIT_STACK, STACK_BYTES},
        {RLIMIT_CORE, 0},
        {RLIMIT_MEMLOCK, 0},
        {RLIMIT_MSGQUEUE, 0},
        {RLIMIT_SIGPENDING, MAX_SIGNALS}, /* and timers, which keep one each */
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (set_limit(limits[i].what, limits[i].value) < 0)
            return -errno;
    return 0;
}

static int drop_capabilities(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {0};
    return (int)syscall(SYS_capset, &head, none);
}

static int put_on_filter(const struct warm *w)
{
    if (!(w->layers & BOX_LAYER_NAMESPACES))
        for (unsigned i = 0; i < w->filter.len; i++)
            if (w->filter.filter[i].k == WARM_OWN_PID)
                w->filter.filter[i].k = (uint32_t)getpid();
    return warm_put_on_filter(&w->filter);
}

static void child(const struct warm *w, const struct box_request *rq, const struct warm_fds *fds)
{
    struct box_blob *blob;
    if (setpgid(0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        (w->landlock_fd >= 0 && syscall(SYS_landlock_restrict_self, w->landlock_fd, 0) < 0) ||
        chdir(w->tmp.mounted ? "/tmp" : "/") < 0 || !(blob = place_descriptors(fds)) ||
        set_limits(w, rq) < 0 || drop_capabilities() < 0 || put_on_filter(w) < 0)
        _exit(1);
    *w->entered = rq->serial;
    munmap(w->entered, sizeof *w->entered);
    _exit(rq->job == BOX_NOTHING ? 0 : warm_python_run(rq, blob));
}

/* ---- the parent ---- */

static pid_t start_child(const struct warm *w, int *pidfd)
{
    struct clone_args args = {
        .flags = CLONE_PIDFD | (w->layers & BOX_LAYER_NAMESPACES ? CLONE_NEWPID : 0),
        .pidfd = (uintptr_t)pidfd,
        .exit_signal = SIGCHLD,
    };
    return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

struct watch {
    const struct box_request *rq;
    pid_t pid;
    int pidfd, sock, proc_fd;
    clockid_t cpu_clock;
    double started;
};

/* Milliseconds to sleep before the next look: until the wall limit, until the CPU limit could be
 * reached, or until its memory should be looked at. */
static int next_look(const struct watch *w, double cpu, double wall)
{
    double left = fmin(w->rq->cpu_s - cpu, w->rq->wall_s - wall);
    return (int)fmin(1000 * fmax(left, 0) + 1, w->proc_fd >= 0 ? LOOK_MS : 60000);
}

/* Page tables are memory that the address-space limit does not see: a program that touches one page
 * in every gigabyte has three pages for each. */
static bool too_many_page_tables(const struct watch *w)
{
    char path[32], text[4096];
    snprintf(path, sizeof path, "%d/status", (int)w->pid);
    int fd = w->proc_fd >= 0 ? openat(w->proc_fd, path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = 0;
    const char *tables = strstr(text, "VmPTE:");
    return tables && strtoull(tables + 6, NULL, 10) > w->rq->memory_bytes / PAGE_TABLE_SHARE / 1024;
}

/* 0 = no message, BOX_END_ASKED = asked to stop, -EPIPE = hrm is gone. */
static int read_order(const struct watch *w)
{
    struct box_request rq;
    ssize_t n = recv(w->sock, &rq, sizeof rq, MSG_DONTWAIT);
    if (n == (ssize_t)sizeof rq && (rq.verb == BOX_KILL || rq.verb == BOX_LATE)) {
        if (rq.serial != w->rq->serial)
            return 0;
        return rq.verb == BOX_LATE ? BOX_END_WALL : BOX_END_ASKED;
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -EPIPE;
}

/* Waits for the run to end by itself (BOX_END_SELF) or for a reason to end it; negative errno if
 * hrm is gone. */
static int watch_run(const struct watch *w)
{
    for (;;) {
        double cpu = now(w->cpu_clock), wall = now(CLOCK_MONOTONIC) - w->started;
        if (cpu >= w->rq->cpu_s)
            return BOX_END_CPU;
        if (wall >= w->rq->wall_s)
            return BOX_END_WALL;
        if (wall > 1e-3 * LOOK_MS && too_many_page_tables(w))
            return BOX_END_MEMORY;
        struct pollfd p[2] = {{.fd = w->pidfd, .events = POLLIN},
                              {.fd = w->sock, .events = POLLIN}};
        if (poll(p, 2, next_look(w, cpu, wall)) < 0 && errno != EINTR)
            return -errno;
        if (p[0].revents)
            return BOX_END_SELF;
        int order = p[1].revents ? read_order(w) : 0;
        if (order)
            return order;
    }
}

/* Before a run is killed for its time: it says where it is and exits. One that has blocked the
 * signal, or does not get a processor, is killed without. */
static void ask_where(const struct watch *w)
{
    struct pollfd p = {.fd = w->pidfd, .events = POLLIN};
    if (w->rq->job != BOX_CHECK && kill(w->pid, warm_where_signal()) == 0)
        poll(&p, 1, ANSWER_MS);
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

int warm_run(struct warm *w, const struct box_request *rq, const struct warm_fds *fds, int sock,
             struct box_reply *reply)
{
    int pidfd = -1;
    struct watch watch = {
        .rq = rq, .sock = sock, .proc_fd = w->proc_fd, .started = now(CLOCK_MONOTONIC)};
    *w->entered = rq->serial - 1;
    pid_t pid = start_child(w, &pidfd);
    if (pid < 0)
        return -errno;
    if (pid == 0)
        child(w, rq, fds);
    watch.pidfd = pidfd;
    watch.pid = pid;
    int rc = clock_getcpuclockid(pid, &watch.cpu_clock) == 0 ? watch_run(&watch) : BOX_END_SELF;
    if (rc == BOX_END_CPU || rc == BOX_END_WALL)
        ask_where(&watch);
    if (rc != BOX_END_SELF)
        kill(pid, SIGKILL);
    struct rusage used = {0};
    while (wait4(pid, &reply->wait_status, 0, &used) < 0 && errno == EINTR)
        ;
    close(pidfd);
    if (rc == BOX_END_CPU || rc == BOX_END_WALL) /* not the exit of an answer */
        reply->wait_status = SIGKILL;
    reply->cpu_s = seconds(used.ru_utime) + seconds(used.ru_stime);
    reply->wall_s = now(CLOCK_MONOTONIC) - watch.started;
    reply->max_rss = (uint64_t)used.ru_maxrss * 1024;
    if (rc < 0)
        return -EPIPE;
    reply->end = (uint32_t)rc;
    return *w->entered == rq->serial ? 0 : -EPERM;
}
