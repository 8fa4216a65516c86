/* Once per warm interpreter: the namespaces, the root and the uid that every run will live in.
 *
 * With a user namespace (root and ordinary users alike) the uid inside is one of our own without
 * power outside. Root without user namespaces takes the other namespaces directly and keeps only
 * CAP_SYS_ADMIN for /tmp. Where neither works the jail is "weak": Landlock, seccomp and rlimits
 * only, and only if asked for. */
#include "sandbox/warm.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    INSIDE_ID = 1000,
    OUTSIDE_ID = 0x5f000000, /* + slot: an unused id, so that RLIMIT_NPROC counts only ours */
    NOBODY_ID = 65534,
};
#define NAMESPACES (CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

const char *const warm_library_dirs[] = {
    PYTHON_STDLIB, "/usr/lib/python3", "/usr/local/lib/python" PYTHON_VERSION, SYSTEM_LIBDIR, NULL};

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t n = write(fd, text, strlen(text));
    int rc = n < 0 ? -errno : 0;
    close(fd);
    return rc;
}

static int write_map(pid_t pid, const char *name, unsigned outside)
{
    char path[64], map[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    snprintf(map, sizeof map, "%d %u 1", INSIDE_ID, outside);
    return write_file(path, map);
}

/* Runs in a helper that stayed outside the new user namespace, where it has the right to write the
 * maps. */
static int write_maps(pid_t pid, unsigned slot, uid_t uid, gid_t gid)
{
    const unsigned ids[] = {OUTSIDE_ID + slot, NOBODY_ID};
    char path[64];
    int rc = -EPERM;
    if (uid == 0) {
        for (size_t i = 0; i < 2 && rc < 0; i++)
            rc = write_map(pid, "uid_map", ids[i]);
        for (size_t i = 0, done = 0; rc == 0 && i < 2 && !done; i++)
            done = write_map(pid, "gid_map", ids[i]) == 0;
    }
    if (rc < 0 && (rc = write_map(pid, "uid_map", uid)) == 0) {
        snprintf(path, sizeof path, "/proc/%d/setgroups", (int)pid);
        if ((rc = write_file(path, "deny")) == 0)
            rc = write_map(pid, "gid_map", gid);
    }
    return rc;
}

/* Enters a user namespace with INSIDE_ID as its only user. */
static int enter_userns(struct warm *w)
{
    int go[2], status = 0;
    if (pipe2(go, O_CLOEXEC) < 0)
        return warm_fail(w, errno, "pipe");
    uid_t uid = geteuid();
    gid_t gid = getegid();
    pid_t self = getpid(), helper = fork();
    if (helper < 0)
        return warm_fail(w, errno, "fork");
    if (helper == 0) {
        char c;
        close(go[1]);
        bool told = read(go[0], &c, 1) == 1;
        _exit(told ? -write_maps(self, w->slot, uid, gid) : 0);
    }
    close(go[0]);
    int rc = unshare(CLONE_NEWUSER) < 0 ? -errno : 0;
    if (rc == 0 && write(go[1], "g", 1) != 1)
        rc = -EIO;
    close(go[1]);
    waitpid(helper, &status, 0);
    if (rc < 0)
        return warm_fail(w, -rc, "user namespace");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return warm_fail(w, WIFEXITED(status) ? WEXITSTATUS(status) : EIO, "uid map");
    if (setresgid(INSIDE_ID, INSIDE_ID, INSIDE_ID) < 0 ||
        setresuid(INSIDE_ID, INSIDE_ID, INSIDE_ID) < 0)
        return warm_fail(w, errno, "setresuid");
    w->layers |= BOX_LAYER_USERNS | BOX_LAYER_UID;
    return 0;
}

/* Root gives up its uid, keeping the capabilities named (a bit set). */
static int drop_root(struct warm *w, uint32_t keep)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{.effective = keep, .permitted = keep}};
    uid_t uid = OUTSIDE_ID + w->slot;
    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if ((setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0) &&
        (setresgid(NOBODY_ID, NOBODY_ID, NOBODY_ID) < 0 ||
         setresuid(NOBODY_ID, NOBODY_ID, NOBODY_ID) < 0))
        return warm_fail(w, errno, "setresuid");
    if (syscall(SYS_capset, &head, data) < 0)
        return warm_fail(w, errno, "capset");
    w->layers |= BOX_LAYER_UID;
    return 0;
}

static int make_dirs(const char *path)
{
    char part[256];
    for (const char *p = strchr(path + 1, '/');; p = strchr(p + 1, '/')) {
        size_t n = p ? (size_t)(p - path) : strlen(path);
        if (n >= sizeof part)
            return -ENAMETOOLONG;
        memcpy(part, path, n);
        part[n] = 0;
        if (mkdir(part, 0755) < 0 && errno != EEXIST)
            return -errno;
        if (!p)
            return 0;
    }
}

/* Shows `source` read-only at the same place under the new root, which is the working directory. */
static int bind_read_only(const char *source, uint64_t attributes)
{
    struct mount_attr attr = {.attr_set = attributes};
    const char *target = source + 1;
    if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) < 0 ||
        mount_setattr(AT_FDCWD, target, AT_RECURSIVE, &attr, sizeof attr) < 0)
        return -errno;
    return 0;
}

static int bind_library(struct warm *w, const char *dir)
{
    char target[256];
    if (access(dir, F_OK) < 0)
        return 0;
    snprintf(target, sizeof target, "%s", dir + 1);
    int rc = make_dirs(target);
    if (rc == 0)
        rc = bind_read_only(dir, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    return rc < 0 ? warm_fail(w, -rc, dir) : 0;
}

/* Debian chooses a BLAS by symbolic links in /etc/alternatives: those for libraries are copied. */
static int copy_library_links(struct warm *w)
{
    DIR *dir = opendir("/etc/alternatives");
    int rc = make_dirs("etc/alternatives");
    for (struct dirent *e; rc == 0 && dir && (e = readdir(dir));) {
        char goal[256];
        ssize_t n = readlinkat(dirfd(dir), e->d_name, goal, sizeof goal - 1);
        if (n <= 0 || strncmp(e->d_name, "lib", 3) != 0 || strncmp(goal, "/usr/lib/", 9) != 0)
            continue;
        goal[n] = 0;
        char path[sizeof "etc/alternatives/" + sizeof e->d_name];
        snprintf(path, sizeof path, "etc/alternatives/%s", e->d_name);
        rc = symlink(goal, path) < 0 ? -errno : 0;
    }
    if (dir)
        closedir(dir);
    return rc < 0 ? warm_fail(w, -rc, "/etc/alternatives") : 0;
}

static int bind_null(struct warm *w)
{
    int rc = make_dirs("dev");
    int fd = rc == 0 ? open("dev/null", O_CREAT | O_WRONLY | O_CLOEXEC, 0666) : -1;
    if (fd < 0)
        return warm_fail(w, rc < 0 ? -rc : errno, "dev/null");
    close(fd);
    rc = bind_read_only("/dev/null", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
    return rc < 0 ? warm_fail(w, -rc, "/dev/null") : 0;
}

/* A tmpfs as root with nothing in it but libraries, read-only; the old root is gone afterwards. */
static int change_root(struct warm *w)
{
    struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
    int rc = 0;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return warm_fail(w, errno, "make mounts private");
    if (mount("jail", "/tmp", "tmpfs", MS_NOSUID, "size=256k,nr_inodes=256,mode=755") < 0 ||
        chdir("/tmp") < 0)
        return warm_fail(w, errno, "tmpfs root");
    for (size_t i = 0; warm_library_dirs[i] && rc == 0; i++)
        rc = bind_library(w, warm_library_dirs[i]);
    if (rc < 0 || (rc = copy_library_links(w)) < 0 || (rc = bind_null(w)) < 0)
        return rc;
    if (mkdir("tmp", 0755) < 0)
        return warm_fail(w, errno, "mkdir tmp");
    if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
        return warm_fail(w, errno, "pivot_root");
    if (mount_setattr(AT_FDCWD, "/", 0, &read_only, sizeof read_only) < 0)
        return warm_fail(w, errno, "read-only root");
    w->layers |= BOX_LAYER_ROOT;
    return 0;
}

/* Landlock, seccomp and rlimits alone. Only on request. */
static int enter_weak_jail(struct warm *w)
{
    w->text[0] = 0;
    if (geteuid() == 0)
        return drop_root(w, 0);
    return 0;
}

int warm_enter_jail(struct warm *w)
{
    bool root = geteuid() == 0;
    if (root)
        (void)!setgroups(0, NULL);
    int rc = enter_userns(w);
    bool userns = rc == 0;
    if (rc < 0 && !root)
        return w->weak ? enter_weak_jail(w) : rc;
    if (unshare(NAMESPACES) < 0)
        return w->weak && !userns ? enter_weak_jail(w) : warm_fail(w, errno, "namespaces");
    w->layers |= BOX_LAYER_NAMESPACES;
    (void)!sethostname("sandbox", 7);
    rc = change_root(w);
    if (rc == 0 && !userns)
        rc = drop_root(w, 1u << CAP_SYS_ADMIN); /* kept for /tmp and for the runs' pid namespaces */
    if (rc < 0 || (rc = warm_mount_tmp(w)) < 0)
        return rc;
    w->text[0] = 0;
    return 0;
}
