/* The seccomp filters: what a Python program needs, and nothing else. Namespaces do not close
 * AF_VSOCK, io_uring, keyctl or the next surprise; a list of what is allowed does.
 *
 * Everything unlisted fails with EPERM, so that programs see an exception and not a death. clone3
 * says ENOSYS, which makes glibc use clone, whose flags can be inspected: threads only. Other
 * architectures are killed.
 *
 * Filters add up and are inherited. The long one allows what programs and the warm interpreter
 * need; it is put on once. The short one takes away what only the interpreter needs; it is put on
 * by each run, and translating it is a twentieth of the work. As binary search trees both are cheap
 * to pass. */
#include "sandbox/warm.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const allowed[] = {
    /* memory */
    "brk",
    "madvise",
    "membarrier",
    "mincore", /* the kernel allows it for the caller's own memory only */
    "mlock",
    "mmap",
    "mprotect",
    "mremap",
    "msync",
    "munlock",
    "munmap",
    /* threads and time */
    "alarm",
    "clock_getres",
    "clock_gettime",
    "clock_nanosleep",
    "futex",
    "futex_waitv",
    "getcpu",
    "getitimer",
    "gettimeofday",
    "get_robust_list",
    "nanosleep",
    "pause",
    "restart_syscall",
    "rseq",
    "sched_get_priority_max",
    "sched_get_priority_min",
    "sched_getaffinity",
    "sched_getparam",
    "sched_getscheduler",
    "sched_yield",
    "set_robust_list",
    "set_tid_address",
    "setitimer",
    "time",
    "timer_create",
    "timer_delete",
    "timer_getoverrun",
    "timer_gettime",
    "timer_settime",
    "timerfd_create",
    "timerfd_gettime",
    "timerfd_settime",
    "times",
    /* signals, and the end */
    "exit",
    "exit_group",
    "rt_sigaction",
    "rt_sigpending",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigsuspend",
    "rt_sigtimedwait",
    "sigaltstack",
    "signalfd4",
    "wait4",
    "waitid",
    /* who am I */
    "capget",
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getpgid",
    "getpgrp",
    "getpid",
    "getppid",
    "getpriority",
    "getrandom",
    "getresgid",
    "getresuid",
    "getrlimit",
    "getrusage",
    "getsid",
    "gettid",
    "getuid",
    "sysinfo",
    "umask",
    "uname",
    /* descriptors */
    "close",
    "close_range",
    "copy_file_range",
    "dup",
    "dup2",
    "dup3",
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_pwait2",
    "epoll_wait",
    "eventfd",
    "eventfd2",
    "fallocate",
    "fdatasync",
    "flock",
    "fstat",
    "fsync",
    "ftruncate",
    "lseek",
    "pipe",
    "pipe2",
    "poll",
    "ppoll",
    "pread64",
    "preadv",
    "pselect6",
    "pwrite64",
    "pwritev",
    "read",
    "readv",
    "select",
    "sendfile",
    "write",
    "writev",
    /* files: Landlock and the mounts decide which */
    "access",
    "chdir",
    "creat",
    "faccessat",
    "faccessat2",
    "fchdir",
    "fstatfs",
    "getcwd",
    "getdents",
    "getdents64",
    "link",
    "linkat",
    "lstat",
    "mkdir",
    "mkdirat",
    "newfstatat",
    "open",
    "openat",
    "readlink",
    "readlinkat",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "stat",
    "statfs",
    "statx",
    "symlink",
    "symlinkat",
    "unlink",
    "unlinkat",
    /* a socket pair cannot reach another process; asyncio wakes itself with one */
    "getpeername",
    "getsockname",
    "shutdown",
};

/* Landlock does not look at these: allowed only where the root is our own. */
static const char *const allowed_in_own_root[] = {"chmod", "fchmod",    "fchmodat", "truncate",
                                                  "utime", "utimensat", "utimes"};

/* What the warm interpreter does between runs, and a run before it becomes the program. */
static const char *const own_calls[] = {
    "capset",
    "clone3",
    "landlock_add_rule",
    "landlock_create_ruleset",
    "landlock_restrict_self",
    "mount",
    "prctl",
    "recvmsg",
    "seccomp",
    "setpgid",
    "setrlimit",
    "umount2",
};

/* Allowed only if this argument, masked, has this value, and so a second one if named
 * */
struct rule {
    const char *name;
    unsigned arg;
    uint64_t mask, value;
    unsigned arg2;
    uint64_t mask2, value2;
};

/* The flags with which glibc makes a thread, and no others. */
#define THREAD_FLAGS                                                                               \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | CLONE_SIGHAND | CLONE_THREAD |            \
     CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)
#define ALL_BITS UINT64_MAX
#define LOW_BITS UINT32_MAX

#define SOCKET_OPTION(call, option)                                                                \
    {                                                                                              \
        call, 1, LOW_BITS, SOL_SOCKET, 2, LOW_BITS, option                                         \
    }
#define OWN_LIMIT(limit)                                                                           \
    {                                                                                              \
        "prlimit64", 0, LOW_BITS, 0, 1, LOW_BITS, limit                                            \
    }

static const struct rule rules[] = {
    {"clone", 0, ALL_BITS, THREAD_FLAGS},
    {"socketpair", 0, LOW_BITS, AF_UNIX},
    /* no address: only what is connected already; no out-of-band byte */
    {"sendto", 4, ALL_BITS, 0, 3, MSG_OOB, 0},
    {"recvfrom", 3, MSG_OOB, 0},
    /* No buffer of more than the usual size, no filter (BPF), no descriptor of the peer. */
    SOCKET_OPTION("setsockopt", SO_REUSEADDR),
    SOCKET_OPTION("setsockopt", SO_RCVTIMEO),
    SOCKET_OPTION("setsockopt", SO_SNDTIMEO),
    SOCKET_OPTION("getsockopt", SO_ERROR),
    SOCKET_OPTION("getsockopt", SO_TYPE),
    SOCKET_OPTION("getsockopt", SO_DOMAIN),
    SOCKET_OPTION("getsockopt", SO_PROTOCOL),
    SOCKET_OPTION("getsockopt", SO_ACCEPTCONN),
    SOCKET_OPTION("getsockopt", SO_SNDBUF),
    SOCKET_OPTION("getsockopt", SO_RCVBUF),
    /* Of oneself; every limit is hard, so none can be raised. */
    {"prlimit64", 0, LOW_BITS, 0, 2, ALL_BITS, 0},
    OWN_LIMIT(RLIMIT_AS),
    OWN_LIMIT(RLIMIT_DATA),
    OWN_LIMIT(RLIMIT_STACK),
    OWN_LIMIT(RLIMIT_CORE),
    OWN_LIMIT(RLIMIT_NOFILE),
    OWN_LIMIT(RLIMIT_FSIZE),
    OWN_LIMIT(RLIMIT_NPROC),
    {"fcntl", 1, LOW_BITS, F_DUPFD}, /* not F_SETOWN, which sends signals */
    {"fcntl", 1, LOW_BITS, F_GETFD},
    {"fcntl", 1, LOW_BITS, F_SETFD},
    {"fcntl", 1, LOW_BITS, F_GETFL},
    {"fcntl", 1, LOW_BITS, F_SETFL},
    {"fcntl", 1, LOW_BITS, F_GETLK},
    {"fcntl", 1, LOW_BITS, F_SETLK},
    {"fcntl", 1, LOW_BITS, F_SETLKW},
    {"fcntl", 1, LOW_BITS, F_DUPFD_CLOEXEC},
    {"fcntl", 1, LOW_BITS, F_SETPIPE_SZ},
    {"fcntl", 1, LOW_BITS, F_GETPIPE_SZ},
    {"ioctl", 1, LOW_BITS, TCGETS},
    {"ioctl", 1, LOW_BITS, TIOCGWINSZ},
    {"ioctl", 1, LOW_BITS, FIONREAD},
    {"ioctl", 1, LOW_BITS, FIONBIO},
    {"ioctl", 1, LOW_BITS, FIOCLEX},
};

static const struct {
    int nr;
    unsigned sig_arg;
} signal_calls[] = {{SCMP_SYS(kill), 1}, {SCMP_SYS(tkill), 1}, {SCMP_SYS(tgkill), 2}};

static int add_rule(scmp_filter_ctx ctx, uint32_t action, const struct rule *r)
{
    int nr = seccomp_syscall_resolve_name(r->name);
    struct scmp_arg_cmp cmp[] = {SCMP_CMP64(r->arg, SCMP_CMP_MASKED_EQ, r->mask, r->value),
                                 SCMP_CMP64(r->arg2, SCMP_CMP_MASKED_EQ, r->mask2, r->value2)};
    return nr < 0 ? 0 : seccomp_rule_add_exact_array(ctx, action, nr, r->mask2 ? 2 : 1, cmp);
}

static int allow_all(scmp_filter_ctx ctx, const char *const *names, size_t n)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        int nr = seccomp_syscall_resolve_name(names[i]);
        if (nr >= 0) /* else: unknown to this architecture or library */
            rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 0);
    }
    return rc;
}
#define ALLOW_ALL(ctx, list) allow_all(ctx, list, sizeof(list) / sizeof(*(list)))

/* Put on once: all that programs may do, and all that we do. */
static int allow_programs_and_us(scmp_filter_ctx ctx, const struct warm *w)
{
    int rc = ALLOW_ALL(ctx, allowed);
    if (rc == 0 && (w->layers & BOX_LAYER_ROOT))
        rc = ALLOW_ALL(ctx, allowed_in_own_root);
    for (size_t i = 0; i < sizeof rules / sizeof *rules && rc == 0; i++)
        rc = add_rule(ctx, SCMP_ACT_ALLOW, &rules[i]);
    if (rc == 0)
        rc = ALLOW_ALL(ctx, own_calls);
    for (size_t i = 0; i < 3 && rc == 0; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, signal_calls[i].nr, 0);
    /* A lower limit of CPU time is accepted and not kept: the kernel would end the program by
     * SIGKILL, which then looked like somebody else's. */
    struct rule cpu = OWN_LIMIT(RLIMIT_CPU);
    if (rc == 0)
        rc = add_rule(ctx, SCMP_ACT_ERRNO(0), &cpu);
    /* Their flag RWF_NOWAIT tells whether an earlier run has read a page. The library does without.
     */
    static const int flagged[] = {SCMP_SYS(preadv2), SCMP_SYS(pwritev2)};
    for (size_t i = 0; i < 2 && rc == 0; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), flagged[i], 0);
    return rc;
}

/* Put on by each run: not what only we do. In a pid namespace of one's own there is nobody else to
 * hit with signals. Without one (weak jail) a program may signal only itself: WARM_OWN_PID stands
 * for a pid that is known only in the run, see warm_run.c. SIGKILL is refused in both, so that a
 * program that was ended by one was ended by somebody else. */
static int deny_what_is_ours(scmp_filter_ctx ctx, const struct warm *w)
{
    bool own_pids = w->layers & BOX_LAYER_NAMESPACES;
    int rc = 0;
    for (size_t i = 0; i < sizeof own_calls / sizeof *own_calls && rc == 0; i++) {
        int nr = seccomp_syscall_resolve_name(own_calls[i]);
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(nr == SCMP_SYS(clone3) ? ENOSYS : EPERM), nr, 0);
    }
    if (rc == 0 &&
        !own_pids) /* a timer may send SIGKILL too; the first process of a namespace is immune */
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(timer_create), 0);
    for (size_t i = 0; i < 3 && rc == 0; i++) {
        rc = seccomp_rule_add(
            ctx, SCMP_ACT_ERRNO(EPERM), signal_calls[i].nr, 1,
            SCMP_CMP64(signal_calls[i].sig_arg, SCMP_CMP_MASKED_EQ, LOW_BITS, SIGKILL));
        if (rc == 0 && !own_pids)
            rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), signal_calls[i].nr, 1,
                                  SCMP_A0(SCMP_CMP_NE, WARM_OWN_PID));
    }
    return rc;
}

/* libseccomp 2.5 writes the program to a descriptor only. */
static int export(scmp_filter_ctx ctx, struct sock_fprog *out)
{
    int fd = memfd_create("filter", MFD_CLOEXEC);
    int rc = fd < 0 ? -errno : seccomp_export_bpf(ctx, fd);
    off_t size = rc == 0 ? lseek(fd, 0, SEEK_END) : 0;
    if (rc == 0 && (out->filter = malloc((size_t)size)) == NULL)
        rc = -ENOMEM;
    if (rc == 0 && pread(fd, out->filter, (size_t)size, 0) != size)
        rc = -EIO;
    out->len = (unsigned short)((size_t)size / sizeof(struct sock_filter));
    if (fd >= 0)
        close(fd);
    return rc;
}

static int build(const struct warm *w, uint32_t otherwise,
                 int (*add_rules)(scmp_filter_ctx, const struct warm *), struct sock_fprog *out)
{
    scmp_filter_ctx ctx = seccomp_init(otherwise);
    int rc = ctx ? seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) : -ENOMEM;
    if (rc == 0)
        rc = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (rc == 0)
        rc = add_rules(ctx, w);
    if (rc == 0)
        rc = export(ctx, out);
    if (ctx)
        seccomp_release(ctx);
    return rc;
}

int warm_build_filter(struct warm *w)
{
    struct sock_fprog once = {0};
    int rc = build(w, SCMP_ACT_ERRNO(EPERM), allow_programs_and_us, &once);
    if (rc == 0)
        rc = build(w, SCMP_ACT_ALLOW, deny_what_is_ours, &w->filter);
    if (rc == 0 && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || warm_put_on_filter(&once) < 0))
        rc = -errno;
    free(once.filter);
    if (rc < 0)
        return warm_fail(w, -rc, "seccomp filter");
    w->layers |= BOX_LAYER_SECCOMP;
    return 0;
}

int warm_put_on_filter(const struct sock_fprog *filter)
{
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter);
}
